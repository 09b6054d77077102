"""The sentences about an action that commands, forms and buttons share."""

from bot.domain.incidents.lifecycle import State
from bot.render.message import Message
from bot.services.incidents.lifecycle import Turned
from bot.services.paging.answers import Taken
from handlers.request import Request


def said_of(request: Request, state: State, turned: Turned) -> Message:
    reference, withdrawn = turned.reference, turned.withdrawn
    match state:
        case State.DUPLICATE | State.DECLINED:
            return request.say(
                "ended",
                reference=reference,
                state=state.value,
                of=turned.of,
                unnamed=turned.unnamed,
                open_to_all=turned.open_to_all,
                withdrawn=withdrawn,
            )
        case State.REVIEWED:
            return request.say("closed", reference=reference)
        case State.REOPENED:
            restored = turned.restored
            told = {"withdrawn": withdrawn, "restored": restored}
            return request.say("reopened", reference=reference, **told)
        case _ if turned.updated:
            return request.say("updated", reference=reference, due_at=turned.due_at)
        case _:
            return request.say("state_changed", reference=reference, state=state.value)


def said_taken(request: Request, taken: Taken) -> Message:
    return request.say(
        "acknowledged",
        reference=taken.reference,
        team=taken.team_name,
        in_place=taken.in_place,
    )
