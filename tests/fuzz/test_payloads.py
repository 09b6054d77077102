"""Every field of every kind of request, with anything at all in its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from handlers.http.shape import too_deep
from handlers.http.wellformed import wrong_part
from tests.databases import on_both
from tests.fuzz.contract import breach
from tests.fuzz.effort import LONG, SEED, effort
from tests.fuzz.junk import ANYTHING, TEXTS, Place, places, put
from tests.fuzz.running import RunningBot
from tests.fuzz.specimens import Specimen, encoded, specimens

pytestmark = on_both

AT_RANDOM = 60
"""Cases a database, in the short form, beside those that once failed."""
NOT_OURS = {"view closed": 404, "suggestion": 400}
"""Kinds that our views and elements do not ask for."""
_FIRST = 2
"""Of a list, so many members are tried: the rest is the same again."""


@dataclass(frozen=True)
class Case:
    specimen: Specimen
    place: Place
    junk: str

    def __str__(self) -> str:
        path = ".".join(map(str, self.place))
        return f"{self.specimen.name}, {path}: {self.junk}"


FAILED_ONCE: tuple[tuple[str, Place, str], ...] = (
    ("command alone", ("trigger_id",), "empty"),
    ("button incident_show", ("actions",), "list"),
    ("button incident_show", ("actions",), "blank"),
    ("button incident_show", ("actions", 0), "zero"),
    ("button incident_show", ("actions", 0, "action_id"), "missing"),
    ("button incident_show", ("user", "id"), "missing"),
    ("button page_acknowledge", ("user", "id"), "loud"),
    ("button open_form", ("container",), "list of text"),
    ("button open_form", ("response_url",), "path"),
    ("choice of a category", ("view",), "null"),
    ("event app_home_opened", ("event",), "null"),
    ("event app_home_opened", ("event", "type"), "list"),
    ("event app_home_opened", ("event", "user"), "missing"),
    ("event app_mention", ("event", "user"), "missing"),
    ("event app_mention", ("event", "channel"), "lines"),
    ("event team_join", ("authorizations", 0, "enterprise_id"), "deep"),
    ("event team_join", ("event", "user", "id"), "long"),
    ("event user_change", ("authorizations", 0, "enterprise_id"), "surrogate"),
    ("event user_change", ("event", "user", "profile", "display_name"), "nul"),
    ("event user_change", ("event", "user"), "list of text"),
    ("event subteam_updated", ("event", "subteam", "users"), "long"),
    ("form form_decision", ("view", "state", "values", "approvers", "approvers"), "long"),
    ("form form_decision", ("view", "state", "values", "dissent", "dissent", "value"), "long"),
    ("form form_hand_over", ("response_urls",), "combining"),
    ("form form_page", ("view", "private_metadata"), "surrogate"),
    ("form form_status", ("view", "state"), "list of lists"),
    ("form form_status", ("view", "hash"), "missing"),
    ("form form_open", ("view", "callback_id"), "huge"),
    ("shortcut on a message", ("channel", "id"), "missing"),
    ("suggestion", ("action_id",), "huge"),
    ("verification", ("type",), "object"),
)


def _all_cases(found: list[Specimen]) -> Iterator[Case]:
    for specimen in found:
        # A form's fields are texts, whatever is in them.
        junk = [*TEXTS, "missing"] if specimen.kind == "command" else list(ANYTHING)
        for place in places(specimen.payload):
            if all(isinstance(key, str) or key < _FIRST for key in place):
                yield from (Case(specimen, place, name) for name in junk)


def _chosen(found: list[Specimen], seed: int) -> list[Case]:
    by_name = {specimen.name: specimen for specimen in found}
    known = [Case(by_name[name], place, junk) for name, place, junk in FAILED_ONCE]
    every = list(_all_cases(found))
    return known + effort(short=Random(seed).sample(every, AT_RANDOM), long=every)


async def _trouble(bot: RunningBot, case: Case) -> list[str]:
    """Send the case and return what was wrong with what came of it."""
    payload = await case.specimen.renewed(bot)
    _make_room(payload, case.place)
    put(payload, case.place, ANYTHING[case.junk])
    body, content_type = encoded(case.specimen.kind, payload)
    answered = await bot.post(body, {"content-type": content_type})
    await bot.settled()
    broke = breach(case.specimen.kind, answered, fits=_fits(body, content_type))
    return [f"{case}: {what}" for what in [*([broke] if broke else []), *bot.complaints()]]


def _fits(body: bytes, content_type: str) -> bool:
    """By the door's own table, which `tests/handlers/http/test_wellformed.py` holds to be right."""
    try:
        payload = AsyncBoltRequest(body=body.decode(), headers={"content-type": content_type}).body
    except (ValueError, LookupError, TypeError, AttributeError):
        # Not even Bolt can read it: a list where it looks for an object.
        return False
    return not too_deep(payload) and wrong_part(payload) is None


def _make_room(payload: Any, place: Place) -> None:
    """A place that once failed may not be in today's payload: make its surroundings."""
    for key in place[:-1]:
        if isinstance(payload, dict):
            payload.setdefault(key, {})
        payload = payload[key]
    if isinstance(payload, dict):
        payload.setdefault(place[-1], None)


async def _as_slack_sends_it(bot: RunningBot, specimen: Specimen) -> list[str]:
    """What is real is taken: a door that refused everything would pass all that follows."""
    body, content_type = encoded(specimen.kind, await specimen.renewed(bot))
    answered = await bot.post(body, {"content-type": content_type})
    await bot.settled()
    taken = answered.status == NOT_OURS.get(specimen.name, 200)
    broke = breach(specimen.kind, answered) if taken else f"{answered.status}"
    return [f"{specimen.name}: {what}" for what in [*([broke] if broke else []), *bot.complaints()]]


@pytest.mark.timeout(0 if LONG else 300)
async def test_anything_in_any_field_gets_an_answer_and_breaks_nothing(bot: RunningBot) -> None:
    found = await specimens(bot)
    trouble = bot.complaints()
    for specimen in found:
        trouble += await _as_slack_sends_it(bot, specimen)
    seed = SEED if bot.tocsin.db.is_sqlite else SEED + 1
    for case in _chosen(found, seed):
        trouble += await _trouble(bot, case)
    assert trouble == []
