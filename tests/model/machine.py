"""The actions of people, of Slack and of time on the bot, in any order."""

import asyncio
import re
import tempfile
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func
from sqlalchemy import select as count_of
from sqlmodel import select

from bot.store.tables import Delivery, Incident, Page, PagingRun, Reminder, Task, TimelineEntry
from playground.driver import texts
from playground.outcomes import Outcome
from playground.state.records import Message
from playground.web.faults import FaultKind, FaultRule
from tests import FOLDER
from tests.databases import fresh_url
from tests.invariants import broken
from tests.model.choices import (
    COMMANDS,
    FAULTS,
    FORMS,
    METHODS,
    MINUTES,
    WRITTEN,
)
from tests.model.holds import acknowledged, doubled, pages_accepted, wrong_at_rest
from tests.model.world import PEOPLE, World, a_world

Result = TypeVar("Result")
Choice = TypeVar("Choice")

MOST_INCIDENTS = 3
ANY = st.integers(0, 9_999)
"""A number to choose with.

Neither its range nor a precondition may depend on the number of choices, since that depends on what
has been sent so far. If a second run draws other values, Hypothesis reports that it cannot repeat
the walk.
"""
person = st.sampled_from(PEOPLE)
twice = st.booleans()


def one_of(choices: Sequence[Choice], number: int) -> Choice:
    return choices[number % len(choices)]


def none(flaws: list[str]) -> None:
    assert not flaws, "\n".join(flaws)


