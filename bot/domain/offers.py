"""The right that each card button needs. Readers do not see a button that would refuse them."""

from collections.abc import Collection, Iterable, Mapping

from bot.domain.access.rights import Deed
from bot.domain.controls import Button

TAKES: Mapping[Button, Deed] = {
    Button.STEP_IN: Deed.ACKNOWLEDGE,
    Button.TAKE_OWNERSHIP: Deed.UPDATE,
    Button.UPDATE_STATUS: Deed.UPDATE,
    Button.CHANGE_SEVERITY: Deed.RAISE,
    Button.EDIT_DETAILS: Deed.CORRECT,
    Button.PAGE_TEAM: Deed.PAGE,
    Button.ADD_TASK: Deed.TASK,
    Button.RECORD_DECISION: Deed.DECIDE,
    Button.RESOLVE: Deed.UPDATE,
    Button.CLOSE: Deed.END,
    Button.REOPEN: Deed.END,
    Button.TIMELINE: Deed.READ,
}
"""The card's buttons. In the channel, where many people read it, the card offers all of them."""


def offered(buttons: Iterable[Button], deeds: Collection[Deed]) -> list[Button]:
    """Keep the buttons whose deed is among `deeds`."""
    return [button for button in buttons if TAKES[button] in deeds]
