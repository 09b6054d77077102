"""Every message and view that can be sent, in each important state: what the tests go through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain import digest as figures
from bot.domain import errors
from bot.domain.digest import AckFact, DigestFacts, DigestFigures, IncidentFact, TaskFact
from bot.domain.ids import TeamKey
from bot.domain.lifecycle import State
from bot.domain.paging import PageState, RunState
from bot.domain.reading import (
    AccessAnswer,
    AccessRequest,
    Details,
    ExhaustedMessage,
    Listing,
    Notice,
    OnCallLine,
    Opened,
    ReminderMessage,
    TaskReminder,
    UpdateReminder,
)
from bot.domain.severity import Severity
from bot.domain.timeline import EntryKind
from bot.domain.visibility import Tier
from bot.render import (
    access,
    answers,
    card,
    digest,
    escalations,
    forms,
    home,
    notices,
    pages,
    reminders,
)
from bot.render.desk import Desk
from bot.render.help import VerbHelp, help, unknown_verb  # noqa: A004
from bot.render.message import Message
from tests.unit.render.views import (
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
    a_home,
    a_masked_head,
    a_page,
    a_task,
    a_team,
    an_entry,
    teams_in_every_state,
)

Rendered = Message | dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One view and what renders it; tests change the view and render it again."""

    render: Callable[[Desk, Any], Rendered]
    view: Any

    def __call__(self, desk: Desk) -> Rendered:
        return self.render(desk, self.view)


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
            title=f"Case {number}",
            severity=Severity.P1,
            category="pile-on",
            surface="live",
            state="investigating",
            owner=MEI if number % 2 else None,
            teams=(TeamKey("legal"), TeamKey("pr")),
            opened_at=NOW - number * timedelta(days=2),
            closed_at=None if number % 2 else NOW - timedelta(days=1),
            update_due_at=NOW - HOUR if number % 3 else NOW + HOUR,
        )
        for number in range(1, count + 1)
    )
    acks = (
        AckFact("ESC-1", TeamKey("legal"), Severity.P1, NOW - 40 * HOUR, NOW - 40 * HOUR + MINUTE),
        AckFact("ESC-1", TeamKey("pr"), Severity.P1, NOW - 40 * HOUR, None),
    )
    tasks = (TaskFact("ESC-1", "Write to the agency", TOM, NOW + HOUR, None),)
    facts = DigestFacts(
        since=NOW - timedelta(weeks=20),
        incidents=incidents,
        acks=acks,
        tasks=tasks,
        ack_within={Severity.P1: timedelta(minutes=15)},
    )
    return figures.figures(facts, figures.week_until(NOW, zone))


def a_quiet_week() -> DigestFigures:
    facts = DigestFacts(NOW - timedelta(weeks=2), (), (), (), {})
    return figures.figures(facts, figures.week_until(NOW, ZoneInfo("Asia/Singapore")))


def some_details(**changes: Any) -> Details:
    entries = tuple(an_entry(kind, seq=seq) for seq, kind in enumerate(EntryKind, 1))
    values: dict[str, Any] = {"card": a_card(), "entries": entries, "more_entries": 3}
    return Details(**(values | changes))


def _form(form: Callable[..., dict[str, Any]]) -> Callable[[Desk, Any], Rendered]:
    return lambda desk, head: form(desk, "01SUBJECT", head)


PAGES: Mapping[str, Any] = {
    "page": a_page(),
    "page, restricted": a_page(head=a_head(tier=Tier.RESTRICTED)),
    "page, masked": a_page(head=a_masked_head(), why=None),
    "page to a backup": a_page(target=TOM, step=1),
    "page in the second round": a_page(round=1, why=None),
    "page, late and maybe repeated": a_page(late=True, may_repeat=True),
    "page after the last step": a_page(run_state=RunState.EXHAUSTED),
    "page, acknowledged": a_page(
        state=PageState.ACKNOWLEDGED,
        run_state=RunState.ACKNOWLEDGED,
        responder=PRIYA,
        acked_at=NOW,
    ),
    "page, acknowledged without a channel": a_page(
        head=a_head(channel_id=None),
        state=PageState.ACKNOWLEDGED,
        run_state=RunState.ACKNOWLEDGED,
        responder=PRIYA,
        acked_at=NOW,
    ),
    "page, somebody was faster": a_page(
        state=PageState.SUPERSEDED, run_state=RunState.ACKNOWLEDGED, responder=TOM, acked_at=NOW
    ),
    "page, passed on": a_page(state=PageState.SUPERSEDED),
    "page, declined": a_page(state=PageState.DECLINED, reason="on a plane"),
    "page, declined without a reason": a_page(state=PageState.DECLINED),
    "page, undeliverable": a_page(state=PageState.UNREACHABLE),
    "page, withdrawn": a_page(run_state=RunState.CANCELLED, state=PageState.SUPERSEDED),
}

