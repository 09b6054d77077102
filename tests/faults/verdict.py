"""Counts messages after a fault, and keeps the counts for the table.

    @fault(1, "SIGKILL after the claim, before the HTTP call", passes="each page exactly once")
    async def test_…(stage: Bots, db: Database, verdict: Verdict) -> None:
        …
        verdict.exactly_once(stage, db)

A test with several faults has several marks and takes `verdicts`, by number.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from tests.faults import rows
from tests.faults.replicas import Bots
from tests.invariants import assert_whole

PROPERTY = "fault"
EXACTLY_ONCE = "each message is accepted exactly once"


def fault(number: int, name: str, *, passes: str = EXACTLY_ONCE) -> pytest.MarkDecorator:
    """Mark a test with the fault that it makes, and with what has to hold after it."""
    return pytest.mark.fault(number, name, passes=passes)


@dataclass
class Account:
    """One line of the table, before it is known whether the test passed."""

    number: int
    name: str
    passes: str
    database: str
    form: str = ""
    """`long` or `short`. Empty if the test has only one form."""
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    counted: bool = False
    notes: list[str] = field(default_factory=list)


class Verdict:
    """Counts lost and repeated messages, and keeps the counts for the table."""

    def __init__(
        self, account: Account, properties: list[tuple[str, Any]], *, long: bool = False
    ) -> None:
        self.account = account
        self._long = long
        self._row: dict[str, Any] = {}
        properties.append((PROPERTY, self._row))
        self._keep()

    def exactly_once(
        self,
        stage: Bots,
        db: Database,
        *incidents: str,
        to: Collection[str] = (),
        dead: int = 0,
        repeats: int = 0,
    ) -> None:
        """Check that Slack accepted each committed message once, of these incidents or of all.

        `to` limits the check to messages for these people. `dead` messages went to people whom
        Slack cannot reach. Up to `repeats` may come twice. In every case the rows must be
        consistent.
        """
        lost, doubled = self.count(stage, db, *incidents, to=to)
        assert self.account.messages, "there was something to send"
        assert len(lost) == dead, lost
        self.add(0, lost=-dead, doubled=0)
        assert len(doubled) <= repeats, doubled
        assert_whole(db)

    def count(
        self, stage: Bots, db: Database, *incidents: str, to: Collection[str] = ()
    ) -> tuple[list[str], list[str]]:
        """Add to the account. Return the lost and the repeated messages, each in a few words."""
        count = Counter(stage.accepted())
        needed = rows.unanswered(db)
        wanted = [
            row
            for row in rows.deliveries(db, incidents=incidents)
            if row.kind in rows.POSTS
            if row.state is not DeliveryState.CANCELLED or row.subject in needed
            if not to or row.target in to
        ]
        lost = [f"{row.kind} {row.id} ({row.state})" for row in wanted if not count[row.id]]
        doubled = [
            f"{row.kind} {row.id}, at {stage.accepted_at(row.id)}"
            for row in wanted
            if count[row.id] > 1
        ]
        doubled += _asked_twice(db, count, incidents)
        if not to:
            doubled += [f"channel of ESC-{n}" for n, times in stage.rooms().items() if times > 1]
        self.add(len(wanted), lost=len(lost), doubled=len(doubled))
        return lost, doubled

    def add(self, messages: int, *, lost: int, doubled: int) -> None:
        """Add counts that the test made by itself."""
        self.account.messages += messages
        self.account.lost += lost
        self.account.doubled += doubled
        self.account.counted = True
        self._keep()

    def within(
        self, what: str, seconds: float, most: float, *, in_short: float | None = None
    ) -> None:
        """Note how long something took, and hold it to `most` seconds.

        The short form may run on a busy machine. It holds the time to `in_short`, or to nothing,
        and the table says which. So a test that calls this has two forms.
        """
        self.account.form = "long" if self._long else "short"
        bound = most if self._long else in_short
        held = f"held to {bound:g} s" if bound is not None else "only reported here"
        if bound != most:
            held += f"; held to {most:g} s in the long form"
        self.note(f"{what} {seconds:.1f} s ({held})")
        assert bound is None or seconds <= bound, self.account.notes[-1]

    def note(self, text: str) -> None:
        """Add a measurement to the table."""
        self.account.notes.append(text)
        self._keep()

    def _keep(self) -> None:
        """Store the row as plain data, because it travels from the process that ran the test."""
        self._row.update(asdict(self.account))


def _asked_twice(db: Database, count: Counter[str], incidents: tuple[str, ...]) -> list[str]:
    """Return a line for each person whom two deliveries asked in one step of one run."""
    page_of = {page.id: page for page in rows.asked(db, *incidents)}
    told = [
        page_of[row.subject]
        for row in rows.deliveries(db, DeliveryKind.PAGE, incidents=incidents)
        if count[row.id] and row.subject in page_of
    ]
    times = Counter((page.run_id, page.round, page.step, page.target) for page in told)
    return [f"page {key}" for key, many in times.items() if many > 1]
