"""What is needed of those who are paged: asked for in the form or in one command."""

from collections.abc import Callable

from bot.domain.controls import Button, Form
from bot.domain.ids import TeamKey
from bot.domain.incidents.needs import Need
from bot.domain.incidents.severity import Severity
from playground.driver import texts
from playground.state.records import View
from tests.handlers.modals import block_of, choose, chosen_teams, opening_form, words
from tests.handlers.stage import Stage

ASKED = "Answer in the channel by 17:00\nLegal: may we suspend him today?"
NEEDS = (
    Need("Answer in the channel by 17:00"),
    Need("may we suspend him today?", (TeamKey("legal"),)),
)


def shows(said: str) -> Callable[[View], bool]:
    return lambda view: said in words(view)


def needs_of_the_newest(stage: Stage) -> tuple[Need, ...]:
    return stage.details(stage.incidents()[-1].id).card.head.needs


async def test_the_form_asks_what_is_needed_and_the_answer_repeats_it(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    sent = await stage.person("mei").submit(
        {
            block_of(view, "title"): {"title": "Pile-on"},
            block_of(view, "needs"): {"needs": ASKED},
        }
    )
    assert sent.ok, sent
    assert needs_of_the_newest(stage) == NEEDS
    assert "Legal: may we suspend him today?" in words(stage.person("mei").modal)


async def test_a_line_for_a_team_that_is_not_paged_or_mistyped_is_marked(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P3")
    title = {block_of(view, "title"): {"title": "Pile-on"}}
    block = block_of(view, "needs")
    for said, problem in (
        ("PR: a line", "PR is not among the teams to page"),
        ("Leagl: may we?", "“Leagl” is not a team. Did you mean “Legal”?"),
    ):
        sent = await stage.person("mei").submit({**title, block: {"needs": said}})
        assert not sent.ok
        assert problem in sent.errors[block]
    assert stage.incidents() == []


async def test_of_a_category_of_ids_only_nothing_is_asked_nor_kept(stage: Stage) -> None:
    category = next(c for c in stage.policy.categories.values() if c.references_only)
    await opening_form(stage)
    view = stage.person("mei").modal
    block, value = block_of(view, "needs"), {"needs": "Look at his face"}
    person = stage.person("mei")
    await person.click_view("category", category.key, values={block: value})
    await stage.settled()
    hidden = await person.until_modal(lambda view: view.hash != "" and "needs" not in view.state)
    await choose(stage, "severity", "P0")
    sent = await person.submit({block_of(hidden, "references"): {"references": "item-1"}})
    assert sent.ok, sent
    assert needs_of_the_newest(stage) == ()


async def test_what_was_asked_comes_back_with_another_category(stage: Stage) -> None:
    category = next(c for c in stage.policy.categories.values() if c.references_only)
    await opening_form(stage)
    person = stage.person("mei")
    block = block_of(person.modal, "needs")
    await person.click_view("category", category.key, values={block: {"needs": ASKED}})
    await stage.settled()
    await person.until_modal(lambda view: "needs" not in view.state)
    view = await choose(stage, "category", "harassment")
    assert view.state[block_of(view, "needs")]["needs"]["value"] == ASKED


async def test_the_lines_behind_the_first_say_what_is_needed(stage: Stage) -> None:
    said = await stage.command("mei", "open p0 Bomb threat & a school\n\nLegal: may we <call>?")
    [incident] = stage.incidents()
    assert (incident.title, incident.severity) == ("Bomb threat & a school", Severity.P0)
    assert needs_of_the_newest(stage) == (Need("may we <call>?", (TeamKey("legal"),)),)
    assert "may we &lt;call&gt;?" in said


async def test_a_severity_may_stand_on_its_own_line(stage: Stage) -> None:
    await stage.command("mei", "open p0:\nBomb threat\nAnswer by noon")
    [incident] = stage.incidents()
    assert (incident.title, incident.severity) == ("Bomb threat", Severity.P0)
    assert needs_of_the_newest(stage) == (Need("Answer by noon"),)


async def test_a_team_that_would_not_be_paged_opens_the_form_with_all_of_it(stage: Stage) -> None:
    for said in ("DPO: may we?", "Leagl: may we?"):
        await stage.command("mei", f"open p1 Bomb threat\n{said}")
        view = await stage.person("mei").until_modal(shows(said))
        assert view.state[block_of(view, "title")]["title"]["value"] == "Bomb threat"
        assert view.state[block_of(view, "needs")]["needs"]["value"] == said
    assert stage.incidents() == []


async def test_the_form_says_why_nothing_is_open_yet(stage: Stage) -> None:
    for severity in ("p3 ", ""):
        asked = f"DPO: look at it {severity}now"
        await stage.command("mei", f"open {severity}a rumour\n{asked}")
        view = await stage.person("mei").until_modal(shows(asked))
        said = words(view)
        [first, *_] = view.blocks
        assert "*Nothing is open yet, and no one was paged.*" in str(first), first
        assert "One of your lines is for DPO. " in str(first), first
        level = severity.strip().upper() or "P2"
        assert f"A {level} in the category _Other_ does not page that team." in str(first), first
        assert said.count("Nothing is open yet") == 1, said
        assert chosen_teams(view) == {"dpo"}
    kept = await choose(stage, "severity", "P1")
    view = await choose(stage, "category", "harassment")
    assert "dpo" in chosen_teams(kept) & chosen_teams(view)
    assert "Nothing is open yet" not in words(view)
    await stage.command("mei", "open p0 a rumour")
    assert "Nothing is open yet" not in str(stage.person("mei").sees("general")[-1])


async def test_a_need_that_is_too_long_is_named_with_its_length(stage: Stage) -> None:
    said = await stage.command("mei", f"open p1 Bomb threat\n{'x' * 1_250}")
    assert "What you need from them is 250 characters too long" in said
    assert stage.incidents() == []


async def test_help_has_the_further_lines(stage: Stage) -> None:
    said = await stage.command("mei", "help open")
    assert "Lines after the title say what you need" in said
    assert "\nLegal: may we suspend it today?" in said
    assert "Lines after the title" not in await stage.command("mei", "help page")


async def test_what_is_needed_stays_behind_a_choice_of_severity(stage: Stage) -> None:
    await stage.command("mei", "open high profile streamer\nAnswer by noon")
    assert stage.incidents() == []
    offer = stage.person("mei").sees("general")[-1]
    await stage.answer_to_click("mei", offer, Button.OPEN_AS)
    assert needs_of_the_newest(stage) == (Need("Answer by noon"),)


async def test_a_report_that_is_no_command_fills_the_form_line_by_line(stage: Stage) -> None:
    await stage.command("mei", "a man threatens a school\nAnswer by noon")
    offer = stage.person("mei").sees("general")[-1]
    await stage.answer_to_click("mei", offer, Button.OPEN_TYPED)
    view = await stage.person("mei").until_modal(lambda view: view.callback_id == Form.OPEN)
    assert view.state[block_of(view, "title")]["title"]["value"] == "a man threatens a school"
    assert view.state[block_of(view, "needs")]["needs"]["value"] == "Answer by noon"
    assert "Answer by noon" not in texts(offer).split("\n")[0]
