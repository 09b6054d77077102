"""Reaching people outside Slack. The only place with Apprise."""
