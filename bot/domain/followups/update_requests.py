"""Who is asked for an update that did not come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Askable:
    """The people who answer for an incident; each list in the order in which they are asked.

    `longest` is the last resort: the owner, the opener, then whoever has been in it longest.
    """

    owner: str | None
    responders: Sequence[str]
    managers: Sequence[str]
    longest: Sequence[str]

    @property
    def everyone(self) -> list[str]:
        listed = (self.owner, *self.responders, *self.managers, *self.longest)
        return list(dict.fromkeys(user for user in listed if user))


def whom_to_ask(of: Askable, may_read: Callable[[str], bool], turn: int = 0) -> str | None:
    """Return the person to ask; None when nobody who may read it is left.

    The owner is asked each time. Without one, each responder has a turn, then each manager, and
    then it begins anew; `turn` counts the reminders of this silence from 0.
    """
    if of.owner is not None and may_read(of.owner):
        return of.owner
    circle = [user for user in dict.fromkeys((*of.responders, *of.managers)) if may_read(user)]
    if circle:
        return circle[turn % len(circle)]
    return next((user for user in of.longest if may_read(user)), None)
