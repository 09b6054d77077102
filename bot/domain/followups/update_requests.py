"""Chooses the person to ask for a missing update."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Askable:
    """The people who answer for an incident. Each list is in the order of asking.

    `longest` is the last resort: the owner, the opener, then the people who have been in the
    incident longest.
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
    """Return the person to ask; None if no one is left who may read the incident.

    The owner is asked each time. Without an owner, each responder has a turn, then each manager,
    then the responders again. `turn` counts the reminders since the last update, from 0.
    """
    if of.owner is not None and may_read(of.owner):
        return of.owner
    circle = [user for user in dict.fromkeys((*of.responders, *of.managers)) if may_read(user)]
    if circle:
        return circle[turn % len(circle)]
    return next((user for user in of.longest if may_read(user)), None)
