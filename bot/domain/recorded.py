"""Texts that the bot itself writes into the record. They never change once written."""

CANARY = "Canary: Tocsin tests itself; you don't need to do anything"
"""The title of a self-test."""

NAMELESS = "someone without a name in Slack"
"""Stands in for a person's name where a mention is impossible and Slack gives no name.

The bot never shows the id instead.
"""


def follow_up(day: int) -> str:
    """Return the text of a follow-up task, due `day` days after the resolution."""
    return f"{day}-day follow-up"