CARDS: Mapping[str, Any] = {
    "card": a_card(),
    "card, new": a_card(
        head=a_head(state=State.NEW, owner=None, criteria=(), affected=(), references=()),
        teams=(),
        tasks=(),
        decisions=(),
    ),
    "card, restricted": a_card(head=a_head(tier=Tier.RESTRICTED)),
    "card, masked in a thread": a_card(head=a_masked_head(), in_thread=True),
    "card in a thread": a_card(in_thread=True),
    "card, everything overdue": a_card(
        head=a_head(update_due_at=NOW - HOUR),
        tasks=tuple(a_task(due_at=NOW - n * HOUR) for n in range(8)),
    ),
    "card, resolved": a_card(
        head=a_head(state=State.RESOLVED, root_cause="policy-gap", update_due_at=None)
    ),
    "card, closed": a_card(head=a_head(state=State.REVIEWED, update_due_at=None)),
    "card, duplicate": a_card(head=a_head(state=State.DUPLICATE, duplicate_of="ESC-7")),
}

ERRORS: Mapping[str, Exception] = {
    "already handled": errors.AlreadyHandled("ESC-12 is open"),
    "already handled, outcome unknown": errors.AlreadyHandled(),
    "not permitted": errors.NotPermitted("manager", "member", "close an escalation"),
    "not permitted, no role": errors.NotPermitted("member", "nobody", "open an escalation"),
    "no access": errors.NoAccess("ESC-13", "01SEALED"),
    "not found, team": errors.NotFound("team", "legl", ("legal",)),
    "not found, unknown team": errors.NotFound("team", "xyzzy"),
    "not found, incident": errors.NotFound("incident", "ESC-99"),
    "not found, nothing named": errors.NotFound("incident", ""),
    "illegal move": errors.IllegalMove("ESC-12", "resolved", "new", ("reviewed", "reopened")),
    "illegal move, many legal": errors.IllegalMove(
        "ESC-12",
        "new",
        "reviewed",
        ("triaged", "awaiting decision", "resolved", "duplicate", "declined"),
    ),
    "illegal move, one legal": errors.IllegalMove("ESC-12", "reviewed", "new", ("reopened",)),
    "reason needed": errors.ReasonNeeded("P3"),
    "already acknowledged": errors.AlreadyAcknowledged("ESC-12", "Legal", TOM, NOW),
    "nothing to acknowledge": errors.NothingToAcknowledge(),
    "nothing to acknowledge there": errors.NothingToAcknowledge("ESC-12"),
    "nothing to do": errors.NothingToDo("ESC-12", "resolved"),
    "incident closed": errors.IncidentClosed("ESC-12", "reviewed"),
    "nobody to page": errors.NobodyToPage("DPO"),
    "bad input": errors.BadInput("when", "'soonish' is not a time", "in 2h"),
    "bad input, no example": errors.BadInput("title", "the title is empty"),
    "form errors": errors.FormErrors({"title": "Too long.", "due": "Not a time."}),
    "refused": errors.Refused(),
    "tocsin error": errors.TocsinError(),
    "store unavailable": errors.StoreUnavailable(),
    "policy error": errors.PolicyError("escalation.toml, line 3"),
    "unexpected": ValueError("of no concern to anybody in Slack"),
}

SAID: Mapping[str, Any] = {
    "reference": "ESC-12",
    "team": "Legal",
    "person": TOM,
    "state": State.RESOLVED,
    "severity": Severity.P0,
    "due_at": NOW,
    "assignee": TOM,
    "to": "Legal",
    "follow_ups": 3,
    "people": (TOM,),
    "until": NOW,
    "channel": pages.channel_link(a_head()),
    "digest": "Leadership",
}

