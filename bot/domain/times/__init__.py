"""How people write a point in time: words, zones, days, times of day, lengths. `points` reads all
of it together."""
