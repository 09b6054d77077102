"""Reminders, answers, help and the digest, in each important state."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.access.access_messages import (
    AccessAnswer,
    AccessRequestMessage,
    InvitationEnded,
    Uninvited,
)
from bot.domain.access.rights import Deed
from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.channels.channel_messages import ChannelLost
from bot.domain.controls import Button
from bot.domain.digests import figures
from bot.domain.digests.digest_message import DigestView
from bot.domain.digests.facts import AckFact, DigestFacts, IncidentFact, TaskFact
from bot.domain.digests.figures import DigestFigures
from bot.domain.digests.weeks import week_until
from bot.domain.errors import BadInput, Unclear
from bot.domain.followups.reminder_list import ReminderLine, Reminders
from bot.domain.followups.reminder_messages import (
    Outcome,
    ReminderMessage,
    TaskReminder,
    UpdateReminder,
)
from bot.domain.ids import RequestId, TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import Beyond, Corrected, Meant, Opened, SeverityChanged, WillPage
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import Details, Listing, Older, TeamRow
from bot.domain.paging.ladders import RunState
from bot.domain.paging.on_call import OnCall, OnCallLine, OnCallPerson, OnCallStep
from bot.domain.paging.outlook import Follows
from bot.domain.people.person_messages import Assigned, Unedited
from bot.domain.problems.commands import NoTextTaken
from bot.domain.problems.texts import TitleTooLong
from bot.domain.unanswered.manager_messages import ExhaustedMessage, Unanswered
from bot.render import offers
from bot.render.access import access_messages
from bot.render.channels import channel_messages
from bot.render.digests import digest_message
from bot.render.followups import reminder_list, reminder_messages
from bot.render.help import VerbHelp, help, unknown_verb  # noqa: A004
from bot.render.incidents import answers
from bot.render.message import Message
from bot.render.people import person_messages
from bot.render.unanswered import manager_messages
from bot.render.wording import Wording
from handlers.unclear.meant import MEANT
from handlers.unclear.undoing import NOTHING, UNDOING
from tests.render.case import Case
from tests.render.views import (
    DANIEL,
    HOUR,
    MEI,
    MINUTE,
    NOW,
    PRIYA,
    REMINDER_ID,
    SOFIA,
    TOM,
    a_card,
    a_head,
    a_masked_head,
    a_task,
    a_team,
    a_waiting_reminder,
    an_entry,
    some_reminders,
    teams_in_every_state,
)

VERBS = (
    VerbHelp(
        "open",
        "/escalate open [p0-p3] <title>",
        "Open an escalation and page the teams it needs",
        "/escalate open p1 Pile-on against a streamer",
    ),
    VerbHelp("list", "/escalate list [mine | overdue | p0]", "See what is open"),
)


def a_week(count: int = 6) -> DigestFigures:
    zone = ZoneInfo("Asia/Singapore")
    incidents = tuple(
        IncidentFact(
            reference=f"ESC-{number}",
            title="amber heron" if number == 5 else f"Case {number}",
            masked=number == 5,
            severity=Severity.P1,
            category="pile-on",
            surface="live" if number != 3 else "",
            state="investigating",
            owner=MEI if number % 2 and number != 5 else None,
            teams=(TeamKey("legal"), TeamKey("pr") if number != 1 else TeamKey("person:U0TOM")),
            opened_at=NOW - number * timedelta(days=2),
            closed_at=None if number % 2 else NOW - timedelta(days=1),
            update_due_at=NOW - HOUR if number % 3 else NOW + HOUR,
        )
        for number in range(1, count + 1)
    )
    asked = NOW - 40 * HOUR
    acks = (
        AckFact("ESC-1", TeamKey("legal"), asked, asked + 15 * MINUTE, asked + MINUTE),
        AckFact("ESC-1", TeamKey("pr"), asked, asked + 15 * MINUTE, None),
        AckFact("ESC-3", TeamKey("pr"), NOW - MINUTE, NOW + 14 * MINUTE, None),
    )
    tasks = (
        TaskFact("ESC-1", "Write to the agency", TOM, NOW + HOUR, None),
        TaskFact("ESC-2", "Call the school", TOM, NOW - HOUR, None, NOW - 24 * HOUR),
        TaskFact("ESC-3", "Look at the numbers", TOM, NOW + HOUR, None),
    )
    facts = DigestFacts(
        since=NOW - timedelta(weeks=20),
        incidents=incidents,
        acks=acks,
        tasks=tasks,
    )
    return figures.figures(facts, week_until(NOW, zone))


def a_quiet_week() -> DigestFigures:
    facts = DigestFacts(NOW - timedelta(weeks=2), (), (), ())
    return figures.figures(facts, week_until(NOW, ZoneInfo("Asia/Singapore")))


def team_on_call(people: int, name: str = "Legal") -> OnCallLine:
    """Return a first step of one person and a second step of `people`."""
    first, *_ = everyone = [OnCallPerson(user, NOW) for user in (PRIYA, TOM) * (people // 2 + 1)]
    steps = (
        OnCallStep(timedelta(), (first,)),
        OnCallStep(timedelta(minutes=15), tuple(everyone[:people])),
    )
    return OnCallLine(TeamKey("legal"), name, steps, rounds=2)


def a_request(**changes: Any) -> AccessRequestMessage:
    return AccessRequestMessage(
        RequestId("01REQUEST"), a_head(tier=Tier.RESTRICTED), TOM, **changes
    )


def some_details(**changes: Any) -> Details:
    entries = tuple(an_entry(kind, seq=seq) for seq, kind in enumerate(EntryKind, 1))
    values: dict[str, Any] = {
        "card": a_card(),
        "entries": entries,
        "more_entries": 3,
        "deeds": frozenset(Deed),
    }
    return Details(**(values | changes))


SINGAPORE = ZoneInfo("Asia/Singapore")


def _reminder_set(wording: Wording, line: ReminderLine) -> Message:
    return reminder_list.reminder_set(wording, line, SINGAPORE)


def of_tom(**changes: Any) -> TeamRow:
    """Return the row of one person who was paged by name."""
    return a_team(team=TeamKey(f"person:{TOM}"), name="Tom & Co", **changes)


MESSAGES: Mapping[str, Case] = {
    "free reminder": Case(
        reminder_messages.reminder,
        ReminderMessage(REMINDER_ID, "Look at the numbers", NOW, late=False),
    ),
    "reminder set": Case(_reminder_set, a_waiting_reminder()),
    "reminder set, masked": Case(
        _reminder_set, a_waiting_reminder(text=None, head=a_masked_head())
    ),
    "reminder changed": Case(
        lambda wording, line: reminder_list.reminder_set(wording, line, SINGAPORE, changed=True),
        a_waiting_reminder(head=None),
    ),
    "reminder cancelled": Case(reminder_list.reminder_cancelled, a_waiting_reminder()),
    "reminders that wait": Case(reminder_list.reminders, some_reminders()),
    "reminders that wait, more": Case(
        reminder_list.reminders, Reminders((a_waiting_reminder(),) * 20, 31)
    ),
    "reminders that wait, of no escalation": Case(
        reminder_list.reminders, Reminders((a_waiting_reminder(head=None),), 1)
    ),
    "reminders that wait, none": Case(reminder_list.reminders, Reminders((), 0)),
    "reminder, late": Case(
        reminder_messages.reminder,
        ReminderMessage(
            REMINDER_ID, "Look at the numbers", NOW, late=True, head=a_head(), asked_by=MEI
        ),
    ),
    "reminder about nothing else, done": Case(
        reminder_messages.reminder,
        ReminderMessage(REMINDER_ID, "Look there", NOW, late=False, outcome=Outcome.DONE),
    ),
    "reminder, of one that has ended": Case(
        reminder_messages.reminder,
        ReminderMessage(
            REMINDER_ID, "Page Legal", NOW, late=False, head=a_head(state=State.DECLINED)
        ),
    ),
    "reminder, of one that has ended, masked": Case(
        reminder_messages.reminder,
        ReminderMessage(
            REMINDER_ID,
            "Page Legal",
            NOW,
            late=False,
            head=replace(a_masked_head(), state=State.DECLINED),
        ),
    ),
    "reminder, masked": Case(
        reminder_messages.reminder,
        ReminderMessage(REMINDER_ID, "Look there", NOW, late=False, head=a_masked_head()),
    ),
    **{
        f"reminder, {outcome.value}": Case(
            reminder_messages.reminder,
            ReminderMessage(
                REMINDER_ID,
                "Look at the numbers",
                NOW,
                late=False,
                head=a_head() if outcome is Outcome.DONE else None,
                asked_by=MEI,
                outcome=outcome,
                until=NOW + HOUR,
            ),
        )
        for outcome in (Outcome.DONE, Outcome.STOPPED, Outcome.SNOOZED, Outcome.REPEATED)
    },
    **{
        f"task, {outcome.value}": Case(
            reminder_messages.task_reminder,
            TaskReminder(a_task(), NOW, outcome=outcome, until=NOW + HOUR),
        )
        for outcome in (
            Outcome.PASSED_ON,
            Outcome.SNOOZED,
            Outcome.REPEATED,
            Outcome.WITHDRAWN,
        )
    },
    "task, passed on, masked": Case(
        reminder_messages.task_reminder,
        TaskReminder(a_task(head=a_masked_head()), NOW, outcome=Outcome.PASSED_ON),
    ),
    "task due": Case(reminder_messages.task_reminder, TaskReminder(a_task(), NOW)),
    "follow-up overdue": Case(
        reminder_messages.task_reminder,
        TaskReminder(a_task(due_at=NOW - 26 * HOUR, follow_up=True), NOW, late=True),
    ),
    "task of somebody who has left": Case(
        reminder_messages.task_reminder, TaskReminder(a_task(), NOW, instead=True)
    ),
    "task overdue of somebody who has left": Case(
        reminder_messages.task_reminder,
        TaskReminder(a_task(due_at=NOW - 26 * HOUR), NOW, instead=True),
    ),
    "task, given by another person": Case(
        reminder_messages.task_reminder, TaskReminder(a_task(), NOW, by=MEI)
    ),
    "task given": Case(
        reminder_messages.task_reminder, TaskReminder(a_task(), NOW, by=MEI, new=True)
    ),
    "task given, overdue by now": Case(
        reminder_messages.task_reminder, TaskReminder(a_task(due_at=NOW - HOUR), NOW, by=MEI)
    ),
    "task handed over": Case(
        reminder_messages.task_reminder,
        TaskReminder(
            a_task(), NOW, summary="The agency <b>waits</b> & asks twice", by=MEI, new=True
        ),
    ),
    "task handed over, too much": Case(
        reminder_messages.task_reminder,
        TaskReminder(a_task(), NOW, summary="&" * 3_000, by=MEI, new=True),
    ),
    "task done": Case(reminder_messages.task_reminder, TaskReminder(a_task(done=True), NOW)),
    "follow-up of somebody who has left, masked": Case(
        reminder_messages.task_reminder,
        TaskReminder(
            a_task(head=a_masked_head(), due_at=NOW - 26 * HOUR, follow_up=True), NOW, instead=True
        ),
    ),
    "unanswered, by the owner herself": Case(
        manager_messages.unanswered,
        Unanswered(a_head(), of_tom(paged=(MEI,), step=1), (TOM,), you=True),
    ),
    "nobody answered, a person who can't take it": Case(
        manager_messages.exhausted,
        ExhaustedMessage(a_head(), of_tom(state=RunState.EXHAUSTED), (TOM, MEI), declined=True),
    ),
    "nobody answered, paged by name herself": Case(
        manager_messages.exhausted,
        ExhaustedMessage(a_head(), of_tom(state=RunState.EXHAUSTED), (TOM,), you=True),
    ),
    "nobody answered, paged by name herself, then acknowledged": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(), of_tom(state=RunState.ACKNOWLEDGED, responder=TOM), (TOM,), you=True
        ),
    ),
    "task, masked": Case(
        reminder_messages.task_reminder, TaskReminder(a_task(head=a_masked_head()), NOW)
    ),
    "update overdue": Case(
        reminder_messages.update_reminder, UpdateReminder(a_head(), NOW - 3 * HOUR, NOW - HOUR)
    ),
    "update overdue, no owner": Case(
        reminder_messages.update_reminder,
        UpdateReminder(a_head(owner=None), NOW - 3 * HOUR, NOW - HOUR),
    ),
    "update overdue, late": Case(
        reminder_messages.update_reminder,
        UpdateReminder(a_masked_head(), NOW - 3 * HOUR, NOW - HOUR, late=True),
    ),
    **{
        f"update overdue, {outcome.value}": Case(
            reminder_messages.update_reminder,
            UpdateReminder(
                a_head(owner=TOM),
                NOW - 3 * HOUR,
                NOW - HOUR,
                outcome=outcome,
                until=NOW + HOUR,
                updated_at=NOW,
            ),
        )
        for outcome in (
            Outcome.ENDED,
            Outcome.UPDATED,
            Outcome.REPEATED,
            Outcome.PASSED_ON,
            Outcome.SNOOZED,
            Outcome.STOPPED,
        )
    },
    "update overdue, passed on, masked": Case(
        reminder_messages.update_reminder,
        UpdateReminder(a_masked_head(), NOW - 3 * HOUR, NOW - HOUR, outcome=Outcome.PASSED_ON),
    ),
    "unanswered": Case(
        manager_messages.unanswered,
        Unanswered(a_head(), a_team(name="PR", paged=(DANIEL,), step=1), (SOFIA,)),
    ),
    "unanswered, one person": Case(
        manager_messages.unanswered,
        Unanswered(a_head(), of_tom(paged=(MEI, SOFIA), step=1), (TOM,)),
    ),
    "unanswered, one person, who answered since": Case(
        manager_messages.unanswered,
        Unanswered(
            a_head(),
            of_tom(state=RunState.ACKNOWLEDGED, responder=TOM, acked_at=NOW - MINUTE),
            (TOM,),
        ),
    ),
    "unanswered, one person, and no manager": Case(
        manager_messages.unanswered, Unanswered(a_head(), of_tom(state=RunState.EXHAUSTED), (TOM,))
    ),
    "exhausted, one person": Case(
        manager_messages.exhausted, ExhaustedMessage(a_head(), of_tom(state=RunState.EXHAUSTED), ())
    ),
    "exhausted, one person, in whose place a manager answered since": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(),
            of_tom(state=RunState.ACKNOWLEDGED, responder=SOFIA, acked_at=NOW),
            (TOM, SOFIA),
        ),
    ),
    "unanswered, masked": Case(
        manager_messages.unanswered, Unanswered(a_masked_head(), a_team(name="PR"), (SOFIA, DANIEL))
    ),
    "unanswered, taken since": Case(
        manager_messages.unanswered,
        Unanswered(
            a_head(),
            a_team(name="PR", state=RunState.ACKNOWLEDGED, responder=DANIEL, acked_at=NOW - MINUTE),
            (SOFIA,),
        ),
    ),
    "unanswered, whole list since": Case(
        manager_messages.unanswered,
        Unanswered(a_head(), a_team(name="PR", state=RunState.EXHAUSTED), (SOFIA,)),
    ),
    "unanswered, withdrawn since": Case(
        manager_messages.unanswered,
        Unanswered(a_head(), a_team(name="PR", state=RunState.CANCELLED), (SOFIA,)),
    ),
    "unanswered, ended since": Case(
        manager_messages.unanswered, Unanswered(a_head(), a_team(name="PR"), (SOFIA,), ended=True)
    ),
    "exhausted": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(owner=None), a_team(name="PR", state=RunState.EXHAUSTED), (SOFIA, DANIEL)
        ),
    ),
    "exhausted, one of them can't take it": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(),
            a_team(name="PR", state=RunState.EXHAUSTED),
            (SOFIA, DANIEL),
            said_no=(SOFIA,),
        ),
    ),
    "exhausted, none of them can take it": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(),
            a_team(name="PR", state=RunState.EXHAUSTED),
            (SOFIA, DANIEL),
            said_no=(SOFIA, DANIEL),
        ),
    ),
    "exhausted, Slack took no page": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(owner=None),
            a_team(name="PR", state=RunState.EXHAUSTED),
            (),
            (SOFIA, DANIEL),
            may_repeat=True,
        ),
    ),
    "exhausted, masked, nobody tried": Case(
        manager_messages.exhausted,
        ExhaustedMessage(a_masked_head(), a_team(name="PR", state=RunState.EXHAUSTED), ()),
    ),
    "exhausted, acknowledged since": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(),
            a_team(name="PR", state=RunState.ACKNOWLEDGED, responder=DANIEL, acked_at=NOW),
            (SOFIA,),
        ),
    ),
    "exhausted, two others wait": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(owner=None),
            a_team(state=RunState.EXHAUSTED),
            (PRIYA,),
            others=(
                a_team(name="PR", state=RunState.EXHAUSTED, paged=(SOFIA, DANIEL)),
                of_tom(state=RunState.EXHAUSTED),
            ),
        ),
    ),
    "exhausted, acknowledged since, another waits": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_head(),
            a_team(state=RunState.ACKNOWLEDGED, responder=PRIYA, acked_at=NOW),
            (PRIYA,),
            others=(a_team(name="PR", state=RunState.EXHAUSTED, paged=(SOFIA,)),),
        ),
    ),
    "exhausted, a newer one lists it": Case(
        manager_messages.exhausted,
        ExhaustedMessage(a_head(), a_team(state=RunState.EXHAUSTED), (PRIYA,), newer=True),
    ),
    "exhausted, ended since": Case(
        manager_messages.exhausted,
        ExhaustedMessage(
            a_masked_head(), a_team(name="PR", state=RunState.EXHAUSTED), (SOFIA,), ended=True
        ),
    ),
    "exhausted, no longer asked": Case(
        manager_messages.exhausted,
        ExhaustedMessage(a_head(), a_team(name="PR", state=RunState.CANCELLED), (SOFIA,)),
    ),
    "assigned": Case(person_messages.assigned, Assigned(a_head(), PRIYA)),
    "assigned, masked": Case(person_messages.assigned, Assigned(a_masked_head(), PRIYA)),
    "assigned, somebody else's since": Case(
        person_messages.assigned, Assigned(a_head(owner=TOM), PRIYA, Outcome.PASSED_ON)
    ),
    "assigned, no longer theirs": Case(
        person_messages.assigned, Assigned(a_masked_head(), PRIYA, Outcome.PASSED_ON)
    ),
    "assigned, ended since": Case(
        person_messages.assigned, Assigned(a_head(), PRIYA, Outcome.ENDED)
    ),
    "room lost": Case(channel_messages.channel_lost, ChannelLost(a_head(channel_id=None), NOW)),
    "room lost, masked": Case(channel_messages.channel_lost, ChannelLost(a_masked_head(), NOW)),
    "room lost, out of reach": Case(
        channel_messages.channel_lost, ChannelLost(a_head(channel_id=None), NOW, archived=False)
    ),
    "room lost, out of reach, another since": Case(
        channel_messages.channel_lost, ChannelLost(a_head(), None, archived=False)
    ),
    "room lost, another since": Case(channel_messages.channel_lost, ChannelLost(a_head(), None)),
    "room lost, masked, another since": Case(
        channel_messages.channel_lost, ChannelLost(a_masked_head(), None)
    ),
    "room lost, ended since": Case(
        channel_messages.channel_lost, ChannelLost(a_head(state=State.RESOLVED), None)
    ),
    "access request": Case(access_messages.access_request, a_request()),
    "access request, granted": Case(
        access_messages.access_request, a_request(outcome=Outcome.GRANTED, by=MEI, at=NOW)
    ),
    "access request, refused": Case(
        access_messages.access_request, a_request(outcome=Outcome.REFUSED, by=MEI, at=NOW)
    ),
    "access request of a viewer": Case(access_messages.access_request, a_request(role=Role.VIEWER)),
    "access request of a member": Case(access_messages.access_request, a_request(role=Role.MEMBER)),
    "access request of a responder": Case(
        access_messages.access_request, a_request(role=Role.RESPONDER)
    ),
    "access request, another one is asked": Case(
        access_messages.access_request, a_request(outcome=Outcome.PASSED_ON, by=PRIYA)
    ),
    "access request, they acknowledged": Case(
        access_messages.access_request, a_request(outcome=Outcome.GRANTED, by=TOM, at=NOW)
    ),
    "access request, let in by the bot": Case(
        access_messages.access_request, a_request(outcome=Outcome.GRANTED, at=NOW)
    ),
    "access request, lapsed": Case(
        access_messages.access_request, a_request(outcome=Outcome.WITHDRAWN, at=NOW)
    ),
    "added by hand": Case(access_messages.access_request, a_request(by_hand=True, added_by=PRIYA)),
    "added, Slack does not say by whom": Case(
        access_messages.access_request, a_request(by_hand=True)
    ),
    "added by hand, kept": Case(
        access_messages.access_request,
        a_request(by_hand=True, outcome=Outcome.GRANTED, by=MEI, at=NOW),
    ),
    "added by hand, removed": Case(
        access_messages.access_request,
        a_request(by_hand=True, outcome=Outcome.REFUSED, by=MEI, at=NOW),
    ),
    "added by hand, left": Case(
        access_messages.access_request, a_request(by_hand=True, outcome=Outcome.WITHDRAWN, at=NOW)
    ),
    "corrected, what is needed": Case(answers.corrected, Corrected("ESC-12", ("needs",))),
    "corrected": Case(answers.corrected, Corrected("ESC-12", ("title", "references"))),
    "corrected, and worse": Case(
        answers.corrected,
        Corrected("ESC-12", ("category",), paged=(WillPage("Legal", (PRIYA,)),)),
    ),
    "tightened": Case(answers.corrected, Corrected("ESC-12", ("tier",), tightened=True)),
    "tightened, and beyond": Case(
        answers.corrected,
        Corrected(
            "ESC-12",
            ("category", "tier"),
            tightened=True,
            beyond=(Beyond(PRIYA, "email", NOW), Beyond(channel="C0OLD")),
        ),
    ),
    "unedited, with a person": Case(
        person_messages.unedited, Unedited("ESC-12", NOW, "cant_update_message", person=PRIYA)
    ),
    "uninvited": Case(
        access_messages.uninvited, Uninvited("ESC-12", "C0ESC12", "user_is_restricted", PRIYA)
    ),
    "uninvited, to themselves": Case(
        access_messages.uninvited, Uninvited("ESC-12", "C0ESC12", "a <b> & c", None)
    ),
    "invitation ended": Case(access_messages.invitation_ended, InvitationEnded("ESC-12", PRIYA)),
    "invitation ended, the owner's": Case(
        access_messages.invitation_ended, InvitationEnded("ESC-12", PRIYA, owns=True)
    ),
    "invitation ended, no one is left": Case(
        access_messages.invitation_ended, InvitationEnded("ESC-12", PRIYA, owns=True, alone=True)
    ),
    "unedited, in a channel": Case(
        person_messages.unedited, Unedited("ESC-12", NOW, "is_archived", channel="C0OLD")
    ),
    "access granted": Case(
        access_messages.access_answer, AccessAnswer(a_head(tier=Tier.RESTRICTED), True, MEI)
    ),
    "access kept": Case(
        access_messages.access_answer,
        AccessAnswer(a_head(tier=Tier.RESTRICTED), True, MEI, by_hand=True),
    ),
    "access kept, a guest": Case(
        lambda wording, values: answers.said(wording, "answers", "access_kept", **values),
        {"reference": "ESC-12", "person": TOM, "admitted": False},
    ),
    "access, nobody left to ask": Case(
        access_messages.access_answer, AccessAnswer(a_masked_head(), False, None)
    ),
    "access refused": Case(
        access_messages.access_answer,
        AccessAnswer(a_masked_head(), False, MEI, again_at=NOW + HOUR),
    ),
    "access refused, with a reason": Case(
        access_messages.access_answer, AccessAnswer(a_masked_head(), False, MEI, "Legal has it")
    ),
    "opened": Case(answers.opened, Opened(a_head(), teams_in_every_state()[:2], ("DPO",))),
    "opened, nobody paged": Case(answers.opened, Opened(a_head(tier=Tier.RESTRICTED), ())),
    "severity raised": Case(
        answers.severity_changed,
        SeverityChanged(
            "ESC-12",
            Severity.P0,
            (
                WillPage("Legal", (PRIYA, TOM), again=True),
                WillPage("PR", (SOFIA,)),
                WillPage("tom", (TOM,), again=True, person=TOM),
                WillPage("DPO", ()),
            ),
        ),
    ),
    "severity lowered": Case(
        answers.severity_changed,
        SeverityChanged(
            "ESC-12",
            Severity.P3,
            (),
            (WillPage("Legal", (), next_at=NOW + 20 * HOUR, follows=Follows.ROUND),),
        ),
    ),
    "listing": Case(
        answers.listing,
        Listing(
            "open",
            (a_head(), a_head(owner=None, update_due_at=NOW - HOUR), a_masked_head()),
            NOW,
            3,
            {"01INCIDENT": 2},
        ),
    ),
    "listing, one": Case(answers.listing, Listing("", (a_head(),), NOW, 1, {"ESC-12": 1})),
    "listing, many": Case(answers.listing, Listing("open", (a_head(),) * 100, NOW, 130)),
    "listing, found by a word": Case(
        answers.listing, Listing("open", (a_head(),), NOW, 1, searched=True)
    ),
    **{
        f"listing, {about}": Case(answers.listing, Listing(about, (a_head(),) * 2, NOW, 2))
        for about in ("mine", "P0", "team Legal", "ended", "closed after review")
    },
    "listing, many of mine": Case(
        answers.listing, Listing("mine", (a_head(),) * 20, NOW, 130, filter="mine")
    ),
    "listing, many ended": Case(
        answers.listing,
        Listing("ended", (a_head(state=State.DECLINED),) * 20, NOW, 130, ended=True),
    ),
    "listing, many found": Case(
        answers.listing, Listing("bomb", (a_head(),) * 20, NOW, 130, searched=True)
    ),
    "listing, none ended": Case(answers.listing, Listing("ended", (), NOW, ended=True)),
    "listing, none open": Case(answers.listing, Listing("open", (), NOW, filter="open")),
    "listing, empty": Case(answers.listing, Listing("mine", (), NOW, filter="mine")),
    "listing, nothing open": Case(answers.listing, Listing("", (), NOW)),
    "listing, the newest found": Case(
        answers.listing,
        Listing(
            "minister",
            (a_head(),),
            NOW,
            1,
            older=Older("ESC-950001", "minister", cut_short=False),
            searched=True,
        ),
    ),
    "listing, nothing found so far": Case(
        answers.listing,
        Listing(
            "minister",
            (),
            NOW,
            older=Older("ESC-950001", "minister", cut_short=True),
            searched=True,
        ),
    ),
    "details": Case(answers.details, some_details()),
    "details, few entries": Case(
        answers.details, some_details(entries=(an_entry(EntryKind.NOTE),), more_entries=1)
    ),
    "details, masked": Case(answers.details, some_details(card=a_card(head=a_masked_head()))),
    "on call": Case(
        answers.on_call,
        OnCall(Severity.P1, (team_on_call(2), OnCallLine(TeamKey("dpo"), "DPO", ()))),
    ),
    "on call, in a channel": Case(
        answers.on_call, OnCall(Severity.P0, (team_on_call(1),), "ESC-12")
    ),
    "on call, many": Case(
        answers.on_call, OnCall(Severity.P1, (team_on_call(90, name="L" * 75),) * 60)
    ),
    "on call, no team": Case(answers.on_call, OnCall(Severity.P1, ())),
    "open form offer": Case(
        lambda wording, _: answers.form_offer(wording, Button.OPEN_FORM, "form"), None
    ),
    "refused with a reference": Case(
        lambda wording, error: answers.refused(wording, error, "7f3a-11"), ValueError("secret")
    ),
    "help": Case(help, VERBS),
    "help, every group": Case(
        help,
        tuple(
            VerbHelp(name, f"/escalate {name}", f"what {name} does")
            for name in ("open", "list", "ack", "page", "status", "task", "resolve", "digest")
        ),
    ),
    "help, many": Case(help, VERBS * 12),
    "help, too much": Case(
        help, (VerbHelp("open", "/escalate open " + "&" * 200, "&" * 300),) * 40
    ),
    "help, one verb": Case(lambda wording, verbs: help(wording, verbs, "open"), VERBS),
    "help, a typo": Case(lambda wording, verbs: help(wording, verbs, "opne"), VERBS),
    "help, no such verb": Case(
        lambda wording, verbs: unknown_verb(wording, "xyzzy", [verb.name for verb in verbs]), VERBS
    ),
    "help, perhaps a report": Case(
        lambda wording, typed: offers.unknown_command(wording, "urgent", (), typed),
        "urgent there is a <bomb> threat",
    ),
    "refused, perhaps a report": Case(
        lambda wording, typed: offers.perhaps_a_report(
            wording, answers.refused(wording, Unclear(NoTextTaken("close", "call"))), typed
        ),
        "close call at a <school>",
    ),
    "refused, with the text": Case(
        lambda wording, typed: offers.with_text(
            wording, answers.refused(wording, BadInput("title", TitleTooLong(1_200, 300))), typed
        ),
        "/escalate open p1 <!channel> *Twelve* & more\n" + "x y " * 800,
    ),
    "help, a mistyped open": Case(
        lambda wording, typed: offers.unknown_command(wording, "opne", (f"open {typed}",), typed),
        "p0 a <bomb> threat",
    ),
    **{
        f"help, {block}": Case(
            lambda wording, commands, block=block: offers.undo(  # type: ignore[misc]
                wording, "unack", block, commands
            ),
            ("handover ESC-5 @person <summary>", "page ESC-5 <team> <why>"),
        )
        for block in sorted(
            {NOTHING.block}
            | {way.block for way in UNDOING.values()}
            | {way.block for way in MEANT.values() if way.block}
        )
    },
    "open, no such severity": Case(
        lambda wording, meant: offers.open_as(wording, "p4", meant),
        [(Meant(severity, "A <threat>"), f"k:{severity}:A") for severity in Severity],
    ),
    "open, opened before": Case(
        lambda wording, head: answers.said(
            wording,
            "answers",
            "opened_before",
            head=head,
            opened_as=Severity.P2,
            wanted=Severity.P0,
        ),
        a_head(),
    ),
    "open, two severities": Case(
        lambda wording, meant: offers.open_as(wording, "1", meant),
        [
            (Meant(Severity.P1, "account & more"), "k:P1:account & more"),
            (Meant(Severity.P2, "1 account & more"), "k:P2:1 account & more"),
        ],
    ),
    "digest": Case(
        lambda wording, week: digest_message.digest(wording, DigestView("Leadership", week)),
        a_week(),
    ),
    "digest, late": Case(
        lambda wording, week: digest_message.digest(wording, DigestView("Leadership", week, NOW)),
        a_week(60),
    ),
    "digest, quiet, preview": Case(
        lambda wording, week: digest_message.digest(
            wording, DigestView("Leadership", week), preview=True
        ),
        a_quiet_week(),
    ),
    "digest, many categories": Case(
        lambda wording, week: digest_message.digest(wording, DigestView("Leadership", week)),
        replace(
            a_week(),
            by_category=tuple(figures.FiguresRow(f"category-{n}", n, 0, n) for n in range(1, 25)),
        ),
    ),
}
