"""A state of two words is offered whole: none of its words becomes an update in the channel."""

from tests.factories import MEI
from tests.writings.table import OPEN_CHANNEL, Table

SAID = (
    ("await decision", "awaiting-decision"),
    ("awaits a decision", "awaiting-decision"),
    ("await decison", "awaiting-decision"),
    ("waiting on a decision", "awaiting-decision"),
    ("on hold for decision", "awaiting-decision"),
    ("decision pending", "awaiting-decision"),
    ("decision is needed", "awaiting-decision"),
    ("await action", "action-pending"),
    ("awaiting action", "action-pending"),
    ("waiting for actions", "action-pending"),
    ("waiting for decisionmaking", "awaiting-decision"),
    ("action is pending", "action-pending"),
    ("action required", "action-pending"),
    ("actions pending", "action-pending"),
    ("await decision from Legal", "awaiting-decision from Legal"),
    ("action is pending, PR drafts it", "action-pending PR drafts it"),
    ("waiting for legal", "awaiting-decision for legal"),
    ("decision by Legal", "awaiting-decision by Legal"),
    ("action taken by Legal", "action-pending taken by Legal"),
)


async def test_both_words_of_a_state_are_one(table: Table) -> None:
    for said, command in SAID:
        for of in ("", "ESC-5 "):
            became = await table.say(MEI, f"status {of}{said}", OPEN_CHANNEL)
            offered = f"`/escalate status {of or 'ESC-7 '}{command}`"
            table.check(became.refused and offered in became.text, said, became)