MESSAGES: Mapping[str, Case] = {
    "free reminder": Case(
        reminders.reminder,
        ReminderMessage(REMINDER_ID, "Look at the numbers", NOW, late=False),
    ),
    "reminder, late": Case(
        reminders.reminder,
        ReminderMessage(
            REMINDER_ID, "Look at the numbers", NOW, late=True, head=a_head(), asked_by=MEI
        ),
    ),
    "reminder, masked": Case(
        reminders.reminder,
        ReminderMessage(REMINDER_ID, "Look there", NOW, late=False, head=a_masked_head()),
    ),
    "task due": Case(reminders.task_reminder, TaskReminder(a_task(), NOW)),
    "follow-up overdue": Case(
        reminders.task_reminder,
        TaskReminder(a_task(due_at=NOW - 26 * HOUR, follow_up=True), NOW, late=True),
    ),
    "task done": Case(reminders.task_reminder, TaskReminder(a_task(done=True), NOW)),
    "task, masked": Case(reminders.task_reminder, TaskReminder(a_task(head=a_masked_head()), NOW)),
    "update overdue": Case(
        reminders.update_reminder, UpdateReminder(a_head(), NOW - 3 * HOUR, NOW - HOUR)
    ),
    "update overdue, late": Case(
        reminders.update_reminder,
        UpdateReminder(a_masked_head(), NOW - 3 * HOUR, NOW - HOUR, late=True),
    ),
    "exhausted": Case(
        escalations.exhausted,
        ExhaustedMessage(a_head(owner=None), a_team(name="PR"), (SOFIA, DANIEL)),
    ),
    "exhausted, masked, nobody tried": Case(
        escalations.exhausted, ExhaustedMessage(a_masked_head(), a_team(name="PR"), ())
    ),
    "assigned": Case(lambda desk, head: escalations.assigned(desk, head, PRIYA), a_head()),
    "assigned, masked": Case(
        lambda desk, head: escalations.assigned(desk, head, PRIYA), a_masked_head()
    ),
    "access request": Case(access.request, AccessRequest(a_head(tier=Tier.RESTRICTED), TOM)),
    "access granted": Case(access.answer, AccessAnswer(a_head(tier=Tier.RESTRICTED), True, MEI)),
    "access refused": Case(access.answer, AccessAnswer(a_masked_head(), False, MEI)),
    "opened": Case(answers.opened, Opened(a_head(), teams_in_every_state()[:2], ("DPO",))),
    "opened, nobody paged": Case(answers.opened, Opened(a_head(tier=Tier.RESTRICTED), ())),
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
    "listing, empty": Case(answers.listing, Listing("mine", (), NOW)),
    "listing, nothing open": Case(answers.listing, Listing("", (), NOW)),
    "details": Case(answers.details, some_details()),
    "details, few entries": Case(
        answers.details, some_details(entries=(an_entry(EntryKind.NOTE),), more_entries=1)
    ),
    "details, masked": Case(answers.details, some_details(card=a_card(head=a_masked_head()))),
    "on call": Case(
        answers.on_call,
        (
            OnCallLine(TeamKey("legal"), "Legal", (PRIYA, TOM), 300.0),
            OnCallLine(TeamKey("dpo"), "DPO", (), 300.0),
        ),
    ),
    "on call, many": Case(
        answers.on_call, (OnCallLine(TeamKey("legal"), "L" * 75, (PRIYA, TOM), 300.0),) * 60
    ),
    "on call, no team": Case(answers.on_call, ()),
    "open form offer": Case(lambda desk, _: answers.open_form_offer(desk), None),
    "refused with a reference": Case(
        lambda desk, error: answers.refused(desk, error, "7f3a-11"), ValueError("secret")
    ),
    "help": Case(help, VERBS),
    "help, many": Case(help, VERBS * 12),
    "help, too much": Case(help, (VerbHelp("open", "/escalate open " + "&" * 200, "&" * 300),) * 9),
    "help, one verb": Case(lambda desk, verbs: help(desk, verbs, "open"), VERBS),
    "help, a typo": Case(lambda desk, verbs: help(desk, verbs, "opne"), VERBS),
    "help, no such verb": Case(
        lambda desk, verbs: unknown_verb(desk, "xyzzy", [verb.name for verb in verbs]), VERBS
    ),
    "digest": Case(lambda desk, week: digest.digest(desk, "Leadership", week), a_week()),
    "digest, late": Case(
        lambda desk, week: digest.digest(desk, "Leadership", week, late_since=NOW), a_week(60)
    ),
    "digest, quiet, preview": Case(
        lambda desk, week: digest.digest(desk, "Leadership", week, preview=True), a_quiet_week()
    ),
    "digest, many categories": Case(
        lambda desk, week: digest.digest(desk, "Leadership", week),
        replace(
            a_week(),
            by_category=tuple(figures.Row(f"category-{n}", n, 0, n) for n in range(1, 25)),
        ),
    ),
}

