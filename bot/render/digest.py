"""The weekly digest as a Slack message; its figures come ready from `domain.digest`."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.answer_times import AckFigures
from bot.domain.digest import Deadline, DigestFigures, Row
from bot.domain.digest_facts import PAGED_DIRECTLY
from bot.domain.durations import MINUTE
from bot.render.blocks import context, divider, fields, header, section
from bot.render.desk import Desk
from bot.render.fitting import Growing, Part, lines
from bot.render.message import Message, message
from bot.render.mrkdwn import Mrkdwn

ROWS_SHOWN = 10
DEADLINES_SHOWN = 10


def digest(
    desk: Desk,
    name: str,
    figures: DigestFigures,
    *,
    late_since: datetime | None = None,
    preview: bool = False,
) -> Message:
    """The account of one week. `late_since` is when it was due, if it comes late."""
    blocks: list[Part] = [
        header(desk.plain("digest", "heading", name=name)),
        context(_period(desk, figures, late_since, preview=preview)),
        section(_headline(desk, figures)),
        _tables(desk, figures),
        divider(),
        _acks(desk, figures),
        *_sections(desk, figures),
        context(desk.say("digest", "footnote")),
    ]
    return message(desk.say("digest", "fallback", name=name, figures=figures), blocks)


def _period(
    desk: Desk, figures: DigestFigures, late_since: datetime | None, *, preview: bool
) -> Mrkdwn:
    period = figures.period
    return desk.say(
        "digest",
        "period",
        start=period.start.astimezone(period.zone),
        end=period.end.astimezone(period.zone),
        zone=period.zone.key,
        preview=preview,
        late=late_since is not None,
        due_at=late_since,
    )


def _headline(desk: Desk, figures: DigestFigures) -> Mrkdwn:
    quiet = not (figures.opened.count or figures.closed.count or figures.open.count)
    said = desk.say("digest", "quiet" if quiet else "headline", figures=figures)
    if not _moved(figures.restricted):
        return said
    return Mrkdwn(f"{said}\n{desk.say('digest', 'restricted', row=figures.restricted)}")


def _tables(desk: Desk, figures: DigestFigures) -> Growing:
    """Each shows as many of its rows."""
    tables = [
        partial(_table, desk, "by_severity", figures.by_severity, str),
        partial(_table, desk, "by_category", figures.by_category, desk.category),
        partial(_table, desk, "by_surface", figures.by_surface, desk.surface),
        partial(_table, desk, "by_team", figures.by_team, partial(_team, desk)),
    ]
    return Growing(ROWS_SHOWN, lambda shown: fields([table(shown) for table in tables]))


def _team(desk: Desk, key: str) -> str:
    return desk.plain("digest", "paged_directly") if key == PAGED_DIRECTLY else desk.team(key)


def _moved(row: Row) -> bool:
    return bool(row.opened or row.closed or row.open)


def _table(
    desk: Desk, name: str, rows: Sequence[Row], label: Callable[[str], str | None], shown: int
) -> Mrkdwn:
    busy = [row for row in rows if _moved(row)]
    if not busy:
        return Mrkdwn()
    said = [
        desk.say("digest", "row", label=label(row.key) or row.key, row=row) for row in busy[:shown]
    ]
    if len(busy) > shown:
        said.append(_more(desk, len(busy) - shown))
    return Mrkdwn("\n".join([desk.say("digest", name), *said]))


def _acks(desk: Desk, figures: DigestFigures) -> Growing:
    teams = [_team_acks(desk, team.team, team.figures) for team in figures.acks_by_team]
    return _list(desk, desk.say("digest", "acks", acks=figures.acks), teams)


def _team_acks(desk: Desk, team: str, acks: AckFigures) -> Mrkdwn:
    return desk.say("digest", "team_acks", name=_team(desk, team), acks=acks)


def _sections(desk: Desk, figures: DigestFigures) -> Iterator[Part]:
    if figures.oldest_open:
        rows = [
            desk.say("digest", "oldest_row", line=line, age=_in_minutes(line.age))
            for line in figures.oldest_open
        ]
        yield _list(desk, desk.say("digest", "oldest"), rows)
    if figures.overdue:
        yield _deadlines(desk, "overdue", figures.overdue)
    else:
        yield section(desk.say("digest", "nothing_overdue"))
    if figures.left:
        yield _deadlines(desk, "left", figures.left)
    if figures.next_week:
        yield _deadlines(desk, "next_week", figures.next_week)


def _in_minutes(age: timedelta) -> timedelta:
    """Seconds say nothing about a week."""
    return max(age - age % MINUTE, MINUTE)


def _deadlines(desk: Desk, name: str, deadlines: Sequence[Deadline]) -> Growing:
    late = name != "next_week"
    shown = deadlines[:DEADLINES_SHOWN]
    rows = [
        desk.say("digest", "deadline", due=due, team=_owed_by(desk, due), late=late)
        for due in shown
    ]
    return _list(desk, desk.say("digest", name), rows, len(deadlines) - len(rows))


def _owed_by(desk: Desk, due: Deadline) -> str:
    return desk.team(due.team) if due.team else ""


def _list(desk: Desk, heading: Mrkdwn, rows: Sequence[Mrkdwn], beyond: int = 0) -> Growing:
    return lines(heading, rows, partial(_more, desk), beyond=beyond)


def _more(desk: Desk, count: int) -> Mrkdwn:
    return desk.say("digest", "more", count=count)
