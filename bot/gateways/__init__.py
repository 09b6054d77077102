"""Reaches people outside Slack. No other folder uses Apprise."""
