"""Words that the bot itself writes into the record, where they stay as they were written."""

CANARY = "Canary: Tocsin tests itself; you don't need to do anything"
"""The title of a self-test."""

NAMELESS = "someone without a name in Slack"
"""What a person is called where no mention can be made and Slack tells no name: never their id."""


def follow_up(day: int) -> str:
    """The text of a task that looks again some days after the resolution."""
    return f"{day}-day follow-up"
