"""Pages, cards, refusals and short answers, in each important state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain import errors
from bot.domain.access.rights import Besides, Deed
from bot.domain.access.visibility import Tier
from bot.domain.ids import TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.needs import Need
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PageState, RunState
from bot.domain.paging.outlook import Follows
from bot.domain.paging.reasons import Occasion, Question
from bot.domain.problems.commands import NoTextTaken
from bot.domain.problems.texts import FieldEmpty, NoTitle, ToYourself
from bot.domain.problems.times import NotATime
from bot.render.paging import page_messages
from tests.render.views import (
    HOUR,
    MEI,
    MINUTE,
    NOW,
    PRIYA,
    SOFIA,
    TOM,
    a_card,
    a_head,
    a_masked_head,
    a_page,
    a_reason,
    a_task,
    a_team,
)

HANDED_TO_TOM = a_reason(Occasion.PASSED_ON, by=PRIYA, to=f"person:{TOM}")

PAGES: Mapping[str, Any] = {
    "page": a_page(),
    "page, restricted": a_page(head=a_head(tier=Tier.RESTRICTED)),
    "page, masked": a_page(
        head=a_masked_head(),
        reasons=(a_reason(Occasion.OPENED, severity=Severity.P1), a_reason(Occasion.ASKED)),
    ),
    "page, opened and raised": a_page(
        reasons=(
            a_reason(Occasion.OPENED, severity=Severity.P2),
            a_reason(Occasion.RAISED, severity=Severity.P0, words="threat to life confirmed"),
        )
    ),
    "page, more reasons than there is room for": a_page(
        reasons=tuple(a_reason(words=f"{place}. " + "Why? " * 180) for place in range(12))
    ),
    "page, with what its giver was asked": a_page(
        reasons=(a_reason(Occasion.HANDED_OVER, words="The notice is drafted."),),
        questions=(
            Question(TOM, "How many <videos>?", "ops", "Operations"),
            Question(PRIYA, "Who knows him?", f"person:{MEI}", "mei"),
        ),
    ),
    "page, handed over by its person": a_page(
        state=PageState.SUPERSEDED, run_state=RunState.CANCELLED, passed=HANDED_TO_TOM
    ),
    "page, handed over by a colleague": a_page(
        state=PageState.SUPERSEDED,
        run_state=RunState.CANCELLED,
        passed=a_reason(Occasion.PASSED_ON, to="pr"),
    ),
    "page, acknowledged, then handed over to the own team": a_page(
        state=PageState.ACKNOWLEDGED,
        run_state=RunState.ACKNOWLEDGED,
        responder=PRIYA,
        acked_at=NOW,
        passed=replace(HANDED_TO_TOM, to="legal"),
    ),
    "page, lowered": a_page(
        reasons=(
            a_reason(),
            a_reason(Occasion.LOWERED, by=TOM, severity=Severity.P3, words="calm again"),
        )
    ),
    "page, handed over": a_page(
        target=TOM,
        reasons=(a_reason(Occasion.HANDED_OVER, by=PRIYA, words="The notice is drafted."),),
    ),
    "page, handed over in person": a_page(
        team=TeamKey("person:U0TOM"),
        team_name="Tom",
        target=TOM,
        reasons=(a_reason(Occasion.HANDED_OVER, by=PRIYA, words="The notice is drafted."),),
    ),
    "page to a backup": a_page(target=TOM, step=1),
    "page in the second round": a_page(round=1, reasons=(a_reason(),)),
    "page, late and maybe repeated": a_page(late=True, may_repeat=True),
    "page after the last step": a_page(run_state=RunState.EXHAUSTED),
    "page, acknowledged": a_page(
        state=PageState.ACKNOWLEDGED,
        run_state=RunState.ACKNOWLEDGED,
        responder=PRIYA,
        acked_at=NOW,
    ),
    "page, acknowledged, then handed over": a_page(
        state=PageState.ACKNOWLEDGED,
        run_state=RunState.ACKNOWLEDGED,
        responder=PRIYA,
        acked_at=NOW,
        passed=HANDED_TO_TOM,
    ),
    "page, handed over by a colleague, masked": a_page(
        head=a_masked_head(),
        state=PageState.SUPERSEDED,
        run_state=RunState.CANCELLED,
        passed=a_reason(Occasion.PASSED_ON, to="pr"),
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
    "page to the last one on the list": a_page(target=TOM, step=1, follows=Follows.MANAGERS_TOLD),
    "page in person": a_page(
        team=TeamKey("person:U0PRIYA"), team_name="Priya", follows=Follows.MANAGERS_PAGED
    ),
    "page to a manager in a person's place": a_page(
        team=TeamKey("person:U0PRIYA"),
        team_name="Priya",
        target=TOM,
        step=1,
        reasons=(a_reason(by=TOM, words="Read the notice"),),
        follows=Follows.MANAGERS_TOLD,
    ),
    "page to a manager, the person can't take it": a_page(
        team=TeamKey("person:U0PRIYA"),
        team_name="Priya",
        target=TOM,
        step=1,
        place=PageState.DECLINED,
        follows=Follows.MANAGERS_TOLD,
    ),
    "page, more people follow": a_page(step=1, follows=Follows.PEOPLE),
    "page, the same follow": a_page(step=2, follows=Follows.AGAIN),
    "page, another round follows": a_page(step=2, follows=Follows.ROUND),
    "page in person, asked for by themselves": a_page(
        team=TeamKey("person:U0TOM"),
        team_name="Tom Becker",
        target=TOM,
        reasons=(a_reason(by=TOM, words="I want to read along"),),
        follows=Follows.MANAGERS_PAGED,
    ),
    "page in person whose step went by": a_page(
        team=TeamKey("person:U0PRIYA"), team_name="Priya", answer_by=None
    ),
    "page to everyone": a_page(target=TOM, step=2, alone=False),
    "page to everyone, again": a_page(step=2, alone=False, asked_before=True),
    "page whose step went by": a_page(answer_by=None),
    "page that came after its time": a_page(answer_by=NOW - HOUR),
    "page, acknowledged on a later one": a_page(
        state=PageState.SUPERSEDED, run_state=RunState.ACKNOWLEDGED, responder=PRIYA, acked_at=NOW
    ),
    "page, acknowledged, ended": a_page(
        state=PageState.ACKNOWLEDGED,
        run_state=RunState.ACKNOWLEDGED,
        responder=PRIYA,
        acked_at=NOW,
        ended=True,
    ),
    "page, asked again": a_page(state=PageState.SUPERSEDED, asked_again=True),
    "page, declined, somebody else has it": a_page(
        state=PageState.DECLINED, run_state=RunState.ACKNOWLEDGED, responder=TOM, acked_at=NOW
    ),
    "page, declined, next one paged": a_page(state=PageState.DECLINED, went_on=True),
    "page, declined, nobody left": a_page(
        state=PageState.DECLINED, run_state=RunState.EXHAUSTED, went_on=True
    ),
    "page, declined": a_page(state=PageState.DECLINED, reason="on a plane"),
    "page, declined without a reason": a_page(state=PageState.DECLINED),
    "page, undeliverable": a_page(state=PageState.UNREACHABLE),
    "page, withdrawn, a duplicate": a_page(
        head=a_head(state=State.DUPLICATE, duplicate_of="ESC-7"),
        run_state=RunState.CANCELLED,
        state=PageState.SUPERSEDED,
        ended=True,
    ),
    "page, withdrawn": a_page(run_state=RunState.CANCELLED, state=PageState.SUPERSEDED),
    "page, withdrawn after the last step": a_page(
        run_state=RunState.EXHAUSTED, state=PageState.SUPERSEDED
    ),
    "page, left waiting in what has ended": a_page(run_state=RunState.EXHAUSTED, ended=True),
}

CARDS: Mapping[str, Any] = {
    "card": a_card(),
    "card, new": a_card(
        head=a_head(state=State.NEW, owner=None, criteria=(), affected=(), references=()),
        teams=(),
        tasks=(),
        decisions=(),
    ),
    "card, handed over": a_card(
        teams=(
            a_team(state=RunState.CANCELLED, passed=HANDED_TO_TOM),
            a_team(
                team=TeamKey("pr"),
                name="PR",
                state=RunState.ACKNOWLEDGED,
                responder=SOFIA,
                acked_at=NOW,
                passed=a_reason(Occasion.PASSED_ON, by=SOFIA, to="legal"),
            ),
        )
    ),
    "card, people who were asked for by name": a_card(
        teams=(
            a_team(team=TeamKey("person:U0TOM"), name="Tom Becker", paged=(TOM,)),
            a_team(
                team=TeamKey("person:U0PRIYA"),
                name="Priya Nair",
                ack_due_at=NOW - MINUTE,
                paged=(MEI, SOFIA),
                follows=Follows.MANAGERS_TOLD,
            ),
            a_team(
                team=TeamKey("person:U0SOFIA"),
                name="Sofia Marques",
                state=RunState.ACKNOWLEDGED,
                responder=SOFIA,
                acked_at=NOW,
            ),
            a_team(
                team=TeamKey("person:U0MEI"),
                name="Mei Tan",
                state=RunState.EXHAUSTED,
                everyone_paged=True,
            ),
            a_team(team=TeamKey("person:U0DANIEL"), name="Daniel", state=RunState.CANCELLED),
        )
    ),
    "card, acknowledged and not owned": a_card(head=a_head(owner=None)),
    "card, restricted": a_card(head=a_head(tier=Tier.RESTRICTED)),
    "card, masked in a thread": a_card(head=a_masked_head(), in_thread=True),
    "card in a thread": a_card(in_thread=True),
    "card, everything overdue": a_card(
        head=a_head(update_due_at=NOW - HOUR),
        tasks=tuple(a_task(due_at=NOW - n * HOUR) for n in range(8)),
    ),
    "card, more than fits": a_card(
        head=a_head(needs=(Need("Answer the ministry before the evening news. " * 5),) * 20),
        teams=tuple(
            a_team(team=TeamKey(f"team-{n}"), run_id=f"01RUN{n}", name=f"Team {n}")
            for n in range(60)
        ),
    ),
    "card, resolved": a_card(
        head=a_head(state=State.RESOLVED, root_cause="policy-gap", update_due_at=None)
    ),
    "card, closed": a_card(head=a_head(state=State.REVIEWED, update_due_at=None)),
    "card, with duplicates": a_card(head=a_head(duplicates=("ESC-9", "ESC-10"))),
    "card, duplicate": a_card(head=a_head(state=State.DUPLICATE, duplicate_of="ESC-7")),
}

ERRORS: Mapping[str, Exception] = {
    "already handled": errors.AlreadyHandled("ESC-12 is open"),
    "already handled, outcome unknown": errors.AlreadyHandled(),
    "stranger": errors.Stranger(),
    "undescribed": errors.Undescribed(),
    "undescribed, another person": errors.Undescribed(TOM),
    "not permitted": errors.NotPermitted("manager", "member", Deed.END),
    "not permitted, no role": errors.NotPermitted("member", "nobody", Deed.OPEN),
    "not permitted, a guest": errors.NotPermitted("viewer", "nobody", Deed.READ, kept_out=True),
    "no access": errors.NoAccess("ESC-13", "01SEALED"),
    "already reminded": errors.AlreadyReminded(NOW),
    "reminder changed": errors.ReminderChanged(NOW),
    "already paged": errors.AlreadyPaged(
        "ESC-12",
        (
            errors.BeingPaged("Legal", (PRIYA,), None, SOFIA, NOW),
            errors.BeingPaged("Tom Becker", (TOM,), TOM, SOFIA, NOW),
            errors.BeingPaged("PR", (SOFIA,), None, TOM, NOW, told=True),
            errors.BeingPaged("Legal", (), None, PRIYA, NOW, acknowledged=True),
            errors.BeingPaged("Tom Becker", (), TOM, TOM, NOW, acknowledged=True),
        ),
    ),
    "already paged, many": errors.AlreadyPaged(
        "ESC-12", (errors.BeingPaged("PR", (), None, SOFIA, NOW),) * 11
    ),
    "not found, team": errors.NotFound("team", "legl", ("legal",)),
    "not found, unknown team": errors.NotFound("team", "xyzzy"),
    "not found, unknown team or person": errors.NotFound("team", "no", or_person=True),
    "not found, category": errors.NotFound("category", "x", known=("doxxing", "scams")),
    "misread": errors.Misread(),
    "not found, incident": errors.NotFound("incident", "ESC-99"),
    "not found, nothing named": errors.NotFound("incident", ""),
    "original ended": errors.OriginalEnded("ESC-12", "ESC-7", "duplicate", "ESC-3"),
    "original ended, by itself": errors.OriginalEnded("ESC-12", "ESC-7", "resolved"),
    "illegal move": errors.IllegalMove("ESC-12", "resolved", "new", ("reviewed", "reopened")),
    "illegal move, many legal": errors.IllegalMove(
        "ESC-12",
        "new",
        "reviewed",
        ("triaged", "awaiting decision", "resolved", "duplicate", "declined"),
    ),
    "illegal move, one legal": errors.IllegalMove("ESC-12", "reviewed", "new", ("reopened",)),
    "illegal move, of a duplicate": errors.IllegalMove(
        "ESC-12", "duplicate", "reviewed", ("reopened",)
    ),
    "reason needed": errors.ReasonNeeded("P3"),
    "reason needed, to decline": errors.ReasonNeeded("declined"),
    "reason needed, to reopen": errors.ReasonNeeded("reopened"),
    "nothing to do, a duplicate": errors.NothingToDo("ESC-12", "duplicate"),
    "already acknowledged": errors.AlreadyAcknowledged("ESC-12", "Legal", TOM, NOW),
    "acknowledged already, by the same person": errors.AlreadyAcknowledged(
        "ESC-12", "Legal", TOM, NOW, yours=True
    ),
    "acknowledged already, and not held any more": errors.AlreadyAcknowledged(
        "ESC-12", "Legal", TOM, NOW, yours=True, holds=False
    ),
    "acknowledged already, in a person's place": errors.AlreadyAcknowledged(
        "ESC-12", "tom", PRIYA, NOW, person=TOM
    ),
    "nobody after a person": errors.NobodyAfter("ESC-12", "tom", TOM),
    "a person can't be paged": errors.NobodyToPage("tom", TOM),
    "handed over to a person already": errors.HandedOverAlready("ESC-12", "tom", person=TOM),
    "nobody after": errors.NobodyAfter("ESC-12", "Legal"),
    "asked already": errors.AskedAlready("ESC-12", NOW),
    "refused lately": errors.RefusedLately("ESC-12", NOW),
    "answered already, given": errors.AnsweredAlready("ESC-12", "U0TOM", True, "U0MEI", NOW),
    "answered already, refused": errors.AnsweredAlready("ESC-12", "U0TOM", False, "U0MEI", NOW),
    "answered already, by acknowledging": errors.AnsweredAlready(
        "ESC-12", "U0TOM", True, "U0TOM", NOW
    ),
    "answered already, nobody knows how": errors.AnsweredAlready(
        "ESC-12", "U0TOM", True, None, NOW
    ),
    "lapsed": errors.AnsweredAlready("ESC-12", "U0TOM", False, None, NOW),
    "nobody to ask": errors.NobodyToAsk("ESC-12"),
    "nothing to acknowledge": errors.NothingToAcknowledge(),
    "nothing to acknowledge there": errors.NothingToAcknowledge("ESC-12"),
    "nothing to acknowledge there, to a reader": errors.NothingToAcknowledge("ESC-12", reads=True),
    "nothing to acknowledge there, to a responder": errors.NothingToAcknowledge(
        "ESC-12", reads=True, may_own=True
    ),
    "nothing to acknowledge any more": errors.NothingToAcknowledge("ESC-12", "resolved"),
    "nothing to do": errors.NothingToDo("ESC-12", "resolved"),
    "nothing to do, a task": errors.NothingToDo("task", "done"),
    "nothing to do, a task of theirs": errors.NothingToDo("task", "with", "U0TOM"),
    "nothing to do, somebody's": errors.NothingToDo("ESC-12", "owned_by", "U0MEI"),
    "not yours": errors.NotYours(),
    "holds nothing": errors.HoldsNothing("ESC-12"),
    "holds nothing, and may page": errors.HoldsNothing("ESC-12", may_page=True),
    "cannot be let in": errors.CannotBeLetIn(TOM),
    "handed over already": errors.HandedOverAlready("ESC-12", "PR"),
    "handed over once": errors.HandedOverAlready("ESC-12", "PR", once=True),
    "may not tighten": errors.MayNotTighten("manager", "responder", Besides.TIGHTEN),
    "may not tighten, nobody owns it": errors.MayNotTighten(
        "manager", "responder", Besides.TIGHTEN, owned=False
    ),
    "may not tighten, took it themselves": errors.MayNotTighten(
        "manager", "responder", Besides.TIGHTEN, yours=True
    ),
    "may only read": errors.MayOnlyRead("ESC-12", "U0MEI"),
    "which team": errors.WhichTeam(
        "ESC-12", (("01RUNLEGAL", "Legal", None), ("01RUNTOM", "tom <Tom>", TOM))
    ),
    "incident resolved": errors.IncidentClosed("ESC-12", "resolved"),
    "incident closed": errors.IncidentClosed("ESC-12", "reviewed"),
    "nobody to page": errors.NobodyToPage("DPO"),
    "bad input": errors.BadInput("when", NotATime("soonish"), "in 2h"),
    "bad input, no example": errors.BadInput("person", ToYourself()),
    "unclear": errors.Unclear(
        NoTextTaken("ack", "on it"),
        ("ack ESC-12", "note ESC-12 on it"),
    ),
    "form errors": errors.FormErrors({"title": NoTitle(), "scope": FieldEmpty()}),
    "refused": errors.Refused(),
    "tocsin error": errors.TocsinError(),
    "store unavailable": errors.StoreUnavailable("", ""),
    "perhaps stored": errors.PerhapsStored("", ""),
    "history gone": errors.HistoryGone("", ""),
    "role unknown": errors.RoleUnknown(),
    "role of somebody unknown": errors.RoleUnknown("U0NICK"),
    "policy error": errors.PolicyError("escalation.toml, line 3"),
    "unexpected": ValueError("of no concern to anybody in Slack"),
}

SAID: Mapping[str, Any] = {
    "in_person": False,
    "in_place": False,
    "run": errors.BeingPaged("Legal", (PRIYA, TOM), None, SOFIA, NOW),
    "asked": True,
    "by_hand": True,
    "admitted": True,
    "reference": "ESC-12",
    "team": "Legal",
    "person": TOM,
    "state": State.RESOLVED,
    "of": None,
    "severity": Severity.P0,
    "due_at": NOW,
    "assignee": TOM,
    "to": "Legal",
    "owns": True,
    "follow_ups": 3,
    "zone": "Asia/Singapore",
    "text": "ask Legal for <the> opinion",
    "withdrawn": 2,
    "restored": 1,
    "people": (TOM,),
    "paged": (TOM,),
    "waiting": (),
    "until": NOW,
    "by": TOM,
    "at": NOW,
    "channel": page_messages.channel_link(a_head()),
    "digest": "Leadership",
}
