"""Each verb of `/escalate` on its good path."""

import pytest
from sqlmodel import select

from bot.domain.access.rights import Deed
from bot.domain.controls import COMMAND
from bot.domain.ids import TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.paging.ladders import RunState
from bot.render.help import verb_help
from bot.render.wording import Wording
from bot.services.incidents import lifecycle
from bot.services.locked import lock_incident
from bot.store.tables import Inbound
from handlers.typed.line import read
from handlers.verbs import VERBS
from tests.databases import on_both
from tests.factories import MEI, PRIYA, SOFIA, TOM, EarlierEntry, an_act
from tests.handlers.stage import Stage


async def test_open_stores_the_incident_and_says_who_is_paged(stage: Stage) -> None:
    said = await stage.command("mei", "open p1 Pile-on against a streamer")
    assert "ESC-1" in said
    assert "Pile-on against a streamer" in said
    [incident] = stage.incidents()
    assert (incident.title, incident.severity) == ("Pile-on against a streamer", "P1")
    assert len(stage.deliveries("page")) == len(
        stage.policy.proposed_teams("other", incident.severity)
    )


@pytest.mark.parametrize("space", ["\n", "\t", "\u00a0", "\u3000"])
async def test_a_severity_counts_whatever_space_is_behind_it(stage: Stage, space: str) -> None:
    """A P0 that is taken for a P2 pages hours later."""
    await stage.command("mei", f"open p0{space}Threat against a school")
    [incident] = stage.incidents()
    assert (incident.title, incident.severity) == ("Threat against a school", "P0")


async def test_somebody_whom_slack_has_not_told_of_yet_is_asked_for_once_and_may_open(
    stage: Stage,
) -> None:
    with stage.db.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM person WHERE user_id = 'U0MEI'")
    assert "ESC-1" in await stage.command("mei", "open p1 Pile-on against a streamer")
    assert stage.asked_for == ["U0MEI"]
    assert len(stage.incidents()) == 1


@pytest.mark.parametrize("who", ["gus", "new"])
async def test_who_has_no_role_opens_nothing(stage: Stage, who: str) -> None:
    assert "no role here" in await stage.command(who, "open p1 Pile-on against a streamer")
    assert stage.incidents() == []
    with stage.db.reading() as tx:
        assert tx.all(select(Inbound)) == [], "and the request is not taken"


async def test_open_without_a_severity_is_p2_and_a_number_belongs_to_the_title(
    stage: Stage,
) -> None:
    await stage.command("mei", "open 2 accounts impersonate a minister")
    [incident] = stage.incidents()
    assert (incident.title, incident.severity) == ("2 accounts impersonate a minister", "P2")


async def test_open_without_a_title_opens_the_form_with_the_severity(stage: Stage) -> None:
    assert await stage.command("mei", "open p0") == ""
    view = await stage.person("mei").until_modal()
    assert view.callback_id == "form_open"
    assert "P0" in str([block for block in view.blocks if block.get("block_id") == "severity"])
    assert stage.incidents() == []


async def test_the_bare_command_opens_the_form(stage: Stage) -> None:
    assert await stage.command("mei", "") == ""
    assert (await stage.person("mei").until_modal()).callback_id == "form_open"


@on_both
async def test_list_shows_what_is_open_and_mine_only_what_is_mine(stage: Stage) -> None:
    stage.opened(title="About spam")
    other = stage.opened(title="About doxxing")
    lifecycle.assign(stage.db, an_act(), other.head.id, TOM)
    everything = await stage.command("priya", "list")
    assert "About spam" in everything
    assert "About doxxing" in everything
    mine = await stage.command("tom", "list mine")
    assert "About doxxing" in mine
    assert "About spam" not in mine
    assert "About spam" in await stage.command("tom", "list team legal")
    assert "About spam" in await stage.command("tom", "list P1")


async def test_show_by_reference_and_in_the_incidents_own_channel(stage: Stage) -> None:
    opened = stage.opened(title="About spam")
    stage.in_channel(opened)
    for text, channel in (
        ("show ESC-1", "general"),
        ("show esc1", "general"),
        ("show #1", "general"),
        ("ESC-1", "general"),
        ("ESC-1 show", "general"),
        ("show", "esc-1"),
    ):
        assert "About spam" in await stage.command("tom", text, channel), text


