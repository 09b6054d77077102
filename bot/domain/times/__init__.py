"""Reads points in time as people write them: words, zones, days, times of day, lengths.

`points` combines the other modules.
"""
