"""The verbs for later work: remind, task, done."""

import re
from dataclasses import dataclass, replace
from functools import partial

from bot.domain.access.rights import Deed
from bot.domain.controls import Button
from bot.domain.errors import BadInput, Unclear
from bot.domain.incidents.results import WhichTask
from bot.domain.problems.commands import RemindsOnlyYou
from bot.domain.problems.names import WhoGetsTheTask
from bot.domain.problems.times import NoClearTime, RemindedOnce, RemindWhenAndWhat, TimeGoesFirst
from bot.domain.times.front import begins_with_time
from bot.render import forms
from bot.render.followups import reminder_list as render
from bot.render.incidents import answers
from bot.services.followups import reminders as followups_reminders
from bot.services.followups import tasks
from handlers.answers import Answer, Modal
from handlers.commands.misplaced import refuse_misplaced
from handlers.commands.verb import Ask, Asking, Behind, Verb
from handlers.typed.no_target import one_person
from handlers.typed.normal import normal
from handlers.typed.targets import one_target
from handlers.typed.times import (
    FoundTime,
    Timed,
    other_time,
    time_at_end,
    time_first,
    time_within,
    two_times,
)
from handlers.typed.words import first_word, person_first, plain
from handlers.who import reachable

_ME = re.compile(r"^\s*me[\s,:]+(?=\S)", re.IGNORECASE)
_TO = re.compile(r"^to\s+(?=\S)", re.IGNORECASE)
"""Reads `remind me in 2h to call Tom`, as in Slack's own command."""
_OTHERS = re.compile(
    r"(?:and|&|\+|,)\s*(?=\S)|(?:us|everyone|everybody|all|the\s+team|them)(?!\w)[\s,:]*",
    re.IGNORECASE,
)
"""Reads `remind me and Tom …`, `remind us …`: the reminder is for other people too."""
_REPEATED = re.compile(
    r"(?<!\w)(?:(?:every|each)\s+(?:(?:other|second|single)\s+)?(?:(?:week|work)?day|week|month"
    r"|quarter|year|hour|morning|evening|night|shift)s?|daily|hourly|weekly|monthly|nightly)(?!\w)\s*"
    r"(?:at\s+)?|(?<!\w)(?:every|each)\s+(?=(?:mon|tues?|wed|wednes|thu|thurs?|fri|sat|satur|sun)"
    r"(?:day)?s?(?!\w))",
    re.IGNORECASE,
)
_EVERY_SO_OFTEN = re.compile(r"(?<!\w)(?:every|each)\s+(?=[0-9])", re.IGNORECASE)
_BEGINS_A_TIME = re.compile(r"(?:in|at|on|by)\s|@?\s?[0-9]", re.IGNORECASE)


async def remind(ask: Ask) -> Answer:
    if not ask.text or ask.text.lower() == "me":
        raise BadInput("when", RemindWhenAndWhat())
    when = await _when_first(ask)
    found = await ask.incident_if_any()
    incident_id = found.incident_id if found else None
    reminder_id = await ask.write(
        tasks.add_reminder,
        ask.act,
        text=_TO.sub("", when.text, count=1),
        due_at=when.at,
        incident_id=incident_id,
    )
    line = await ask.read(followups_reminders.shown, ask.act, reminder_id)
    return render.reminder_set(ask.wording, line, when.zone)


async def _when_first(ask: Ask) -> Timed:
    """Read the time in front. After `me to call Tom` it may be at the end, as in Slack's command.

    Raises Unclear for other words before the time, and offers the command with the time in front.
    """
    words = _ME.sub("", ask.words, count=1)
    if others := _others(ask, words, me=words != ask.words.strip()):
        raise await _not_alone(ask, others)
    who, rest = person_first(words, ask.me)
    if who not in (None, ask.me):
        raise await _somebody_else(ask, plain(words.removesuffix(rest)), rest)
    if who is not None:
        words = rest
    try:
        first = await time_first(ask, words)
    except BadInput as error:
        if once := await _once(ask, words):
            raise once from None
        norm = normal(words).norm
        begun = _BEGINS_A_TIME.match(norm) or begins_with_time(norm, ask.policy.working)
        found = None if begun else await time_within(ask, words)
        if found is None:
            raise _no_time(words, error) from None
    else:
        said = plain(words).removesuffix(first.text).strip(" ,;:-")
        return await _only_time(ask, FoundTime(first, said, at_the_end=not first.text))
    as_slack = words != ask.words.strip() or _TO.match(words) is not None
    if as_slack and found.at_the_end:
        return await _only_time(ask, found)
    raise Unclear(TimeGoesFirst(), (_again(ask, found),), no_report=True)


async def _only_time(ask: Ask, found: FoundTime) -> Timed:
    """Raise Unclear, with a command for each, if the rest of the text has another time."""
    other = await other_time(ask, found.timed.text)
    if other is not None:
        raise two_times(other, found, partial(_again, ask))
    return found.timed


def _again(ask: Ask, found: FoundTime | None, text: str = "") -> str:
    """Return the command with the time in front."""
    said = found.said if found else "<when>"
    text = _TO.sub("", found.timed.text if found else text, count=1)
    return f"remind {ask.named or '[ESC-n]'} {said} {text or '<text>'}"