class People(RuleBasedStateMachine):
    """The model: the number of escalations, who has taken which run, and what Slack has of them."""

    kind = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(dir=FOLDER)))
        url = self._open.enter_context(fresh_url(self.kind, folder))
        self.world: World = self._run(self._open.enter_async_context(a_world(url)))
        self.opened = 0
        self.taken: dict[str, str | None] = {}
        self.accepted: set[str] = set()
        self.on_its_way: set[str] = set()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(work)

    # People

    @precondition(lambda self: self.opened < MOST_INCIDENTS)
    @rule(severity=st.sampled_from(("p0", "p1", "p2")), twice=twice)
    def somebody_opens(self, severity: str, twice: bool) -> None:
        self.opened += 1
        said = self._run(self._command("mei", f"open {severity} Pile-on", twice=twice))
        assert f"ESC-{self.opened}" in said, said
        with self.world.db.reading() as tx:
            assert len(tx.all(select(Incident))) == self.opened

    @precondition(lambda self: self.opened)
    @rule(
        who=person,
        what=st.sampled_from(COMMANDS),
        which=st.integers(0, 2),
        written=st.sampled_from(WRITTEN),
        twice=twice,
    )
    def somebody_commands(self, who: str, what: str, which: int, written: str, twice: bool) -> None:
        self._told(who, what, which % self.opened + 1, written, twice=twice)

    @precondition(lambda self: self.opened)
    @rule(
        who=ANY,
        what=st.sampled_from(COMMANDS),
        which=st.integers(0, 2),
        written=st.sampled_from(WRITTEN),
        here=ANY,
    )
    def somebody_commands_in_a_channel(
        self, who: int, what: str, which: int, written: str, here: int
    ) -> None:
        if not self.world.rooms():
            self._run(self.world.work())
        if rooms := self.world.rooms():
            number, channel = one_of(rooms, here)
            members = self.world.slack.channel(channel).members
            inside = [name for name in PEOPLE if f"U0{name.upper()}" in members]
            if inside:
                named = which % self.opened + 1
                self._told(one_of(inside, who), what, named, written, (number, channel))

    def _told(
        self,
        who: str,
        what: str,
        number: int,
        written: str,
        room: tuple[int, str] | None = None,
        *,
        twice: bool = False,
    ) -> None:
        """Check that a command changes only the named escalation, or that of its channel."""
        text = what.format(esc=written.format(f"ESC-{number}"))
        before = self.world.entries()
        place = room[1] if room else "general"
        self._run(self._command(who, text, twice=twice, place=place))
        changed = {one for one, entries in self.world.entries().items() if entries != before[one]}
        stood_in = {room[0]} if room and written == "" else set()
        meant = {number} if written not in ("", "{}x") else stood_in
        if meant:  # An original is told of its duplicate.
            meant |= {int(named) for named in re.findall(r"ESC-(\d+)", what)}
        assert what == "ack" or changed <= meant, (text, room, changed)

    @rule(which=ANY, who=ANY, twice=twice)
    def somebody_clicks(self, which: int, who: int, twice: bool) -> None:
        if buttons := self.world.buttons():
            message, action = one_of(buttons, which)
            readers = self.world.readers(message)
            self._run(self._click(one_of(readers, who), message, action, twice=twice))

    @rule(who=ANY)
    def somebody_sends_a_form(self, who: int) -> None:
        if waiting := self.world.with_a_form():
            self._run(self._send(one_of(waiting, who)))

    # Time, Slack, processes

    @rule(minutes=st.sampled_from(MINUTES))
    def time_goes_by(self, minutes: int) -> None:
        self.world.advance(timedelta(minutes=minutes))

    @rule()
    def the_bot_works(self) -> None:
        self._run(self.world.work())

    @rule(
        kind=st.sampled_from(FAULTS),
        method=st.sampled_from(METHODS),
        count=st.integers(1, 3),
        seconds=st.sampled_from((2, 90)),
    )
    def slack_fails(self, kind: FaultKind, method: str, count: int, seconds: int) -> None:
        hangs = kind in (FaultKind.HANG, FaultKind.HANG_STORED)
        self.world.slack.slack.faults.add(
            FaultRule(kind, method, count=1 if hangs else count, seconds=1 if hangs else seconds)
        )

    @rule(who=person)
    def somebody_cannot_be_reached(self, who: str) -> None:
        rule = FaultRule(FaultKind.ERROR, "chat.postMessage", error="user_disabled", count=1)
        rule.channel = self.world.dm_of(who)
        self.world.slack.slack.faults.add(rule)

    @rule()
    def slack_is_well(self) -> None:
        self.world.slack.slack.faults.clear()

    @rule()
    def the_process_dies_while_it_posts(self) -> None:
        self._run(self.world.dies())

    @rule(who=person)
    def somebody_acknowledges_while_the_bot_posts(self, who: str) -> None:
        async def both() -> None:
            async with self.world.one_on_its_way():
                self.on_its_way = set(pages_accepted(self.world))
                await self._command(who, "ack", twice=False)
                await self.world.until(lambda: not self.world.can_be_sent())

        self._run(both())

    @rule()
    def everything_comes_to_rest(self) -> None:
        self._run(self._rest())

    # What must hold

    @invariant()
    def nothing_is_broken(self) -> None:
        none(broken(self.world.db))

    @invariant()
    def nothing_came_twice(self) -> None:
        none(doubled(self.world))

    @invariant()
    def nobody_is_paged_for_what_somebody_has_taken(self) -> None:
        accepted, taken = pages_accepted(self.world), acknowledged(self.world)
        late = [
            page
            for page in accepted.keys() - self.accepted - self.on_its_way
            if accepted[page] in self.taken
        ]
        none(late)
        kept = {run: taken.get(run) for run in self.taken}
        assert kept == self.taken, "what was taken stays with who took it first"
        self.accepted, self.taken, self.on_its_way = set(accepted), taken, set()

    def teardown(self) -> None:
        try:
            self._run(self._rest())
            self.nothing_came_twice()
        finally:
            self._run(self._open.aclose())
            self._loop.close()

    # How

    async def _rest(self) -> None:
        await self.world.come_to_rest()
        none(wrong_at_rest(self.world))

    async def _command(self, who: str, text: str, *, twice: bool, place: str = "general") -> str:
        outcome = await self.world.slack.person(who).command(f"/escalate {text}", place)
        await self._answered(outcome, twice=twice)
        return texts(outcome.message) if outcome.message else ""

    async def _click(self, who: str, message: Message, action: str, *, twice: bool) -> None:
        await self._answered(await self.world.slack.person(who).click(message, action), twice=twice)

    async def _answered(self, outcome: Outcome, *, twice: bool) -> None:
        """Check that an answer came without a fault of ours. The same request again changes
        nothing.
        """
        assert outcome.ok, outcome.error
        await self.world.settled()
        assert outcome.delivery is not None
        assert "send this reference" not in str(outcome.delivery.answer)
        if twice:
            before = self._effects()
            assert (await self.world.slack.slack.redeliver(outcome.delivery.seq)).ok
            await self.world.settled()
            assert self._effects() == before

    async def _send(self, who: str) -> None:
        sender = self.world.slack.person(who)
        fields = FORMS.get(sender.modal.callback_id)
        if fields is None:
            await sender.close_modal(all_views=True)
            return
        blocks = {str(one.get("block_id")).split(":")[0]: one for one in sender.modal.blocks}
        values = {
            str(blocks[name]["block_id"]): {name: value}
            for name, value in fields.items()
            if name in blocks
        }
        await sender.submit(values)
        await self.world.settled()
        while self.world.slack.slack.workspace.open_view(sender.id) is not None:
            await sender.close_modal(all_views=True)

    def _effects(self) -> dict[str, int]:
        tables = (Delivery, Incident, Page, PagingRun, Reminder, Task, TimelineEntry)
        with self.world.db.reading() as tx:
            return {
                table.__name__: int(
                    tx.execute(count_of(func.count()).select_from(table)).scalar_one()
                )
                for table in tables
            }