async def test_page_a_team_by_alias_with_a_reason(stage: Stage) -> None:
    opened = stage.opened(teams=())
    said = await stage.command("mei", "page ESC-1 data protection please look at the notice")
    assert "DPO" in said
    [row] = stage.details(opened.head.id).card.teams
    assert (row.team, row.state) == ("dpo", RunState.PAGING)
    [page] = stage.deliveries("page")
    entry = stage.details(opened.head.id).entries[-1]
    assert entry.data["why"] == "please look at the notice"
    assert page.target in stage.policy.teams[row.team].on_call


async def test_page_a_person_by_mention(stage: Stage) -> None:
    opened = stage.opened(teams=())
    said = await stage.command("mei", "page ESC-1 @tom you know the case")
    assert f"<@{TOM}>" in said
    assert stage.details(opened.head.id).card.teams[0].paged == (TOM,)


async def test_page_alone_opens_its_form(stage: Stage) -> None:
    stage.opened()
    assert await stage.command("mei", "page ESC-1") == ""
    assert (await stage.person("mei").until_modal()).callback_id == "form_page"


async def test_ack_takes_what_waits_for_this_person(stage: Stage) -> None:
    opened = stage.opened()
    said = await stage.command("priya", "ack")
    assert "ESC-1" in said
    assert "Legal" in said
    rows = {row.team: row for row in stage.details(opened.head.id).card.teams}
    assert rows["legal"].responder == PRIYA  # type: ignore[index]
    assert "You have it already" in await stage.command("priya", "ack ESC-1")


async def test_ack_without_a_name_takes_all_pages_of_all_incidents(stage: Stage) -> None:
    stage.opened()
    stage.opened()
    said = await stage.command("priya", "ack")
    assert "ESC-1" in said
    assert "ESC-2" in said


@pytest.mark.parametrize(("who", "owner"), [("me", MEI), ("@tom", TOM)])
async def test_assign(stage: Stage, who: str, owner: str) -> None:
    opened = stage.opened()
    assert f"<@{owner}>" in await stage.command("mei", f"assign ESC-1 {who}")
    assert stage.details(opened.head.id).card.head.owner == owner


async def test_status_of_two_words_with_a_note(stage: Stage) -> None:
    opened = stage.opened()
    said = await stage.command("mei", "status ESC-1 awaiting decision PR & Legal <both> answer")
    assert "awaiting decision" in said
    details = stage.details(opened.head.id)
    assert details.card.head.state is State.AWAITING_DECISION
    assert details.entries[-1].data["note"] == "PR & Legal <both> answer"


async def test_status_alone_opens_the_form(stage: Stage) -> None:
    stage.opened()
    await stage.command("mei", "status ESC-1")
    assert (await stage.person("mei").until_modal()).callback_id == "form_status"


@pytest.mark.parametrize(
    "text", ["resolve ESC-1", "resolve ESC-1 all gone", "status ESC-1 resolved all gone"]
)
async def test_resolve_opens_its_form(stage: Stage, text: str) -> None:
    stage.opened()
    await stage.command("mei", text)
    view = await stage.person("mei").until_modal()
    assert view.callback_id == "form_resolve"
    assert (view.state["note"]["note"]["value"] or "") == ("all gone" if "gone" in text else "")


async def test_severity_rises_freely(stage: Stage) -> None:
    opened = stage.opened()
    assert "P0" in await stage.command("mei", "severity ESC-1 p0")
    assert stage.details(opened.head.id).card.head.severity == "P0"


async def test_severity_falls_with_a_reason(stage: Stage) -> None:
    opened = stage.opened()
    assert "reason" in await stage.command("mei", "severity ESC-1 p2")
    await stage.command("mei", "severity ESC-1 p2 no minor after all")
    entry = stage.details(opened.head.id).entries[-1]
    assert entry.data == {"from": "P1", "to": "P2", "reason": "no minor after all"}


async def test_note_and_update_land_on_the_timeline(stage: Stage) -> None:
    opened = stage.opened()
    assert "ESC-1" in await stage.command("mei", "note ESC-1 the agency called")
    assert "next one is due" in await stage.command("mei", "update ESC-1 twelve are suspended")
    kinds = [(e.kind, e.data.get("text")) for e in stage.details(opened.head.id).entries[-2:]]
    assert kinds == [
        (EntryKind.NOTE, "the agency called"),
        (EntryKind.UPDATE, "twelve are suspended"),
    ]


async def test_remind_without_an_incident_is_personal(stage: Stage) -> None:
    said = await stage.command("mei", "remind in 2h ask Legal for the opinion")
    assert "Reminder set for" in said


