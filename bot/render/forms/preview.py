"""The preview of who a form will page: each team's people, and when."""

from datetime import timedelta
from itertools import accumulate

from bot.domain.ids import TeamKey
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import Ladder
from bot.render.blocks import lines_within
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording

_ROOM_FOR_TEAMS = 2_800


def preview(wording: Wording, teams: tuple[TeamKey, ...], severity: Severity) -> Mrkdwn:
    lines = [_preview_line(wording, team, wording.policy.ladder(team, severity)) for team in teams]
    body = lines_within(
        lines, lambda count: wording.say("forms", "preview_more", count=count), _ROOM_FOR_TEAMS
    )
    return Mrkdwn(f"{wording.say('forms', 'preview')}\n{body}")


def _preview_line(wording: Wording, team: TeamKey, ladder: Ladder) -> Mrkdwn:
    waits = accumulate((step.wait for step in ladder.steps), initial=timedelta(0))
    steps = [(after, step.targets) for after, step in zip(waits, ladder.steps, strict=False)]
    known = wording.policy.teams[team]
    return wording.say(
        "forms",
        "preview_team",
        name=known.name,
        steps=steps,
        rounds=ladder.rounds,
        everyone=known.everyone,
    )
