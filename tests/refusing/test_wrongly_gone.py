"""One wrong `user_not_found` takes no one off a ladder; who has left is what `users.info` says."""

import logging
from functools import partial

import pytest
from sqlmodel import col, select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import PageState, RunState
from bot.slack.refusals import DEAD_TARGETS
from bot.store.people import people_and_groups
from bot.store.tables import TimelineEntry
from tests.databases import on_both
from tests.refusing.conftest import Refusing
from tests.waiting import eventually

TEAMS = range(60, 72)
INCIDENTS = 20
PAGES = 3 * INCIDENTS


def crowd(refusing: Refusing) -> list[str]:
    """Everyone of those teams."""
    found = [f"U0{who}{n}" for n in TEAMS for who in ("FIRST", "SECOND")]
    return [*found, *refusing.bot.policy.managers_on_duty, *refusing.bot.policy.operations]


def everyone_is_refused(refusing: Refusing, code: str, *, users_info: bool) -> None:
    for user in crowd(refusing):
        refusing.slack.refuse(code, "chat.postMessage", channel=f"D{user}")
        refusing.slack.refuse(code, "conversations.open", user=user)
        if users_info:
            refusing.slack.refuse("user_not_found", "users.info", user=user)


@pytest.mark.parametrize("users_info", [False, True], ids=["users.info knows", "nor users.info"])
async def test_a_while_in_which_slack_knows_no_one_loses_no_page(
    refusing: Refusing, caplog: pytest.LogCaptureFixture, *, users_info: bool
) -> None:
    slack = refusing.slack
    caplog.set_level(logging.WARNING)
    everyone_is_refused(refusing, "user_not_found", users_info=users_info)
    meanwhile = [refusing.open([60, 61, 62]), refusing.open([63, 64, 65]), refusing.open([66])]
    await eventually(
        lambda: all(
            run.state is RunState.EXHAUSTED for one in meanwhile for run in refusing.runs(one)
        ),
        "a team that no one can reach keeps those in charge in the dark",
    )
    gone = refusing.act().workspace
    with refusing.db.reading() as tx:
        assert not people_and_groups.gone(tx, gone, crowd(refusing)), (
            "for that alone no one has left"
        )
    assert any("has not left" in record.message for record in caplog.records)
    slack.heal()
    opened = [refusing.open([60 + (3 * n + k) % 12 for k in range(3)]) for n in range(INCIDENTS)]
    await refusing.all_paged(opened, PAGES)
    first = [page for page in refusing.pages(opened) if page.step == 0]
    assert [page.sent_at is not None for page in first] == [True] * PAGES
    # Those of the bad minute come after all, each once, and so does what the managers hear.
    await eventually(
        lambda: all(page.sent_at is not None for page in refusing.pages(meanwhile)),
        "a page of the time in between was lost",
    )
    await eventually(
        lambda: (
            {row.state for row in refusing.deliveries(DeliveryKind.EXHAUSTED)}
            == {DeliveryState.SENT}
        ),
        "those in charge were not told that no one answered",
    )
    accepted = [post.delivery for post in slack.posts]
    assert len(accepted) == len(set(accepted)), "nothing twice"


async def test_what_the_channel_reads_is_what_was_done(refusing: Refusing) -> None:
    everyone_is_refused(refusing, "user_disabled", users_info=False)
    opened = refusing.open([60])
    await eventually(lambda: "EXHAUSTED" in {run.state.name for run in refusing.runs(opened)})
    [entry] = entries(refusing, opened.head.id, EntryKind.EXHAUSTED)
    assert entry.data["reached"] == []
    assert entry.data["waiting"] == ["U0FIRST60", "U0SECOND60"]
    said = await eventually(
        lambda: [post.said for post in refusing.slack.posts if "No one from" in post.said]
    )
    assert not [text for text in said if "everyone on its list has been paged" in text]
    assert "Slack had not accepted the page to" in said[0]


@pytest.mark.parametrize("code", sorted(DEAD_TARGETS))
async def test_who_has_left_by_their_own_account_is_gone_and_the_backup_paged(
    refusing: Refusing, code: str
) -> None:
    refusing.slack.people["U0FIRST60"]["deleted"] = True
    refusing.slack.refuse(code, "chat.postMessage", channel="DU0FIRST60")
    opened = refusing.open([60])
    await eventually(lambda: refusing.slack.told("U0SECOND60"))
    dead, _ = refusing.pages([opened])
    assert (dead.state, dead.reason) == (PageState.UNREACHABLE, code)
    [row] = [one for one in refusing.deliveries(DeliveryKind.PAGE) if one.target == "U0FIRST60"]
    assert row.state is DeliveryState.DEAD
    with refusing.db.reading() as tx:
        assert people_and_groups.gone(tx, refusing.act().workspace, ["U0FIRST60"])
    # The next escalation does not ask them again.
    refusing.open([60])
    assert [page.target for page in refusing.pages()][-1] == "U0SECOND60"


