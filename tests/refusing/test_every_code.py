"""Each error code of each method, through the real client, against one place alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.services.incidents import lifecycle
from bot.services.paging import starting
from bot.slack.client import SlackCalls, new_session, web_client
from bot.slack.errors import (
    DeadTarget,
    OutcomeUnknown,
    PlaceRefused,
    RateLimited,
    Rejected,
    SlackError,
    TokenLost,
)
from bot.slack.refusals import REFUSALS, Reach
from bot.store.tables import Delivery
from tests.refusing.another_slack import another_slack
from tests.refusing.conftest import Refusing
from tests.waiting import eventually

UNKNOWN_TO_ALL = "on_holiday"
INCIDENTS = 20

GIVEN: Mapping[str, Mapping[str, Any]] = {
    "apps.connections.open": {"app_token": "xapp-1"},
    "chat.postMessage": {"channel": "C1", "text": "hello"},
    "chat.update": {"channel": "C1", "ts": "1.1", "text": "hello"},
    "conversations.create": {"name": "esc-1"},
    "conversations.history": {"channel": "C1"},
    "conversations.info": {"channel": "C1"},
    "conversations.invite": {"channel": "C1", "users": ["U1"]},
    "conversations.join": {"channel": "C1"},
    "conversations.kick": {"channel": "C1", "user": "U1"},
    "conversations.members": {"channel": "C1"},
    "conversations.open": {"users": "U1"},
    "conversations.replies": {"channel": "C1", "ts": "1.1"},
    "pins.add": {"channel": "C1", "timestamp": "1.1"},
    "usergroups.users.list": {"usergroup": "S1"},
    "users.info": {"user": "U1"},
    "views.open": {"trigger_id": "1", "view": {}},
    "views.publish": {"user_id": "U1", "view": {}},
    "views.push": {"trigger_id": "1", "view": {}},
    "views.update": {"view_id": "V1", "view": {}},
}
MEANS: Mapping[Reach, type[SlackError] | None] = {
    Reach.LANE: PlaceRefused,
    Reach.CALL: Rejected,
    Reach.PERSON: DeadTarget,
    Reach.WORKSPACE: TokenLost,
    Reach.OURS: Rejected,
    Reach.LIMIT: RateLimited,
    Reach.OUTCOME: OutcomeUnknown,
    Reach.DONE: None,
}


@pytest.mark.parametrize("method", REFUSALS)
async def test_each_code_of_a_method_is_what_the_table_says(method: str) -> None:
    async with another_slack([]) as slack, new_session(timedelta(seconds=20)) as session:
        calls = SlackCalls(web_client("xoxb-1", session, slack.url))
        for code, about in {**REFUSALS[method], UNKNOWN_TO_ALL: Reach.LANE}.items():
            slack.heal()
            slack.refuse(code, method)
            raised: SlackError | None = None
            try:
                await calls.call(method, **GIVEN.get(method, {}))
            except SlackError as error:
                raised = error
            assert (type(raised) if raised else None) is MEANS[about], code


@dataclass(frozen=True)
class Place:
    """A call to one place: how it comes about, and what is to be refused there.

    `stands` says what its delivery comes to, by what the code is about.
    """

    kind: DeliveryKind
    method: str
    where: Callable[[int], dict[str, str]]
    stands: Mapping[Reach, tuple[DeliveryState, ...]]
    late: bool = False
    """Refused once the card is there."""
    paged: bool = False
    """A page to a person of its own; otherwise it is an escalation of its own."""


_TRIED_AGAIN = (DeliveryState.DUE, DeliveryState.SENDING)
_LOOKED_UP = (DeliveryState.UNKNOWN, DeliveryState.SENDING)
_DEAD = (DeliveryState.DEAD,)
_ENDS: Mapping[Reach, tuple[DeliveryState, ...]] = {
    Reach.CALL: _DEAD,
    Reach.OURS: _DEAD,
    Reach.LIMIT: _TRIED_AGAIN,
    Reach.OUTCOME: _LOOKED_UP,
}
_ONE_PLACE = (Reach.LANE, Reach.PERSON, Reach.WORKSPACE)
HELD = {**_ENDS, **dict.fromkeys(_ONE_PLACE, _TRIED_AGAIN), Reach.DONE: _LOOKED_UP}
FOLLOWED = {**_ENDS, **dict.fromkeys(_ONE_PLACE, _DEAD), Reach.DONE: _LOOKED_UP}
DONE = {**FOLLOWED, Reach.DONE: (DeliveryState.SENT,)}

PLACES = {
    "a page": Place(
        DeliveryKind.PAGE,
        "chat.postMessage",
        lambda n: {"channel": f"DU0EXTRA{n}"},
        HELD,
        paged=True,
    ),
    "a page to someone new": Place(
        DeliveryKind.PAGE,
        "conversations.open",
        lambda n: {"user": f"U0EXTRA{n}"},
        HELD,
        paged=True,
    ),
    "a card": Place(
        DeliveryKind.CARD_POST, "chat.postMessage", lambda n: {"channel": f"CESC{n}"}, HELD
    ),
    "a card's change": Place(
        DeliveryKind.CARD_UPDATE,
        "chat.update",
        lambda n: {"channel": f"CESC{n}"},
        {**HELD, Reach.DONE: (DeliveryState.SENT,)},
        late=True,
    ),
    "a channel": Place(
        DeliveryKind.CHANNEL_CREATE,
        "conversations.create",
        lambda n: {"name": f"esc-{n}"},
        FOLLOWED,
    ),
    "an invitation": Place(
        DeliveryKind.CHANNEL_INVITE,
        "conversations.invite",
        lambda n: {"channel": f"CESC{n}"},
        {**HELD, Reach.DONE: (DeliveryState.SENT,)},
    ),
    "a pin": Place(DeliveryKind.CARD_PIN, "pins.add", lambda n: {"channel": f"CESC{n}"}, DONE),
}
ANOTHER_NAME = "name_taken"
"""Is tried for."""


@pytest.mark.parametrize("name", PLACES)
async def test_each_code_at_one_place_leaves_all_others_alone(
    refusing: Refusing, name: str
) -> None:
    """Every code has a place of its own; then twenty escalations are opened beside them."""
    place = PLACES[name]
    codes = {**REFUSALS[place.method], UNKNOWN_TO_ALL: Reach.LANE}
    first = [code for code, about in codes.items() if about is not Reach.LIMIT]
    # A limit is on the method, and keeps the other places from being asked for.
    limits = [code for code in codes if code not in first]
    poisoned: dict[str, str] = {}
    for batch, count in ((first, INCIDENTS), (limits, 1)):
        poisoned |= await poison(refusing, place, batch)
        beside = [refusing.open(range(3 * n, 3 * n + 3)) for n in range(count)]
        await refusing.all_paged(beside, 3 * count)
        firsts = [page for page in refusing.pages(beside) if page.step == 0]
        assert len(firsts) == 3 * count, "no ladder was used up"
        await eventually(partial(were_given, refusing, place.method, batch), "a code was not given")
    assert refusing.bot.figures.lost_token is None
    for code, about in codes.items():
        if code != ANOTHER_NAME:
            await eventually(
                partial(comes_to, refusing, place, poisoned[code], place.stands[about]),
                f"{code} came to something else",
            )


async def poison(refusing: Refusing, place: Place, codes: Sequence[str]) -> dict[str, str]:
    """Have each code given at one place; return whose it is: an escalation's, or a person's id."""
    slack, whose = refusing.slack, dict[str, str]()
    if place.paged:
        incident = refusing.open([]).head.id
        for code in codes:
            n = len(slack.refusals)
            slack.refuse(code, place.method, **place.where(n))
            user = UserId(f"U0EXTRA{n}")
            whose[code] = user
            policy, act = refusing.bot.policy, refusing.act()
            starting.page_person(refusing.db, policy, act, incident, user)
        return whose
    numbers = range(refusing.opened + 1, refusing.opened + 1 + len(codes))
    if not place.late:
        refuse(refusing, place, codes, numbers)
    for code in codes:
        whose[code] = refusing.open([]).head.id
    if place.late:
        channels = {f"CESC{number}" for number in numbers}
        await eventually(
            lambda: channels <= {call.args["channel"] for call in slack.called("pins.add")}
        )
        refuse(refusing, place, codes, numbers)
        for one in whose.values():
            lifecycle.post_update(refusing.db, refusing.act(), one, "The clips are gone")
    return whose


def refuse(refusing: Refusing, place: Place, codes: Sequence[str], numbers: Sequence[int]) -> None:
    for code, number in zip(codes, numbers, strict=True):
        refusing.slack.refuse(code, place.method, **place.where(number))


def were_given(refusing: Refusing, method: str, codes: Sequence[str]) -> bool:
    return {call.code for call in refusing.slack.called(method)}.issuperset(codes)


def comes_to(
    refusing: Refusing, place: Place, whose: str, states: tuple[DeliveryState, ...]
) -> bool:
    mine = refusing.deliveries(place.kind, whose)
    return bool(mine) and mine[-1].state in states and _was_refused(mine[-1])


def _was_refused(row: Delivery) -> bool:
    return row.error is not None or row.state is DeliveryState.SENT
