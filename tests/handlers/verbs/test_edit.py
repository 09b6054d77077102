"""Correcting an escalation, and making it restricted, by command and by form."""

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.controls import Button, Form
from bot.domain.ids import TeamKey
from bot.domain.incidents.needs import Need
from bot.render.incidents import card
from handlers.verbs.edit import correction
from tests.handlers.modals import block_of
from tests.handlers.stage import Stage

NEEDED = (Need("may we?", (TeamKey("legal"),)), Need("Answer by 17:00"))


async def edit_form(stage: Stage, who: str = "mei") -> None:
    assert await stage.command(who, "edit ESC-1") == ""
    await stage.person(who).until_modal(lambda view: view.callback_id == Form.EDIT)


async def test_the_form_holds_what_is_there_and_corrects_it(stage: Stage) -> None:
    opened = stage.opened(title="Pile-on", references=("item-1", "item-2"))
    await edit_form(stage)
    mei = stage.person("mei")
    values = str(mei.modal.state)
    assert "Pile-on" in values
    assert "item-1\\nitem-2" in values
    sent = await mei.submit(
        {
            block_of(mei.modal, "title"): {"title": "A pile-on"},
            block_of(mei.modal, "references"): {"references": "item-1"},
        }
    )
    assert sent.ok, sent
    assert "You corrected ESC-1: title and references." in str(mei.modal.payload)
    [incident] = stage.incidents()
    assert (incident.title, incident.references) == ("A pile-on", ["item-1"])
    assert incident.tier is Tier.STANDARD
    fields = [e.data["field"] for e in stage.details(opened.head.id).entries if "field" in e.data]
    assert fields == ["title", "references"]


async def test_what_is_needed_is_corrected_in_the_form_as_it_was_written(stage: Stage) -> None:
    stage.opened(title="Pile-on", teams=("legal",), needs=NEEDED)
    await edit_form(stage)
    mei = stage.person("mei")
    assert "Legal: may we?\\nAnswer by 17:00" in str(mei.modal.state)
    sent = await mei.submit({block_of(mei.modal, "title"): {"title": "A pile-on"}})
    assert sent.ok, sent
    assert "You corrected the title" in str(mei.modal.payload)
    await edit_form(stage)
    sent = await mei.submit({block_of(mei.modal, "needs"): {"needs": "PR: who speaks?"}})
    assert set(sent.errors) == {"needs"}
    sent = await mei.submit({block_of(mei.modal, "needs"): {"needs": "Leagl: may we?"}})
    assert "is not a team" in str(sent.errors)
    sent = await mei.submit({block_of(mei.modal, "needs"): {"needs": ""}})
    assert "You corrected ESC-1: what is needed." in str(mei.modal.payload)
    assert [incident.needs for incident in stage.incidents()] == [[]]


async def test_the_timeline_has_what_was_needed_and_what_is(stage: Stage) -> None:
    stage.opened(title="Pile-on", teams=("legal",), needs=NEEDED)
    await stage.command("mei", "edit ESC-1 needs Legal: may we <call>?")
    said = await stage.command("mei", "show ESC-1")
    was, now = "\n• Legal: may we?\n• Answer by 17:00\n", "\n• Legal: may we &lt;call&gt;?"
    assert f"changed what is needed from:{was}to:{now}" in said


async def test_a_field_without_a_value_says_what_is_missing(stage: Stage) -> None:
    stage.opened(title="Pile-on")
    for text, said in (
        ("title", "Write the new title after `title`."),
        ("references", "Write all references after `references`."),
        ("needs", "After `needs`, write what you need"),
        ("category", "Name the category:"),
    ):
        answer = await stage.command("mei", f"edit ESC-1 {text}")
        assert said in answer, text
        if text != "category":
            assert f"`/escalate edit ESC-1 {text} " in answer, text


async def test_a_wrong_field_is_marked_and_nothing_is_lost(stage: Stage) -> None:
    stage.opened(title="Pile-on")
    await edit_form(stage)
    mei = stage.person("mei")
    sent = await mei.submit(
        {
            block_of(mei.modal, "category"): {"category": "suspected-csam"},
            block_of(mei.modal, "references"): {"references": "a whole sentence"},
        }
    )
    assert set(sent.errors) == {"references"}
    assert [incident.title for incident in stage.incidents()] == ["Pile-on"]


async def test_the_card_has_the_button(stage: Stage) -> None:
    opened = stage.opened(title="Pile-on")
    shown = card.card(stage.shell.wording, stage.details(opened.head.id).card)
    message = await stage.post(shown.blocks)
    await stage.answer_to_click("mei", message, Button.EDIT_DETAILS)
    view = await stage.person("mei").until_modal(lambda view: view.callback_id == Form.EDIT)
    assert "Pile-on" in str(view.state)