VIEWS: Mapping[str, Case] = {
    "form, open": Case(forms.open_form, None),
    "form, open, filled": Case(
        lambda desk, filled: forms.open_form(desk, filled, "https://example.slack.com/p1"),
        forms.Filled(
            title="Pile-on against a teenage streamer",
            severity=Severity.P2,
            category="pile-on",
            surface="live",
            market="sg",
            source="media",
            references="item-4711",
            affected=("minor",),
            criteria=("minor",),
        ),
    ),
    "form, open, no team": Case(
        forms.open_form, forms.Filled(severity=Severity.P2, category="pile-on", teams=())
    ),
    "form, open, references only": Case(
        forms.open_form, forms.Filled(severity=Severity.P2, category="suspected-csam")
    ),
    "form, opened": Case(forms.opened_view, Opened(a_head(), teams_in_every_state()[:2])),
    "form, opening": Case(lambda desk, _: forms.opening_view(desk), None),
    "form, status": Case(_form(forms.status_form), a_head()),
    "form, status, update needed": Case(
        lambda desk, head: forms.status_form(desk, "01SUBJECT", head, note_needed=True), a_head()
    ),
    "form, page": Case(_form(forms.page_form), a_head()),
    "form, task": Case(_form(forms.task_form), a_head()),
    "form, decision": Case(_form(forms.decision_form), a_head()),
    "form, resolve": Case(_form(forms.resolve_form), a_head()),
    "form, reopen": Case(_form(forms.reopen_form), a_head()),
    "form, cannot take": Case(_form(forms.cannot_take_form), a_masked_head()),
    "form, hand over": Case(_form(forms.hand_over_form), a_head()),
    "form, task hand over": Case(_form(forms.task_hand_over_form), None),
    "timeline": Case(forms.timeline_view, some_details()),
    "timeline, empty": Case(forms.timeline_view, some_details(entries=(), more_entries=0)),
    "timeline, masked": Case(forms.timeline_view, some_details(card=a_card(head=a_masked_head()))),
    "timeline, long": Case(forms.timeline_view, some_details(entries=some_details().entries * 30)),
    "show": Case(forms.show_view, some_details()),
    "show, masked": Case(forms.show_view, some_details(card=a_card(head=a_masked_head()))),
    "message view": Case(
        lambda desk, error: forms.message_view(desk, answers.refused(desk, error)),
        errors.NoAccess("ESC-13", "01SEALED"),
    ),
    "home": Case(home.home, a_home()),
    "home, empty": Case(home.home, a_home(pages=(), tasks=(), mine=(), open=(), total_open=0)),
    "home, no role": Case(
        home.home,
        a_home(pages=(), tasks=(), mine=(), open=(), total_open=0, may_open=False),
    ),
    "home, overdue": Case(
        home.home,
        a_home(
            pages=(a_page(ack_due_at=NOW - HOUR),) * 30,
            tasks=(a_task(due_at=NOW - HOUR), a_task(head=a_masked_head(), text=None)) * 20,
            mine=(a_head(update_due_at=NOW - HOUR),) * 30,
            open=(a_head(),) * 30,
            total_open=130,
        ),
    ),
}

CASES: Mapping[str, Case] = {
    **{name: Case(pages.page, view) for name, view in PAGES.items()},
    **{name: Case(card.card, view) for name, view in CARDS.items()},
    **{
        f"notice, {kind.value}": Case(notices.notice, Notice(a_head(), an_entry(kind)))
        for kind in EntryKind
    },
    **{
        f"notice, {kind.value}, nothing recorded": Case(
            notices.notice, Notice(a_head(), an_entry(kind, {}))
        )
        for kind in EntryKind
    },
    "notice, next step": Case(
        notices.notice,
        Notice(
            a_head(),
            an_entry(
                EntryKind.PAGED, {"name": "PR", "targets": ["U0DANIEL"], "round": 1, "step": 1}
            ),
        ),
    ),
    "notice, room failed": Case(
        notices.notice,
        Notice(a_head(), an_entry(EntryKind.ROOM, {"error": "restricted_action"})),
    ),
    "notice, owner gone": Case(
        notices.notice,
        Notice(a_head(), an_entry(EntryKind.OWNER, {"to": "U0PRIYA", "from": "U0TOM"})),
    ),
    "notice, handed to a team": Case(
        notices.notice,
        Notice(a_head(), an_entry(EntryKind.HANDED_OVER, {"to_team": "pr", "summary": "yours"})),
    ),
    "notice, by the bot": Case(
        notices.notice, Notice(a_head(), an_entry(EntryKind.STATE, actor="bot"))
    ),
    "notice, masked": Case(notices.notice, Notice(a_masked_head(), an_entry(EntryKind.NOTE))),
    **{f"refused, {name}": Case(answers.refused, error) for name, error in ERRORS.items()},
    **{
        f"said, {block}": Case(
            lambda desk, values, block=block: answers.said(  # type: ignore[misc]
                desk, "answers", block, **values
            ),
            {name: SAID[name] for name in needed},
        )
        for block, needed in answers.CONFIRMATIONS.items()
    },
    **MESSAGES,
    **VIEWS,
}
