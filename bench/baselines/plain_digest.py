"""The same digest in the plainest code: SQL, loops and f-strings.

It says the same as ours to the letter; tests/bench compares the two. It escapes nothing, knows no
locale, and works on plain rows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from statistics import mean
from typing import Any

from sqlalchemy import text

from bot.domain.digests.response_times import middle, wilson
from bot.domain.digests.weeks import Period, week_until
from bot.domain.times.durations import humane
from bot.policy import Policy
from bot.store.database import Database

_INCIDENTS = text(
    "SELECT id, number, severity, category, surface, state, opened_at, ended_at, update_due_at, "
    "title, owner, tier = 'restricted' FROM incident "
    "WHERE team_id = :team AND opened_at < :until AND NOT drill AND (opened_at >= :since "
    "OR ended_at >= :since OR ended_at IS NULL) ORDER BY number"
)
_FIRST = text("SELECT min(opened_at) FROM incident WHERE team_id = :team AND NOT drill")
_RUNS = text(
    "SELECT incident_id, team_key, started_at, ack_due_at, acked_at, state FROM paging_run "
    "WHERE team_id = :team AND started_at < :until"
)
_MARKERS = {"P0": "red", "P1": "large_orange", "P2": "large_yellow", "P3": "large_blue"}
_DIRECTLY = {"person:": "People paged directly"}
_WEEK = timedelta(days=7)
_NONE_OVERDUE = ["*Overdue*", "Nothing."]
_Labels = Mapping[str, str]


def lines(db: Database, policy: Policy, team: str, now: datetime) -> list[str]:
    """Read and count the week up to `now`."""
    period = week_until(now, policy.digests[0].zone)
    earlier = [period.earlier(number) for number in range(1, 13)]
    given = {"team": team, "until": period.end, "since": earlier[-1].start}
    if db.is_sqlite:
        moments = {key: at for key, at in given.items() if isinstance(at, datetime)}
        given |= {key: f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" for key, at in moments.items()}
    with db.engine.connect() as connection:
        first = _at(connection.execute(_FIRST, given).scalar()) or period.start
        rows = [_Row(*row) for row in connection.execute(_INCIDENTS, given)]
        runs = connection.execute(_RUNS, given).all()
    shown, masked = [row for row in rows if not row.masked], [row for row in rows if row.masked]
    told = {row.id for row in shown}
    teams = defaultdict(set)
    for run in runs:
        teams[run.incident_id].add(_team(run.team_key))
    asked = [
        (_team(run.team_key), *map(_at, (run.started_at, run.ack_due_at, run.acked_at)))
        for run in runs
        if run.incident_id in told and run.state != "cancelled"
    ]
    names: _Labels = {key: one.name for key, one in policy.teams.items()} | _DIRECTLY
    categories: _Labels = {key: one.label for key, one in policy.categories.items()}
    weeks = [week for week in earlier if week.start >= first]
    return [
        *_headline(rows, period, weeks),
        *_restricted(masked, period),
        *_table("severity", shown, period, lambda row: [row.severity], {}, list(_MARKERS)),
        *_table("category", shown, period, lambda row: [row.category], categories),
        *_table("surface", shown, period, lambda row: [row.surface or ""], policy.surfaces),
        *_table("team", shown, period, lambda row: teams[row.id], names),
        *_answers([one for one in asked if one[1] in period], period, names),
        *_open(shown, period, _late([run for run in runs if run.state != "cancelled"], names)),
    ]


def _team(key: str) -> str:
    return "person:" if key.startswith("person:") else key


class _Row:
    """A row with its times as datetimes."""

    def __init__(self, *row: Any) -> None:
        self.id, self.number, self.severity, self.category, self.surface, self.state = row[:6]
        self.opened, self.closed, self.due = map(_at, row[6:9])
        self.name, self.owner, self.masked = row[9:]


def _at(value: Any) -> Any:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _counts(rows: Sequence[Any], period: Period) -> tuple[int, int, int]:
    start, end, opened, closed, still = period.start, period.end, 0, 0, 0
    for row in rows:
        opened += start <= row.opened < end
        closed += row.closed is not None and start <= row.closed < end
        still += row.opened < end and (row.closed is None or row.closed >= end)
    return opened, closed, still


def _headline(rows: Sequence[Any], period: Period, weeks: Sequence[Period]) -> list[str]:
    told, means = _counts(rows, period), [""] * 3
    if len(weeks) >= 8:
        before = [_counts(rows, week) for week in weeks]
        means = [f" (usually {round(mean(each))})" for each in zip(*before, strict=True)]
    said = [
        f"*{told[0]} opened*{means[0]}",
        f"*{told[1]} ended*{means[1]}",
        f"*{told[2]} open at the end*{means[2]}",
    ]
    if len(weeks) < 8:
        said.append(
            "No comparison yet: it needs eight earlier weeks, "
            f"and there {'is' if len(weeks) == 1 else 'are'} {len(weeks)}."
        )
    return said


def _restricted(masked: Sequence[Any], period: Period) -> list[str]:
    opened, closed, still = _counts(masked, period)
    if not (opened or closed or still):
        return []
    return [
        f"*Restricted*: {opened} opened, {closed} ended, {still} open. "
        "Only the totals above include them."
    ]


def _table(
    name: str,
    rows: Sequence[Any],
    period: Period,
    keys_of: Any,
    labels: _Labels,
    order: Sequence[str] = (),
) -> list[str]:
    groups = defaultdict(list)
    for row in rows:
        for key in keys_of(row):
            groups[key].append(row)
    counted = [(key, *_counts(group, period)) for key, group in groups.items()]
    busy = [one for one in counted if any(one[1:])]
    if order:
        busy.sort(key=lambda one: order.index(one[0]))
    else:
        busy.sort(key=lambda one: (-one[1], -one[3], -one[2], one[0]))
    said = [
        f"• {labels.get(key, key) or 'Not stated'}: {opened} opened, {closed} ended, {still} open"
        for key, opened, closed, still in busy[:10]
    ]
    more = [f"and {len(busy) - 10} more"] if len(busy) > 10 else []
    return [f"*By {name}*", *said, *more]


def _answers(asked: Sequence[Any], period: Period, names: _Labels) -> list[str]:
    of_team = defaultdict(list)
    for one in asked:
        of_team[one[0]].append(one)
    took, hits, judged = _judged(asked, period)
    said = [
        "*Answers to pages*",
        f"{len(asked)} {'page' if len(asked) == 1 else 'pages'} to teams and people, "
        f"{len(took)} answered, "
        f"{judged - len(took)} unanswered"
        + (f", {len(asked) - judged} waiting and still in time" if len(asked) > judged else ""),
    ]
    if took:
        said.append(
            f"Half of the answers came within {humane(middle(took))}, "
            f"nine in ten within {humane(took[ceil(0.9 * len(took)) - 1])}."
        )
    if judged:
        share = wilson(hits, judged)
        said.append(
            f"In time: {hits} of {judged}, {share.share:.0%}"
            f" (95% interval: {share.low:.0%} to {share.high:.0%})"
        )
    for team in sorted(of_team):
        took, hits, judged = _judged(of_team[team], period)
        in_time = f", {hits} of {judged} in time" if judged else ""
        half = f", half within {humane(middle(took))}" if took else ""
        left = len(of_team[team]) - judged
        waits = f", {left} waiting" if left else ""
        name = names.get(team, team)
        said.append(f"• {name}: {len(took)} of {len(of_team[team])} answered{waits}{in_time}{half}")
    return said


def _judged(asked: Sequence[Any], period: Period) -> tuple[list[timedelta], int, int]:
    took, hits, judged = [], 0, 0
    for _, paged, due, acked in asked:
        if acked is not None and acked < period.end:
            took.append(acked - paged)
            hits, judged = hits + (acked <= due), judged + 1
        elif due < period.end:
            judged += 1
    return sorted(took), hits, judged


def _open(rows: Sequence[Any], period: Period, late: Sequence[Any]) -> list[str]:
    end = period.end
    still = [row for row in rows if row.closed is None or row.closed >= end]
    said = ["*Open for longest*"] if still else []
    for row in sorted(still, key=lambda row: (row.opened, f"ESC-{row.number}"))[:5]:
        age = end - row.opened
        age = max(age - age % timedelta(minutes=1), timedelta(minutes=1))
        who = f", <@{row.owner}>" if row.owner else ", no owner"
        said.append(
            f":{_MARKERS[row.severity]}_circle: *ESC-{row.number}* {row.name} — "
            f"{row.state}, open for {humane(age)}{who}"
        )
    named = {row.id: row for row in still}
    due = [
        (row.due, f"ESC-{row.number}", "update", row.name, row.owner) for row in still if row.due
    ]
    for incident_id, at, answered, what, person in late:
        row = named.get(incident_id)
        if row and at < end and (answered is None or answered >= end):
            due.append((at, f"ESC-{row.number}", what, row.name, person))
    due.sort(key=lambda one: one[:3])
    said += _due("*Overdue*", [one for one in due if one[0] < end], "was due") or _NONE_OVERDUE
    later = [one for one in due if end <= one[0] < end + _WEEK]
    return said + _due("*Due in the next seven days*", later, "due")


def _late(runs: Sequence[Any], names: _Labels) -> list[tuple[Any, ...]]:
    newest = {(run.incident_id, run.team_key): run for run in sorted(runs, key=lambda run: run[2])}
    return [
        (
            run.incident_id,
            *map(_at, (run.ack_due_at, run.acked_at)),
            "acknowledgement"
            if run.team_key.startswith("person:")
            else f"acknowledgement by {names.get(run.team_key, run.team_key)}",
            run.team_key[len("person:") :] if run.team_key.startswith("person:") else None,
        )
        for run in newest.values()
    ]


def _due(heading: str, rows: Sequence[Any], is_due: str) -> list[str]:
    said = [
        f"• *{reference}* {what}: {name} — {is_due} at <!date^{int(at.timestamp())}"
        f"^{{time}} {{date_short_pretty}}|{at:%Y-%m-%d %H:%M} UTC>" + (f", <@{who}>" if who else "")
        for at, reference, what, name, who in rows[:10]
    ]
    more = [f"and {len(rows) - 10} more"] if len(rows) > 10 else []
    return [heading, *said, *more] if rows else []