async def test_a_reminder_in_an_incidents_channel_is_not_on_the_shared_timeline(
    stage: Stage,
) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    before = stage.details(opened.head.id).entries
    said = await stage.command("mei", "remind tomorrow 9:00 look at the numbers", "esc-1")
    assert "about ESC-1: look at the numbers" in said
    assert stage.details(opened.head.id).entries == before


async def test_a_reminder_that_an_earlier_release_wrote_there_is_shown_to_its_person_alone(
    stage: Stage,
) -> None:
    opened = stage.opened()
    with (
        stage.db.transaction() as tx,
        lock_incident(tx, an_act(), opened.head.id, Deed.NOTE) as locked,
    ):
        told = {"to": MEI, "text": "look at the numbers"}
        locked.record(EarlierEntry(of=EntryKind.REMINDER, told=told))
    assert "look at the numbers" in str(stage.details(opened.head.id).entries)
    assert "look at the numbers" not in str(stage.details(opened.head.id, user=PRIYA).entries)


async def test_task_is_split_at_the_last_by_that_a_time_follows(stage: Stage) -> None:
    opened = stage.opened()
    said = await stage.command(
        "mei", "task ESC-1 @tom read what was written by the team by tomorrow 10:00"
    )
    assert f"<@{TOM}>" in said
    [task] = stage.details(opened.head.id).card.tasks
    assert (task.assignee, task.text) == (TOM, "read what was written by the team")


async def test_task_alone_opens_its_form(stage: Stage) -> None:
    stage.opened()
    await stage.command("mei", "task ESC-1")
    assert (await stage.person("mei").until_modal()).callback_id == "form_task"


async def test_done_finishes_the_one_task_of_this_person(stage: Stage) -> None:
    opened = stage.opened()
    await stage.command("mei", "task ESC-1 me call the agency by 17:00")
    assert "Done" in await stage.command("mei", "done ESC-1")
    assert stage.details(opened.head.id).card.tasks == ()


async def test_severity_says_who_it_pages(stage: Stage) -> None:
    stage.opened(severity=Severity.P3, teams=(TeamKey("operations"),))
    said = await stage.command("mei", "severity ESC-1 p0 threat to life confirmed")
    assert "ESC-1 is now P0" in said
    assert "Operations* — <@U0JOSE>, paged again" in said
    assert "Legal* — <@U0PRIYA>" in said
    lowered = await stage.command("mei", "severity ESC-1 p2 calm again")
    assert "More time to answer" in lowered
    assert "— acknowledge by <!date" in lowered


async def test_severity_alone_opens_its_form(stage: Stage) -> None:
    stage.opened()
    await stage.command("mei", "severity ESC-1")
    assert (await stage.person("mei").until_modal()).callback_id == "form_severity"


async def test_handover_to_a_team_carries_the_summary(stage: Stage) -> None:
    opened = stage.opened(teams=())
    lifecycle.assign(stage.db, an_act(), opened.head.id, MEI)
    said = await stage.command("mei", "handover ESC-1 pr The statement is drafted")
    assert "PR" in said
    kinds = {e.kind: e.data for e in stage.details(opened.head.id).entries}
    assert kinds[EntryKind.HANDED_OVER]["summary"] == "The statement is drafted"


async def test_an_owner_who_hands_over_reads_that_they_stay_the_owner_until_then(
    stage: Stage,
) -> None:
    opened = stage.opened(teams=())
    await stage.command("mei", "assign ESC-1 me")
    said = await stage.command("mei", "handover ESC-1 @sofia The statement is drafted")
    assert "You handed ESC-1 over to <@U0SOFIA>" in said
    assert "You stay its owner until they acknowledge" in said
    await stage.command("sofia", "ack ESC-1")
    assert stage.details(opened.head.id).card.head.owner == SOFIA


async def test_a_responder_who_is_not_the_owner_hands_over_their_part(stage: Stage) -> None:
    opened = stage.opened(teams=(TeamKey("legal"),))
    lifecycle.assign(stage.db, an_act(), opened.head.id, MEI)
    await stage.command("priya", "ack ESC-1")
    said = await stage.command("priya", "handover ESC-1 @sofia The statement is drafted")
    assert "You handed your part of ESC-1 over to <@U0SOFIA>" in said


async def test_handover_to_oneself_is_refused_with_a_sentence(stage: Stage) -> None:
    stage.opened()
    await stage.command("mei", "assign ESC-1 me")
    assert "yourself" in await stage.command("mei", "handover ESC-1 me all of it")


