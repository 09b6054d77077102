"""A link that went out by e-mail: looking changes nothing, its button acknowledges once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.routing import Route

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.delivery.delivery_states import Priority
from bot.domain.fallback.ways import Link, Links
from bot.domain.ids import PageId, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.services.incidents import lifecycle
from bot.services.paging import answers as paging_answers
from bot.services.people import directory
from bot.store.delivery import outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.incidents import incident_rows, timeline
from bot.store.paging import pages
from bot.store.tables import Delivery, Page, PagingRun
from commandline.server.link_server import endpoint
from tests.databases import on_both
from tests.factories import NOON, PRIYA, TOM, WORKSPACE, an_act, an_incident, people
from tests.handlers.stage import Stage

SECRET = "a secret of the tests"
"""For what no database does differently."""
LINKS = Links(SECRET)
TITLE = "Pile-on against a creator"


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def has_button(self) -> bool:
        return "<button" in self.text


async def ask(stage: Stage, method: str, token: str) -> Answer:
    """Ask as a browser does, without a network between."""
    press = endpoint(lambda: stage.shell, SECRET)
    app = Starlette(routes=[Route("/ack/{token}", press, methods=["GET", "POST"])])
    answer = Answer()
    path = f"/ack/{token}"

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            answer.text += message.get("body", b"").decode()

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": b"",
        "headers": [],
        "root_path": "",
    }
    await app(scope, receive, send)
    return answer


def a_page(stage: Stage, user: str = PRIYA, **changes: Any) -> Page:
    people(stage.db, stage.policy)
    an_incident(stage.db, stage.policy, **changes)
    with stage.db.reading() as tx:
        page = tx.first(select(Page).where(col(Page.target) == user))
    assert page is not None
    return page


def a_token(page: Page, user: str = PRIYA, **lasts: float) -> str:
    until = NOON + timedelta(**(lasts or {"hours": 24}))
    return LINKS.token(Link(PageId(page.id), UserId(user), until))


def run_of(stage: Stage, page: Page) -> PagingRun:
    with stage.db.reading() as tx:
        run = tx.first(select(PagingRun).where(col(PagingRun.id) == page.run_id))
    assert run is not None
    return run


def acknowledgements(stage: Stage, page: Page) -> int:
    with stage.db.reading() as tx:
        entries = timeline.timeline(tx, page.incident_id)
    return sum(entry.kind is EntryKind.ACKNOWLEDGED for entry in entries)


async def test_looking_changes_nothing_however_often_a_scanner_looks(stage: Stage) -> None:
    page = a_page(stage)
    for method in ("GET", "HEAD", "GET"):
        answer = await ask(stage, method, a_token(page))
        assert answer.status == 200
    assert answer.has_button
    assert "Legal is needed" in answer.text
    assert run_of(stage, page).state is RunState.PAGING


async def test_the_button_acknowledges_as_the_one_in_slack_does(stage: Stage) -> None:
    page = a_page(stage)
    answer = await ask(stage, "POST", a_token(page))
    assert answer.status == 200
    assert "You have acknowledged" in answer.text
    assert not answer.has_button
    run = run_of(stage, page)
    assert (run.state, run.responder) == (RunState.ACKNOWLEDGED, PRIYA)


@pytest.mark.parametrize("by", [DeliveryKind.PAGE, DeliveryKind.FALLBACK])
async def test_how_long_it_took_is_counted_once_whoever_took_the_page(
    stage: Stage, by: DeliveryKind
) -> None:
    counted: list[tuple[Severity, float]] = []
    stage.shell = replace(stage.shell, on_acknowledged=lambda *one: counted.append(one))
    page = a_page(stage)
    _accepted(stage, page, by)
    stage.clock.advance(seconds=90)
    for _ in range(2):
        await ask(stage, "GET", a_token(page))
        await ask(stage, "POST", a_token(page))
    assert counted == [(Severity.P1, 90.0)]


async def test_a_page_that_nobody_is_known_to_have_had_is_counted_nowhere(stage: Stage) -> None:
    counted: list[Severity] = []
    stage.shell = replace(stage.shell, on_acknowledged=lambda how, _long: counted.append(how))
    await ask(stage, "POST", a_token(a_page(stage)))
    assert counted == []


def _accepted(stage: Stage, page: Page, by: DeliveryKind) -> None:
    """Slack has it, or only a gateway."""
    with stage.db.transaction() as tx:
        if by is DeliveryKind.PAGE:
            pages.record_sent(tx, NOON, (page.id, "D0PRIYA", "1.1"))
            return
        sent = Outgoing(by, Priority.FALLBACK, "fallback/priya", page.id, "fallback:1")
        outbox.enqueue(tx, WORKSPACE, NOON, [sent])
        tx.connection.execute(
            update(Delivery).where(col(Delivery.kind) == by).values(sent_at=NOON, state="sent")
        )


@on_both
async def test_pressing_twice_at_once_is_one_acknowledgement(stage: Stage) -> None:
    page = a_page(stage)
    token = a_token(page)
    answers = await asyncio.gather(*(ask(stage, "POST", token) for _ in range(4)))
    assert {answer.status for answer in answers} == {200}
    assert all("acknowledged" in answer.text for answer in answers)
    assert acknowledgements(stage, page) == 1
    again = await ask(stage, "GET", token)
    assert "You have already acknowledged" in again.text
    assert not again.has_button


async def test_a_used_link_does_not_work_for_a_page_that_waits_again(stage: Stage) -> None:
    """Its key is spent, whatever became of the page since."""
    page = a_page(stage)
    token = a_token(page)
    await ask(stage, "POST", token)
    with stage.db.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE paging_run SET state = 'paging', responder = NULL")
        tx.connection.exec_driver_sql("UPDATE page SET state = 'waiting'")
    answer = await ask(stage, "POST", token)
    assert answer.status == 409
    assert "This link has been used" in answer.text
    assert run_of(stage, page).state is RunState.PAGING


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: "x" + token,
        lambda token: token.replace(".", "-"),
        lambda _token: "nonsense",
        lambda _token: "\u00e9\u4e2d",
        lambda _token: "A" * 5_000,
        lambda token: Links("another").token(LINKS.read(token)),
    ],
)
async def test_an_altered_link_is_refused_with_what_to_do(
    stage: Stage, spoil: Callable[[str], str], method: str
) -> None:
    page = a_page(stage)
    answer = await ask(stage, method, spoil(a_token(page)))
    assert answer.status == 404
    assert "This link does not work" in answer.text
    assert "/escalate ack" in answer.text
    assert run_of(stage, page).state is RunState.PAGING


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_expired_link_is_refused_with_what_to_do(stage: Stage, method: str) -> None:
    page = a_page(stage)
    answer = await ask(stage, method, a_token(page, seconds=0))
    assert answer.status == 410
    assert "This link has expired" in answer.text
    assert "/escalate ack" in answer.text
    assert run_of(stage, page).state is RunState.PAGING


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("since", ["waiting", "taken", "yours", "withdrawn", "ended"])
async def test_an_expired_link_says_only_that(stage: Stage, method: str, since: str) -> None:
    page = a_page(stage)
    match since:
        case "taken":
            paging_answers.acknowledge(stage.db, an_act(TOM), page.id)
        case "yours":
            await ask(stage, "POST", a_token(page))
        case "withdrawn":
            with stage.db.transaction() as tx:
                tx.connection.exec_driver_sql("UPDATE paging_run SET state = 'cancelled'")
        case "ended":
            lifecycle.decline(stage.db, an_act(), page.incident_id, "not ours")
        case _:
            pass
    answer = await ask(stage, method, a_token(page, seconds=0))
    assert answer.status == 410
    assert "This link has expired" in answer.text
    for told in (TITLE, "ESC-1", "P1", "Legal", "u0tom", "U0TOM"):
        assert told not in answer.text


KEPT_OUT: dict[str, dict[str, Any]] = {
    "deactivated": {"deleted": True},
    "a guest": {"is_restricted": True},
    "of another organisation": {"is_stranger": True},
    "a bot": {"is_bot": True},
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", KEPT_OUT)
@pytest.mark.parametrize("since", ["waiting", "yours", "ended"])
async def test_who_is_kept_out_of_slack_reads_nothing_behind_a_link(
    stage: Stage, who: str, method: str, since: str
) -> None:
    page = a_page(stage)
    if since == "yours":
        await ask(stage, "POST", a_token(page))
    if since == "ended":
        lifecycle.decline(stage.db, an_act(), page.incident_id, "not ours")
    described = [{"id": PRIYA, "name": "priya", **KEPT_OUT[who]}]
    directory.remember_people(stage.db, stage.policy, WORKSPACE, described, NOON)
    answer = await ask(stage, method, a_token(page))
    assert answer.status == 403
    assert "You cannot acknowledge this" in answer.text
    for told in (TITLE, "ESC-1", "P1", "Legal"):
        assert told not in answer.text
    assert not answer.has_button


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_lost_their_role_reads_nothing_behind_a_link(stage: Stage, method: str) -> None:
    page = a_page(stage)
    roles = replace(stage.policy.roles, everyone=Role.NOBODY, people={}, groups={})
    bare = replace(stage.policy, roles=roles, teams={}, managers_on_duty=())
    assert bare.role_of(PRIYA, []) is Role.NOBODY
    stage.shell = replace(stage.shell, policy=bare)
    answer = await ask(stage, method, a_token(page))
    assert (answer.status, TITLE in answer.text) == (403, False)
    stage.roles_known = False
    answer = await ask(stage, method, a_token(page))
    assert (answer.status, TITLE in answer.text) == (503, False)


async def test_while_slack_has_described_no_one_a_link_says_that_the_role_is_not_known(
    stage: Stage,
) -> None:
    page = a_page(stage)
    with stage.db.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM person")
    answer = await ask(stage, "POST", a_token(page))
    assert (answer.status, "not known yet" in answer.text) == (503, True)


async def test_whoever_was_faster_is_named(stage: Stage) -> None:
    page = a_page(stage)
    paging_answers.acknowledge(stage.db, an_act(TOM), page.id)
    for method in ("GET", "POST"):
        answer = await ask(stage, method, a_token(page))
        assert answer.status == 200
        assert "U0TOM".lower() in answer.text, "by the name that Slack told us"
        assert "was faster" in answer.text
        assert not answer.has_button


async def test_an_escalation_that_has_ended_says_so(stage: Stage) -> None:
    page = a_page(stage)
    lifecycle.decline(stage.db, an_act(), page.incident_id, "not ours")
    answer = await ask(stage, "POST", a_token(page))
    assert "ESC-1 has ended" in answer.text
    assert not answer.has_button


async def test_a_link_gives_nobody_a_right_that_they_have_lost(stage: Stage) -> None:
    page = a_page(stage)
    gone = [{"id": PRIYA, "name": "priya", "deleted": True}]
    directory.remember_people(stage.db, stage.policy, WORKSPACE, gone, NOON)
    answer = await ask(stage, "POST", a_token(page))
    assert answer.status == 403
    assert "You cannot acknowledge this" in answer.text
    assert run_of(stage, page).state is RunState.PAGING


async def test_a_link_for_somebody_whom_the_page_did_not_ask_is_refused(stage: Stage) -> None:
    page = a_page(stage)
    answer = await ask(stage, "POST", a_token(page, "U0SOFIA"))
    assert answer.status == 404
    assert run_of(stage, page).state is RunState.PAGING


async def test_a_link_to_a_page_that_is_not_there_does_not_work(stage: Stage) -> None:
    token = LINKS.token(Link(PageId("01NONE"), PRIYA, NOON + timedelta(hours=1)))
    assert (await ask(stage, "GET", token)).status == 404


async def test_a_restricted_one_shows_neither_title_nor_codename(stage: Stage) -> None:
    page = a_page(stage, tier=Tier.RESTRICTED)
    with stage.db.reading() as tx:
        incident = incident_rows.get(tx, page.incident_id)
    assert incident is not None
    token = a_token(page)
    for method in ("GET", "POST", "GET"):
        answer = await ask(stage, method, token)
        assert TITLE not in answer.text
        assert incident.codename not in answer.text
        assert "ESC-1" in answer.text


@pytest.mark.parametrize("over", ["withdrawn", "ended"])
@pytest.mark.parametrize("tier", Tier)
async def test_only_a_person_who_may_read_it_is_sent_to_read_it(
    stage: Stage, tier: Tier, over: str
) -> None:
    """Where it is restricted, to have been paged is not enough."""
    page = a_page(stage, tier=tier)
    if over == "ended":
        lifecycle.decline(stage.db, an_act(), page.incident_id, "no escalation")
    else:
        with stage.db.transaction() as tx:
            tx.connection.exec_driver_sql("UPDATE paging_run SET state = 'cancelled'")
    answer = await ask(stage, "GET", a_token(page))
    assert f"has {over}" in answer.text or f"was {over}" in answer.text
    assert ("/escalate show" in answer.text) is (tier is Tier.STANDARD)


async def test_a_person_without_a_role_is_not_told_to_use_a_command(stage: Stage) -> None:
    page = a_page(stage)
    await ask(stage, "POST", a_token(page))
    assert "/escalate handover" in (await ask(stage, "GET", a_token(page))).text
    described = [{"id": PRIYA, "name": "priya", "is_restricted": True}]
    directory.remember_people(stage.db, stage.policy, WORKSPACE, described, NOON)
    assert "/escalate" not in (await ask(stage, "GET", a_token(page))).text


async def test_an_ordinary_one_shows_its_title(stage: Stage) -> None:
    assert TITLE in (await ask(stage, "GET", a_token(a_page(stage)))).text


async def test_the_time_is_said_in_the_readers_own_zone_too(stage: Stage) -> None:
    page = a_page(stage)
    of_the_policy = await ask(stage, "GET", a_token(page))
    assert "by <strong>20:15 on 23 Nov 2026, Singapore time (12:15 UTC)<" in of_the_policy.text
    there = [{"id": PRIYA, "name": "priya", "tz": "Asia/Tokyo"}]
    directory.remember_people(stage.db, stage.policy, WORKSPACE, there, NOON)
    answer = await ask(stage, "GET", a_token(page))
    assert "by <strong>21:15 on 23 Nov 2026, Tokyo time (12:15 UTC)<" in answer.text


@pytest.mark.parametrize(("method", "token"), [("GET", None), ("POST", None), ("GET", "bad")])
async def test_nobody_keeps_or_frames_the_page_or_learns_its_address(
    stage: Stage, method: str, token: str | None
) -> None:
    page = a_page(stage)
    answer = await ask(stage, method, token or a_token(page))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_a_database_that_does_not_answer_is_no_acknowledgement(stage: Stage) -> None:
    page = a_page(stage)
    token = a_token(page)
    if stage.db.is_sqlite:
        with stage.db.transaction():
            answer = await ask(stage, "POST", token)
    else:
        with stage.db.transaction() as tx:
            tx.connection.exec_driver_sql("LOCK TABLE incident IN ACCESS EXCLUSIVE MODE")
            answer = await ask(stage, "POST", token)
    assert answer.status == 503
    assert "Nothing was stored" in answer.text
    assert answer.has_button, "pressing again is what to do"
    assert (await ask(stage, "POST", token)).status == 200