async def _once(ask: Ask, words: str) -> Unclear | None:
    """Read `remind every day 9:00 call`. A reminder comes once, so the first one is offered."""
    once = _EVERY_SO_OFTEN.sub("in ", _REPEATED.sub("", plain(words))).strip()
    if once == plain(words):
        return None
    found = await time_within(ask, once)
    return Unclear(RemindedOnce(), (_again(ask, found, once),), no_report=True)


async def _somebody_else(ask: Ask, said: str, rest: str) -> Unclear:
    """Read `remind @tom in 20 minutes to call`. Only a task reminds another person."""
    return Unclear(RemindsOnlyYou(), (await _as_task(ask, said, rest),), no_report=True)


async def _as_task(ask: Ask, said: str, rest: str) -> str:
    found = await time_within(ask, rest) if rest else None
    text = _TO.sub("", found.timed.text if found else plain(rest), count=1)
    command = f"task {ask.named or 'ESC-n'} {said} {text or '<text>'}"
    return f"{command} by {found.by(ask.act.now) if found else '<when>'}"


@dataclass(frozen=True, slots=True)
class _Others:
    """The other people to remind: a person as a mention is typed, or none by name."""

    said: str
    rest: str
    me: bool


def _others(ask: Ask, words: str, *, me: bool) -> _Others | None:
    """Read `and Tom …` after `me`, a name that is not a mention, or several people."""
    line = normal(words)
    joined = _OTHERS.match(line.norm)
    if joined and (me or (joined[0][:1].isalpha() and not joined[0].lower().startswith("and"))):
        words = line.behind(joined.end())
    elif joined:
        return None
    word, rest = first_word(words)
    name = plain(word).lower().removeprefix("@")
    if name in ask.policy.people:
        return _Others(f"@{name}", rest, me)
    if joined is None and not me:
        return None
    user, behind = person_first(words, ask.me)
    if user not in (None, ask.me):
        return _Others(plain(words.removesuffix(behind)), behind, me)
    return _Others("", words, me=True) if joined else None


async def _not_alone(ask: Ask, others: _Others) -> Unclear:
    commands = []
    if others.me:
        found = await time_within(ask, others.rest) if others.rest else None
        commands.append(_again(ask, found, plain(others.rest)))
    if others.said:
        commands.append(await _as_task(ask, others.said, others.rest))
    return Unclear(RemindsOnlyYou(), tuple(commands), no_report=True)


def _no_time(words: str, error: BadInput) -> BadInput:
    """Return a refusal about the words in front, unless they begin with the thing to do."""
    if _TO.match(words) is None:
        return error
    return replace(error, problem=NoClearTime())


async def reminders(ask: Ask) -> Answer:
    return render.reminders(ask.wording, await ask.read(followups_reminders.reminders, ask.act))


async def task(ask: Ask) -> Answer:
    if not ask.words:
        head = await ask.head(Deed.TASK)
        form = forms.task_form(ask.wording, head.id, head)
        return Modal(form, Button.ADD_TASK, head.id)
    example = ask.wording.plain("verbs", "task_example")
    refusal = BadInput("person", WhoGetsTheTask(), example)
    user, _ = one_person(ask, TASK.name, ask.words, refusal)
    target, rest = one_target(ask, TASK.name, teams=False)
    await refuse_misplaced(ask, TASK.name, plain(rest), target.said)
    again = partial(_task_again, ask, target.said)
    when = await time_at_end(ask, rest, example, again)
    found = await ask.incident()
    assignee = await reachable(ask.shell, ask.act, user, f"<@{user}>")
    await ask.write(
        tasks.add_task,
        ask.policy,
        ask.act,
        found.incident_id,
        assignee=assignee,
        text=when.text,
        due_at=when.at,
    )
    return ask.say(
        "task_added",
        reference=found.reference,
        assignee=assignee,
        due_at=when.at,
        zone=when.zone.key,
        text=when.text,
    )


def _task_again(ask: Ask, said: str, text: str, time: str) -> str:
    return f"{TASK.name} {ask.named or 'ESC-n'} {said} {text} by {time}"


async def done(ask: Ask) -> Answer:
    found = await ask.incident()
    told = await ask.write(tasks.finish_my_task, ask.act, found.incident_id)
    if isinstance(told, WhichTask):
        return answers.which_task(ask.wording, told)
    return ask.say("task_done", task=told)


REMIND = Verb(
    name="remind",
    aliases=("reminder",),
    deed=Deed.REMIND,
    run=remind,
    must_say="<when> <text>",
    takes_time=True,
    needs_incident=False,
    behind=Behind.NUMBERS,
)
REMINDERS = Verb(
    name="reminders",
    deed=Deed.READ,
    run=reminders,
    about_incident=False,
    behind=Behind.NOTHING,
)
TASK = Verb(
    name="task",
    aliases=("todo",),
    deed=Deed.TASK,
    asking=Asking.DECIDES,
    run=task,
    takes_time=True,
)
DONE = Verb(
    name="done",
    aliases=("finish", "finished"),
    deed=Deed.FINISH,
    asking=Asking.DECIDES,
    run=done,
    behind=Behind.NOTHING,
)