async def test_handover_alone_opens_its_form(stage: Stage) -> None:
    lifecycle.assign(stage.db, an_act(), stage.opened().head.id, MEI)
    await stage.command("mei", "handover ESC-1")
    assert (await stage.person("mei").until_modal()).callback_id == "form_hand_over"


async def test_close_and_reopen(stage: Stage) -> None:
    opened = stage.opened()
    lifecycle.resolve(stage.db, stage.policy, an_act(), opened.head.id, root_cause=_cause(stage))
    assert "closed" in await stage.command("mei", "close ESC-1")
    said = await stage.command("mei", "reopen ESC-1 the clips are back")
    assert "ESC-1 is open again." in said
    assert "*No one was paged.* Page the people you need:" in said
    assert "/escalate page ESC-1" in said
    assert stage.details(opened.head.id).card.head.state is State.REOPENED


async def test_reopen_without_a_reason_opens_the_form(stage: Stage) -> None:
    opened = stage.opened()
    lifecycle.decline(stage.db, an_act(), opened.head.id, "no escalation")
    await stage.command("mei", "reopen ESC-1")
    form = await stage.person("mei").until_modal()
    assert form.callback_id == "form_reopen"
    assert "Reopening pages no one." in str(form.payload)


async def test_decline_says_why(stage: Stage) -> None:
    opened = stage.opened()
    await stage.command("mei", "decline ESC-1 handled by the queue")
    head = stage.details(opened.head.id).card.head
    assert head.state is State.DECLINED


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("duplicate ESC-1 ESC-2", "general"),
        ("ESC-1 duplicate ESC-2", "general"),
        ("duplicate ESC-2", "esc-1"),
    ],
)
async def test_duplicate_of_another(stage: Stage, text: str, channel: str) -> None:
    opened, other = stage.opened(), stage.opened()
    stage.in_channel(opened)
    await stage.command("mei", text, channel)
    head = stage.details(opened.head.id).card.head
    assert (head.state, head.duplicate_of) == (State.DUPLICATE, other.head.reference)
    assert stage.details(other.head.id).card.head.state is State.NEW


async def test_oncall_of_all_teams_and_of_one(stage: Stage) -> None:
    assert "Public Policy" in await stage.command("tom", "oncall")
    one = await stage.command("tom", "oncall press")
    assert f"<@{SOFIA}>" in one
    assert "Legal" not in one


async def test_digest_preview_is_for_the_asker_and_digest_is_queued(stage: Stage) -> None:
    stage.opened()
    assert await stage.command("tom", "digest preview")
    assert stage.deliveries("digest") == []
    assert "on its way" in await stage.command("mei", "digest")
    assert stage.deliveries("digest")


async def test_search_finds_words_of_a_title(stage: Stage) -> None:
    stage.opened(title="Impersonation of a minister")
    assert "Impersonation of a minister" in await stage.command("tom", "search minister")
    assert "ESC-1" in await stage.command("tom", "search ESC-1")
    assert "No escalation" in await stage.command("tom", "search giraffe")


async def test_a_list_names_its_filter_and_a_search_its_words(stage: Stage) -> None:
    stage.opened(title="Open letter to a minister")
    assert "*1 open escalation*" in await stage.command("tom", "list open")
    assert "*1 escalation for “open”*" in await stage.command("tom", "search open")


async def test_help_lists_every_verb_and_explains_one_by_alias(stage: Stage) -> None:
    said = await stage.command("mei", "help")
    for verb in VERBS:
        assert f"/escalate {verb.name}" in said
    assert "acknowledges" in await stage.command("mei", "help acknowledge")


def test_every_example_of_the_help_is_understood(wording: Wording) -> None:
    """Whatever a person copies from the help finds its verb."""
    for verb in VERBS:
        explained = verb_help(wording, verb.name)
        assert read(explained.example.removeprefix(COMMAND)).verb is verb
        assert read(explained.usage.removeprefix(COMMAND)).verb is verb
        assert verb.takes_time is ("<when>" in explained.usage)


def _cause(stage: Stage) -> str:
    return next(iter(stage.policy.root_causes))


async def test_handover_of_a_task_gives_it_on(stage: Stage) -> None:
    stage.opened(teams=())
    await stage.command("mei", "task ESC-1 @sofia call them by 17:00")
    said = await stage.command("sofia", "handover ESC-1 @tom they wait for a call")
    assert f"<@{TOM}> now has the task" in said
    assert "goes to a person" in await stage.command("tom", "handover ESC-1 pr go on")
    assert stage.deliveries("page") == []
