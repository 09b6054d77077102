"""A refused invitation is tried again: who acknowledged belongs in the escalation's channel."""

import pytest

from bot.services.paging import answers
from tests.refusing.conftest import Refusing
from tests.waiting import eventually


@pytest.mark.parametrize("code", ["user_not_found", "cant_invite", "a_new_word_of_slacks"])
async def test_a_refused_invitation_is_tried_again(refusing: Refusing, code: str) -> None:
    refusing.open([60])
    await eventually(lambda: refusing.slack.told("U0FIRST60"))
    await eventually(lambda: refusing.slack.called("pins.add"))
    refusal = refusing.slack.refuse(code, "conversations.invite", channel="CESC1")
    before = len(refusing.slack.called("conversations.invite"))
    [page] = refusing.pages()
    answers.acknowledge(refusing.db, refusing.act("U0FIRST60"), page.id)
    await eventually(
        lambda: len(refusing.slack.called("conversations.invite")) >= before + 2,
        "a refused invitation was not tried again",
    )
    refusing.slack.refusals.remove(refusal)
    await eventually(
        lambda: [
            call
            for call in refusing.slack.called("conversations.invite", channel="CESC1")[before:]
            if call.code is None and "U0FIRST60" in str(call.args["users"])
        ],
        "the responder is not in the channel",
    )