async def test_a_whole_team_that_counts_as_gone_is_paged_all_the_same(refusing: Refusing) -> None:
    with refusing.db.transaction() as tx:
        for user in ("U0FIRST60", "U0SECOND60"):
            people_and_groups.mark_gone(
                tx, refusing.act().workspace, user, refusing.bot.time_source.now()
            )
    opened = refusing.open([60])
    await eventually(lambda: refusing.slack.told("U0FIRST60") and refusing.slack.told("U0SECOND60"))
    [entry] = entries(refusing, opened.head.id, EntryKind.EXHAUSTED)
    assert entry.data["doubted"] == ["U0FIRST60", "U0SECOND60"]
    [paged] = entries(refusing, opened.head.id, EntryKind.PAGED)
    assert entry.seq < paged.seq, "the timeline says why before it says who"
    [manager, *_] = refusing.bot.policy.managers_on_duty
    await eventually(lambda: refusing.slack.told(manager), "and those in charge hear of it at once")


async def test_a_lost_history_does_not_lose_that_no_one_acknowledged(refusing: Refusing) -> None:
    """Slack may have it or not, and nothing can tell: it is said again, and says so, as a page."""
    slack = refusing.slack
    [manager, *_] = refusing.bot.policy.managers_on_duty
    unclear = slack.refuse("internal_error", "chat.postMessage", channel=f"D{manager}")
    slack.refuse("missing_scope", "conversations.history", channel=f"D{manager}")
    for user in ("U0FIRST60", "U0SECOND60"):
        slack.refuse("user_not_found", "chat.postMessage", channel=f"D{user}")
    refusing.open([60])
    await eventually(lambda: slack.called("conversations.history"))
    slack.refusals.remove(unclear)
    [said] = await eventually(lambda: slack.told(manager))
    assert "You may see this message twice" in said.said


@on_both
async def test_a_team_that_is_struck_off_all_at_once_is_paged_when_slack_recovers(
    refusing: Refusing,
) -> None:
    """Slack says of everyone that they left, and `users.info` says so too."""
    everyone_is_struck_off(refusing, *TEAM, *in_charge(refusing))
    opened = refusing.open([60])
    await eventually(lambda: refusing.runs(opened)[0].state is RunState.EXHAUSTED)
    struck_off = {*TEAM, *in_charge(refusing)}
    await eventually(lambda: counted_gone(refusing, struck_off) == struck_off)
    everyone_is_back(refusing, *TEAM, *in_charge(refusing))
    for user in (*TEAM, *in_charge(refusing)):
        await eventually(partial(refusing.slack.told, user), f"{user} has not heard of it since")
    await eventually(lambda: all(page.sent_at for page in refusing.pages([opened])))
    assert {page.state for page in refusing.pages([opened])} == {PageState.WAITING}
    said = {entry.data["person"] for entry in entries(refusing, opened.head.id, EntryKind.REACHED)}
    assert said == set(TEAM), "the channel reads that they were reached after all"
    accepted = [post.delivery for post in refusing.slack.posts]
    assert len(accepted) == len(set(accepted)), "nothing twice"


TEAM = ("U0FIRST60", "U0SECOND60")


def in_charge(refusing: Refusing) -> list[str]:
    policy = refusing.bot.policy
    return sorted({*policy.managers_on_duty, *policy.operations})


def everyone_is_struck_off(refusing: Refusing, *users: str) -> None:
    for user in users:
        refusing.slack.people[user]["deleted"] = True
        refusing.slack.refuse("user_disabled", "chat.postMessage", channel=f"D{user}")


def everyone_is_back(refusing: Refusing, *users: str) -> None:
    refusing.slack.heal()
    for user in users:
        refusing.slack.people[user]["deleted"] = False


def counted_gone(refusing: Refusing, users: set[str]) -> frozenset[str]:
    with refusing.db.reading() as tx:
        return people_and_groups.gone(tx, refusing.act().workspace, users)


def entries(refusing: Refusing, incident_id: str, kind: EntryKind) -> list[TimelineEntry]:
    with refusing.db.reading() as tx:
        mine = col(TimelineEntry.incident_id) == incident_id
        found = tx.all(select(TimelineEntry).where(mine))
    return [entry for entry in found if entry.kind is kind]
