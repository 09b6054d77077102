"""Every error has words of its own, and they say what would work."""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain import errors
from bot.domain.access.rights import Besides, Deed
from bot.domain.act import Role
from bot.domain.controls import Button
from bot.domain.errors import TocsinError
from bot.domain.problems.texts import NoSummary
from bot.domain.problems.times import NotATime
from bot.render.incidents import answers
from bot.render.refusals import block_for, refusal
from bot.render.wording import Wording
from tests.render.incident_messages import ERRORS
from tests.render.reading_blocks import action_ids, block_with


def kinds_of(error: type[TocsinError]) -> Iterator[type[TocsinError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


def test_every_error_has_its_words(wording: Wording) -> None:
    shown = {block_for(error) for error in ERRORS.values()}
    for kind in kinds_of(TocsinError):
        if not kind.__module__.startswith(errors.__name__):
            continue
        block = block_for(kind.__new__(kind))
        assert wording.words.has("errors", block), f"errors.j2 has no block {block}"
        assert block in shown, f"the catalogue shows no {kind.__name__}"


def test_every_deed_has_its_words(wording: Wording) -> None:
    """A right that is refused is named as the reference names it."""
    for deed in (*Deed, *Besides):
        said = refusal(wording, errors.NotPermitted("manager", "viewer", deed))
        assert f"To {wording.plain('deeds', deed)} you need the role *manager*" in said
    assert wording.words.blocks()["deeds"] == {*Deed, *Besides}


def test_no_access_offers_to_ask_for_it(wording: Wording) -> None:
    message = answers.refused(wording, errors.NoAccess("ESC-13", "01SEALED"))
    assert action_ids(message) == {Button.REQUEST_ACCESS}
    [button] = block_with(message, Button.REQUEST_ACCESS)["elements"]
    assert button["value"] == "01SEALED"


def test_no_refusal_speaks_of_an_owner_who_may_not_exist(wording: Wording) -> None:
    for error in (
        errors.NoAccess("ESC-13", "01SEALED"),
        errors.HandedOverAlready("ESC-12", "PR", once=True),
    ):
        assert "owner" not in answers.refused(wording, error).text


def test_a_problem_begins_with_a_capital_and_keeps_its_spaces(wording: Wording) -> None:
    error = errors.BadInput("summary", NoSummary())
    assert answers.refusal(wording, error).startswith("A handover needs")


def test_an_illegal_move_names_what_to_type(wording: Wording) -> None:
    error = errors.IllegalMove("ESC-12", "resolved", "new", ("reviewed", "reopened"))
    text = answers.refusal(wording, error)
    assert "`/escalate close ESC-12`" in text
    assert "`/escalate reopen ESC-12 &lt;reason&gt;`" in text


def test_an_unexpected_error_shows_its_reference_and_nothing_else(wording: Wording) -> None:
    message = answers.refused(wording, ValueError("the title of a case"), "7f3a-11")
    assert "7f3a-11" in message.text
    assert "title of a case" not in str(message)


def test_an_error_at_a_field_is_plain_text(wording: Wording) -> None:
    error = errors.BadInput("when", NotATime("<soon> & later"), "in 2h")
    said = answers.refusal_plain(wording, error)
    assert said == "“<soon> & later” is not a time. For example: in 2h"


def test_whom_to_ask_for_a_role_is_named_where_the_policy_names_persons(wording: Wording) -> None:
    refused = errors.NotPermitted("member", "nobody", Deed.OPEN)
    assert "Ask a Tocsin administrator (<@U0MEI>) for that role" in refusal(wording, refused)
    roles = replace(wording.policy.roles, people={}, groups={"S0ADMINS": Role.ADMIN})
    by_group = Wording(replace(wording.policy, roles=roles), wording.words)
    assert "Ask a Tocsin administrator for that role" in refusal(by_group, refused)
