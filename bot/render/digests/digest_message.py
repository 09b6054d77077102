"""The weekly digest as a Slack message. The domain computes its figures."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.digests.digest_message import DigestView
from bot.domain.digests.facts import PAGED_DIRECTLY
from bot.domain.digests.figures import Deadline, DigestFigures, FiguresRow
from bot.domain.digests.response_times import AckFigures
from bot.domain.times.durations import MINUTE
from bot.render.blocks import Block, context, divider, header, section
from bot.render.message import Message, message
from bot.render.text.fitting import Growing, Part, lines
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording

ROWS_SHOWN = 10
DEADLINES_SHOWN = 10


def digest(
    wording: Wording,
    view: DigestView,
    *,
    preview: bool = False,
) -> Message:
    """The digest of one week."""
    name, figures = view.name, view.figures
    blocks: list[Part] = [
        header(wording.plain("digest_message", "heading", name=name)),
        context(_period(wording, figures, view.late_since, preview=preview)),
        section(_headline(wording, figures)),
        _tables(wording, figures),
        divider(),
        _acks(wording, figures),
        *_sections(wording, figures),
        context(wording.say("digest_message", "footnote")),
    ]
    return message(wording.say("digest_message", "plain", name=name, figures=figures), blocks)


def _period(
    wording: Wording, figures: DigestFigures, late_since: datetime | None, *, preview: bool
) -> Mrkdwn:
    period = figures.period
    return wording.say(
        "digest_message",
        "period",
        start=period.start.astimezone(period.zone),
        end=period.end.astimezone(period.zone),
        zone=period.zone.key,
        preview=preview,
        late=late_since is not None,
        due_at=late_since,
    )


def _headline(wording: Wording, figures: DigestFigures) -> Mrkdwn:
    quiet = not (figures.opened.count or figures.closed.count or figures.open.count)
    said = wording.say("digest_message", "quiet" if quiet else "headline", figures=figures)
    if not _moved(figures.restricted):
        return said
    return Mrkdwn(f"{said}\n{wording.say('digest_message', 'restricted', row=figures.restricted)}")


def _tables(wording: Wording, figures: DigestFigures) -> Growing:
    """The tables grow together: each shows up to the same number of rows."""
    tables = [
        partial(_table, wording, "by_severity", figures.by_severity, str),
        partial(_table, wording, "by_category", figures.by_category, wording.category),
        partial(_table, wording, "by_surface", figures.by_surface, wording.surface),
        partial(_table, wording, "by_team", figures.by_team, partial(_team, wording)),
    ]

    def draw(shown: int) -> list[Block]:
        return [section(said) for table in tables if (said := table(shown))]

    return Growing(ROWS_SHOWN, draw)


def _team(wording: Wording, key: str) -> str:
    return (
        wording.plain("digest_message", "paged_directly")
        if key == PAGED_DIRECTLY
        else wording.team(key)
    )


def _moved(row: FiguresRow) -> bool:
    return bool(row.opened or row.closed or row.open)


def _table(
    wording: Wording,
    name: str,
    rows: Sequence[FiguresRow],
    label: Callable[[str], str | None],
    shown: int,
) -> Mrkdwn:
    busy = [row for row in rows if _moved(row)]
    if not busy:
        return Mrkdwn()
    said = [
        wording.say("digest_message", "row", label=label(row.key) or row.key, row=row)
        for row in busy[:shown]
    ]
    if len(busy) > shown:
        said.append(_more(wording, len(busy) - shown))
    return Mrkdwn("\n".join([wording.say("digest_message", name), *said]))


def _acks(wording: Wording, figures: DigestFigures) -> Growing:
    teams = [_team_acks(wording, team.team, team.figures) for team in figures.acks_by_team]
    return _list(wording, wording.say("digest_message", "acks", acks=figures.acks), teams)


def _team_acks(wording: Wording, team: str, acks: AckFigures) -> Mrkdwn:
    return wording.say("digest_message", "team_acks", name=_team(wording, team), acks=acks)


def _sections(wording: Wording, figures: DigestFigures) -> Iterator[Part]:
    if figures.oldest_open:
        rows = [
            wording.say("digest_message", "oldest_row", line=line, age=_in_minutes(line.age))
            for line in figures.oldest_open
        ]
        yield _list(wording, wording.say("digest_message", "oldest"), rows)
    if figures.overdue:
        yield _deadlines(wording, "overdue", figures.overdue)
    else:
        yield section(wording.say("digest_message", "nothing_overdue"))
    if figures.left:
        yield _deadlines(wording, "left", figures.left)
    if figures.next_week:
        yield _deadlines(wording, "next_week", figures.next_week)


def _in_minutes(age: timedelta) -> timedelta:
    """Round an age down to minutes, but not below one: seconds mean nothing in a week."""
    return max(age - age % MINUTE, MINUTE)


def _deadlines(wording: Wording, name: str, deadlines: Sequence[Deadline]) -> Growing:
    late = name != "next_week"
    shown = deadlines[:DEADLINES_SHOWN]
    rows = [
        wording.say("digest_message", "deadline", due=due, team=_owed_by(wording, due), late=late)
        for due in shown
    ]
    return _list(wording, wording.say("digest_message", name), rows, len(deadlines) - len(rows))


def _owed_by(wording: Wording, due: Deadline) -> str:
    return wording.team(due.team) if due.team else ""


def _list(wording: Wording, heading: Mrkdwn, rows: Sequence[Mrkdwn], beyond: int = 0) -> Growing:
    return lines(heading, rows, partial(_more, wording), beyond=beyond)


def _more(wording: Wording, count: int) -> Mrkdwn:
    return wording.say("digest_message", "more", count=count)
