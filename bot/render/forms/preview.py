"""Who is paged when a form is sent: each team's people, and when each is."""

from datetime import timedelta
from itertools import accumulate

from bot.domain.ids import TeamKey
from bot.domain.paging import Ladder
from bot.domain.severity import Severity
from bot.render.blocks import lines_within
from bot.render.desk import Desk
from bot.render.mrkdwn import Mrkdwn

_ROOM_FOR_TEAMS = 2_800


def preview(desk: Desk, teams: tuple[TeamKey, ...], severity: Severity) -> Mrkdwn:
    lines = [_preview_line(desk, team, desk.policy.ladder(team, severity)) for team in teams]
    body = lines_within(
        lines, lambda count: desk.say("forms", "preview_more", count=count), _ROOM_FOR_TEAMS
    )
    return Mrkdwn(f"{desk.say('forms', 'preview')}\n{body}")


def _preview_line(desk: Desk, team: TeamKey, ladder: Ladder) -> Mrkdwn:
    waits = accumulate((step.wait for step in ladder.steps), initial=timedelta(0))
    steps = [(after, step.targets) for after, step in zip(waits, ladder.steps, strict=False)]
    known = desk.policy.teams[team]
    return desk.say(
        "forms",
        "preview_team",
        name=known.name,
        steps=steps,
        rounds=ladder.rounds,
        everyone=known.everyone,
    )