async def test_restricted_by_command_hides_it_at_once(stage: Stage) -> None:
    stage.opened(title="Pile-on")
    assert "Pile-on" in await stage.command("tom", "show ESC-1")
    said = await stage.command("mei", "edit ESC-1 restricted")
    assert "ESC-1 is restricted now" in said
    assert "restricted" in await stage.command("tom", "show ESC-1")
    assert "Pile-on" not in await stage.command("tom", "list")
    assert "Pile-on" in await stage.command("mei", "show ESC-1")
    assert "stays restricted" not in said
    assert "already" in await stage.command("mei", "edit ESC-1 restricted")


async def test_whoever_may_not_make_it_restricted_is_told_who_may(stage: Stage) -> None:
    stage.opened(title="Pile-on")
    assert "manager" in await stage.command("priya", "edit ESC-1 restricted")
    assert [incident.tier for incident in stage.incidents()] == [Tier.STANDARD]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("title A new title", "title", "A new title"),
        ("Title: A new title", "title", "A new title"),
        ("category hate", "category", "hate"),
        ("category Suspected CSAM (item IDs only)", "category", "suspected-csam"),
        ("references item-1 item-2", "references", ("item-1", "item-2")),
        ("needs Legal: may we?\nAnswer by 17:00", "needs", NEEDED),
        ("*restricted*", "tier", Tier.RESTRICTED),
    ],
)
def test_what_the_command_reads(stage: Stage, text: str, field: str, value: object) -> None:
    wanted = correction(stage.shell.wording, text)
    assert getattr(wanted, field) == value


async def test_what_is_not_understood_is_refused(stage: Stage) -> None:
    stage.opened(title="Pile-on")
    for text in ("title", "restricted please", "standard", "severity p0", "category nonsense"):
        said = await stage.command("mei", f"edit ESC-1 {text}")
        assert "You corrected" not in said, text
        assert "is restricted now" not in said, text
    [incident] = stage.incidents()
    assert (incident.title, incident.tier) == ("Pile-on", Tier.STANDARD)


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("edit title of ESC-2 to Kid with knife", 2, "Kid with knife"),
        ("edit title for 2: Kid", 2, "Kid"),
        ("edit title of 2 to X", 2, "X"),
        ("edit ESC-2 title of ESC-2 to X", 2, "X"),
        ("edit 2 title Hello", 2, "Hello"),
        ("edit title to New title", 1, "New title"),
        ("edit title: to be or not", 1, "to be or not"),
        ("edit title: ESC-2 is back", 1, "ESC-2 is back"),
        ("edit title Of mice and men", 1, "Of mice and men"),
        ("edit title for 2 accounts", 1, "for 2 accounts"),
    ],
)
async def test_the_escalation_that_is_named_behind_the_field_is_corrected(
    stage: Stage, text: str, number: int, title: str
) -> None:
    stage.in_channel(stage.opened(title="Old"))
    stage.opened(title="Old")
    await stage.command("mei", text, "esc-1")
    titles = {row.number: row.title for row in stage.incidents()}
    assert titles == {1: "Old", 2: "Old", number: title}


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("edit title ESC-2 Kid", ("edit ESC-2 title Kid", "edit ESC-1 title: ESC-2 Kid")),
        ("edit ESC-1 title of ESC-2 to X", ("edit ESC-2 title X",)),
        ("edit references ESC-2 7123", ("edit ESC-2 references 7123",)),
        ("edit references add 7125", ("edit ESC-1 references 7123 7124 7125",)),
        ("edit references +7125", ("edit ESC-1 references 7123 7124 7125",)),
        ("edit references remove 7123", ("edit ESC-1 references 7124",)),
        ("edit references 7123 and 7125", ("edit ESC-1 references 7123 7125",)),
        ("edit references none", ("edit ESC-1",)),
    ],
)
async def test_what_may_not_be_the_value_is_not_stored_as_it(
    stage: Stage, text: str, commands: tuple[str, ...]
) -> None:
    stage.in_channel(stage.opened(title="Old", references=("7123", "7124")))
    stage.opened(title="Old")
    said = await stage.command("mei", text, "esc-1")
    for command in commands:
        assert f"`/escalate {command}`" in said
    first, second = stage.incidents()
    assert (first.title, second.title) == ("Old", "Old")
    assert (first.references, second.references) == (["7123", "7124"], [])


async def test_references_are_parted_by_commas_too(stage: Stage) -> None:
    stage.in_channel(stage.opened())
    stage.opened()
    await stage.command("mei", "edit references: 7123, 7124;7125", "esc-1")
    await stage.command("mei", "edit references of ESC-2 to 7126", "esc-1")
    await stage.command("mei", "edit category of ESC-2 to doxxing", "esc-1")
    first, second = stage.incidents()
    assert first.references == ["7123", "7124", "7125"]
    assert (second.references, second.category) == (["7126"], "doxxing")
