"""The verbs that call people: page, ack, handover."""

import re
from collections.abc import Sequence
from functools import partial

from bot.domain.access.rights import Deed
from bot.domain.controls import Button
from bot.domain.errors import Unclear
from bot.domain.ids import TeamKey
from bot.domain.incidents.needs import needs_in
from bot.domain.problems.commands import CallingOff, LineForOthers
from bot.domain.text.showing import says
from bot.render import forms
from bot.render.message import Message
from bot.render.text.mrkdwn import person
from bot.services.handover import handing_over
from bot.services.handover.handing_over import TaskGiven
from bot.services.paging import answers, starting
from handlers.answers import Answer, Modal, joined
from handlers.archived import placed
from handlers.commands.misplaced import refuse_misplaced
from handlers.commands.questions import refuse_question
from handlers.commands.second import refuse_second
from handlers.commands.verb import Ask, Asking, Behind, Verb
from handlers.forms.subjects import about_incident
from handlers.outcomes import said_taken
from handlers.typed.normal import normal
from handlers.typed.targets import one_target, targets_first
from handlers.typed.words import colon_before, plain, team_first
from handlers.unclear.for_later import refuse_later
from handlers.who import reachable


async def page(ask: Ask) -> Answer:
    if not ask.words:
        head = await ask.head(Deed.PAGE)
        return Modal(forms.page_form(ask.wording, head.id, head), Button.PAGE_TEAM, head.id)
    targets, why = targets_first(ask, PAGE)
    _refuse_calling_off(ask, ", ".join(one.said for one in targets), why)
    names = ", ".join(one.said for one in targets)
    await refuse_misplaced(ask, PAGE.name, plain(why), names)
    await refuse_second(ask, PAGE, names, ask.words, why, partial(team_first, ask.policy))
    teams = [target.team for target in targets if target.team]
    _refuse_lines_for_others(ask, names, teams, plain(why))
    found = await ask.incident()
    users = [
        await reachable(ask.shell, ask.act, target.user, target.said, to_page=True)
        for target in targets
        if target.user
    ]
    begun = await ask.write(
        starting.page_all, ask.policy, ask.act, found.incident_id, teams, users, plain(why)
    )
    return joined([_paged(ask, found.reference, run) for run in begun])


_OFF = re.compile(
    r"(?:off|cancel(?:led)?|stand\s+down|never\s*mind|stop|(?:is\s+)?(?:not|no\s+longer)\s+needed"
    r"(?:\s+any\s?more)?)\W*",
    re.IGNORECASE,
)


def _refuse_calling_off(ask: Ask, said: str, why: str) -> None:
    """Refuse `call dpo off`: it asks for the opposite. After a colon it is a page's reason."""
    if colon_before(ask.words, why) or not _OFF.fullmatch(normal(why).norm):
        return
    of = ask.named or "ESC-n"
    instead = ask.wording.plain("verbs", "update_called_off", names=said)
    commands = (f"update {of} {instead}", f"page {of} {said}: {plain(why)}")
    raise Unclear(CallingOff(plain(why)), commands, no_report=True)


def _refuse_lines_for_others(ask: Ask, said: str, teams: Sequence[TeamKey], why: str) -> None:
    """Refuse lines for a team that is not paged.

    In the lines below `legal: may we?`, one that begins with `PR:` is for PR, but only Legal is
    paged.
    """
    lines = [line for line in why.splitlines() if says(line)]
    read = [needs_in(line, ask.policy.team_names()).needs for line in lines[1:]]
    others = [need for needs in read for need in needs if set(need.teams) - set(teams)]
    if not others:
        return
    own = [lines[0], *(need.text for needs in read for need in needs if need not in others)]
    of = ask.named or "ESC-n"
    names = tuple(ask.policy.teams[team].name for need in others for team in need.teams)
    raise Unclear(
        LineForOthers(names, said),
        (
            f"page {of} {said}: {' '.join(own)}",
            *(f"page {of} {', '.join(need.teams)}: {need.text}" for need in others),
        ),
        no_report=True,
    )


def _paged(ask: Ask, reference: str, run: starting.Started) -> Message:
    if not run.begun_before:
        return ask.say(
            "page_sent",
            reference=reference,
            team=run.team_name,
            people=run.targets,
            in_person=run.in_person,
        )
    return ask.say("paged_before", reference=reference, run=run.before)


async def acknowledge(ask: Ask) -> Answer:
    found = await ask.incident_if_any()
    incident_id = found.incident_id if found else None
    taken = await ask.write(answers.acknowledge_mine, ask.act, incident_id)
    ask.shell.acknowledged(*taken)
    return joined([said_taken(ask, one) for one in taken])


async def hand_over(ask: Ask) -> Answer:
    if not ask.words:
        head = await ask.head(Deed.HAND_OVER)
        form = forms.hand_over_form(ask.wording, about_incident(head.id), head)
        return Modal(form, Button.HAND_OVER, about_incident(head.id))
    target, summary = one_target(ask, HAND_OVER.name)
    refuse_question(ask, HAND_OVER, summary)
    if not colon_before(ask.words, summary):
        refuse_later(ask, HAND_OVER.name, target.said, summary)
    await refuse_misplaced(ask, HAND_OVER.name, plain(summary), target.said)
    own = partial(team_first, ask.policy)
    await refuse_second(ask, HAND_OVER, target.said, ask.words, summary, own)
    found = await ask.incident()
    user = await reachable(ask.shell, ask.act, target.user, target.said) if target.user else None
    done = await ask.write(
        handing_over.hand_over,
        ask.policy,
        ask.act,
        found.incident_id,
        to_team=target.team,
        to_person=user,
        summary=plain(summary),
    )
    if isinstance(done, TaskGiven):
        return ask.say("task_handed_over", person=done.to)
    to = person(user) if user else done.to.team_name
    said = ask.say(
        "handed_over", reference=found.reference, to=to, owns=done.owns, people=done.to.targets
    )
    return await placed(ask, found.incident_id, said)


PAGE = Verb(
    name="page",
    aliases=("notify", "call"),
    deed=Deed.PAGE,
    asking=Asking.NAMES,
    run=page,
)
ACK = Verb(
    name="ack",
    aliases=("acknowledge", "take"),
    deed=Deed.ACKNOWLEDGE,
    needs_incident=False,
    asking=Asking.DECIDES,
    run=acknowledge,
    behind=Behind.NOTHING,
)
HAND_OVER = Verb(
    name="handover",
    aliases=("hand-over", "handoff", "hand-off"),
    deed=Deed.HAND_OVER,
    asking=Asking.NAMES,
    run=hand_over,
)
