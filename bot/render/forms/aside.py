"""Keeps the opening form's hidden fields in `private_metadata`.

Slack keeps the values of the inputs that a form shows, and forgets all others.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.domain.ids import TeamKey

LONGEST_METADATA = 3_000
"""Slack's limit, in characters."""


@dataclass(frozen=True, slots=True)
class Aside:
    """The hidden fields, and the person's changes to the proposed teams."""

    title: str = ""
    surface: str | None = None
    market: str | None = None
    added: tuple[TeamKey, ...] = ()
    removed: tuple[TeamKey, ...] = ()
    affected: tuple[str, ...] = ()
    needs: str = ""

    def changed(self, proposed: Sequence[TeamKey], chosen: Sequence[TeamKey]) -> "Aside":
        """Add the person's changes since the form showed `proposed` with the earlier changes."""
        shown = self.applied(proposed)
        added = [*self.added, *(team for team in chosen if team not in shown)]
        removed = [*self.removed, *(team for team in shown if team not in chosen)]
        return replace(
            self,
            added=_each(team for team in added if team in chosen),
            removed=_each(team for team in removed if team not in chosen),
        )

    def applied(self, proposed: Iterable[TeamKey]) -> tuple[TeamKey, ...]:
        """Return the proposed teams with the person's changes applied."""
        return _each([*(team for team in proposed if team not in self.removed), *self.added])


def _each(teams: Iterable[TeamKey]) -> tuple[TeamKey, ...]:
    return tuple(dict.fromkeys(teams))


NOTHING = Aside()


def packed(subject: str, aside: Aside) -> str:
    """Write both for `private_metadata`.

    If they are too long, the longest list loses its last item first, and `needs` its last
    characters.
    """
    if aside == NOTHING:
        return subject
    held = {"subject": subject, **asdict(aside)}
    while len(written := json.dumps(held, ensure_ascii=False)) > LONGEST_METADATA:
        longest = max(("affected", "added", "removed"), key=lambda name: len(held[name]))
        left_out = longest if held[longest] else "needs"
        if not held[left_out]:
            return subject
        held[left_out] = held[left_out][:-1]
    return written


def unpacked(metadata: str) -> tuple[str, Aside]:
    """Return the subject and the hidden fields."""
    try:
        held = json.loads(metadata) if metadata.startswith("{") else None
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, dict):
        return metadata, NOTHING
    return _text(held.get("subject")), Aside(
        title=_text(held.get("title")),
        surface=_text(held.get("surface")) or None,
        market=_text(held.get("market")) or None,
        added=tuple(map(TeamKey, _texts(held.get("added")))),
        removed=tuple(map(TeamKey, _texts(held.get("removed")))),
        affected=_texts(held.get("affected")),
        needs=_text(held.get("needs")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list) else ()
