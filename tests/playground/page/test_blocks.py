"""Every block and element of Block Kit as HTML, and back from a form to choices."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.page.shown.choices import (
    field_name,
    places,
    pressed_value,
    read_field_name,
    read_form,
)
from playground.page.shown.reader import Reader
from playground.page.shown.surface import Surface
from playground.page.templating import macro
from tests.playground.page.tiny_app import labelled, option, plain

OPTIONS = [option("a", "Apple"), option("b", "Pear")]
NASTY = "\"><script>alert(1)</script>' onclick=x &amp; שלום"


class Seen(HTMLParser):
    """The elements of a fragment with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]


def drawn(reader: Reader, *blocks: dict[str, Any], **surface: Any) -> Seen:
    on = Surface(reader, "x", "/click", **surface)
    return Seen(str(macro("blocks.html", "blocks", on, list(blocks))))


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "row", "elements": list(elements)}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def test_texts_of_all_kinds(reader: Reader) -> None:
    seen = drawn(
        reader,
        {"type": "header", "text": plain("A :bell: header")},
        {"type": "section", "text": mrkdwn("*b*"), "fields": [mrkdwn("one"), plain("*two*")]},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("small"), plain("print")]},
    )
    assert "A 🔔 header" in seen.text
    assert "*two*" in seen.text
    assert seen.all("b")
    assert seen.all("hr")


def test_pictures_come_from_this_machine_only(reader: Reader) -> None:
    here = {"type": "image", "image_url": "http://127.0.0.1:9/chart.png", "alt_text": "Chart"}
    there = {"type": "image", "image_url": "https://elsewhere.example/x.png", "alt_text": "Far"}
    seen = drawn(reader, here, there)
    assert [image["src"] for image in seen.all("img")] == ["http://127.0.0.1:9/chart.png"]
    assert "Far" in seen.text


def test_a_button_names_itself_and_what_it_presses(reader: Reader) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "style": "danger"}
    [found] = drawn(reader, actions(button)).all("button")
    assert found["data-action-id"] == "go"
    assert found["data-block-id"] == "row"
    assert found["hx-post"] == "/click"
    assert "danger" in str(found["class"])
    assert r"[\"row\",\"go\"]" in str(found["hx-vals"])


def test_a_button_with_a_harmful_address_is_no_link(reader: Reader) -> None:
    bad = {"type": "button", "action_id": "a", "text": plain("x"), "url": "javascript:alert(1)"}
    good = {"type": "button", "action_id": "b", "text": plain("y"), "url": "https://a.example"}
    seen = drawn(reader, actions(bad, good))
    assert [link["href"] for link in seen.all("a")] == ["https://a.example"]
    assert len(seen.all("button")) == 1


def test_a_button_to_a_message_of_this_workspace_stays_in_the_page(reader: Reader) -> None:
    url = "http://127.0.0.1:8700/archives/CGEN"
    button = {"type": "button", "action_id": "a", "text": plain("x"), "url": url}
    [link] = drawn(reader, actions(button)).all("a")
    assert link["href"] == "/client/UADA/CGEN"
    assert "target" not in link


def test_a_confirmation_stands_in_the_element(reader: Reader) -> None:
    ask = {"title": plain("Sure?"), "text": mrkdwn("*No* way back"), "confirm": plain("Yes")}
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "confirm": ask}
    [found] = drawn(reader, actions(button)).all("button")
    assert found["data-confirm-title"] == "Sure?"
    assert found["data-confirm-text"] == "No way back"


@pytest.mark.parametrize(
    ("element", "offered"),
    [
        ({"type": "static_select", "options": OPTIONS}, ["a", "b"]),
        (
            {
                "type": "static_select",
                "option_groups": [{"label": plain("Fruit"), "options": OPTIONS}],
            },
            ["a", "b"],
        ),
        ({"type": "multi_static_select", "options": OPTIONS}, ["a", "b"]),
        ({"type": "users_select"}, ["UADA", "UBOB"]),
        ({"type": "multi_users_select"}, ["UADA", "UBOB"]),
        ({"type": "conversations_select"}, ["CGEN"]),
        ({"type": "channels_select"}, ["CGEN"]),
    ],
)
def test_selects_offer_what_there_is_for_this_person(
    reader: Reader, element: dict[str, Any], offered: list[str]
) -> None:
    seen = drawn(reader, actions({"action_id": "s", **element}))
    assert [one["data-value"] for one in seen.all("div", role="option")] == offered


def test_radios_and_checkboxes(reader: Reader) -> None:
    seen = drawn(
        reader,
        actions(
            {"type": "radio_buttons", "action_id": "r", "options": OPTIONS},
            {
                "type": "checkboxes",
                "action_id": "c",
                "options": OPTIONS,
                "initial_options": OPTIONS[1:],
            },
        ),
    )
    assert len(seen.all("input", type="radio")) == 2
    boxes = seen.all("input", type="checkbox")
    assert ["checked" in box for box in boxes] == [False, True]


def test_pickers_of_time(reader: Reader) -> None:
    seen = drawn(
        reader,
        actions(
            {"type": "datepicker", "action_id": "d", "initial_date": "2026-03-13"},
            {"type": "timepicker", "action_id": "t", "initial_time": "09:30"},
            {"type": "datetimepicker", "action_id": "m", "initial_date_time": 1_773_392_400},
        ),
    )
    assert [(box["type"], box["value"]) for box in seen.all("input")] == [
        ("date", "2026-03-13"),
        ("time", "09:30"),
        ("datetime-local", "2026-03-13T09:00"),
    ]


def test_an_overflow_menu(reader: Reader) -> None:
    seen = drawn(reader, actions({"type": "overflow", "action_id": "o", "options": OPTIONS}))
    items = seen.all("button", role="menuitem")
    assert [item["data-value"] for item in items] == ["a", "b"]


def test_text_inputs(reader: Reader) -> None:
    seen = drawn(
        reader,
        labelled("one", "One", {"type": "plain_text_input", "max_length": 9}),
        labelled(
            "many",
            "Many",
            {"type": "plain_text_input", "multiline": True, "initial_value": "a\n<b>"},
        ),
        labelled("no", "Number", {"type": "number_input"}),
        labelled("mail", "Mail", {"type": "email_text_input"}),
        labelled("url", "Link", {"type": "url_text_input"}),
    )
    kinds = [box["type"] for box in seen.all("input")]
    assert kinds == ["text", "text", "email", "url"]
    assert "a\n<b>" in seen.text
    assert seen.all("span", **{"class": "counter"})


def test_an_input_has_its_label_hint_error_and_mark(reader: Reader) -> None:
    block = labelled("t", "Title", {"type": "plain_text_input"}, optional=True, hint=plain("Why"))
    seen = drawn(reader, block, errors={"t": "Too short"})
    [box] = seen.all("input")
    [label] = seen.all("label")
    assert label["for"] == box["id"]
    assert box["aria-invalid"] == "true"
    assert "aria-required" not in box
    assert any(one.get("id") == box["aria-describedby"] for one in seen.all("div"))
    assert "(optional)" in seen.text
    assert "Too short" in seen.text
    assert "Why" in seen.text


def test_an_input_fires_only_when_the_block_asks_for_it(reader: Reader) -> None:
    still = labelled("t", "T", {"type": "static_select", "options": OPTIONS})
    live = {**still, "block_id": "u", "dispatch_action": True}
    picks = drawn(reader, still, live).all("div", **{"class": "pick"})
    assert ["hx-post" in pick for pick in picks] == [False, True]


def test_the_state_wins_over_the_initial_value(reader: Reader) -> None:
    block = labelled("t", "T", {"type": "plain_text_input", "initial_value": "old"})
    state = {"t": {"t": {"type": "plain_text_input", "value": "new"}}}
    [box] = drawn(reader, block, state=state).all("input")
    assert box["value"] == "new"


def test_a_table(reader: Reader) -> None:
    rows = [
        [{"type": "raw_text", "text": "Team"}, {"type": "raw_text", "text": "Open"}],
        [{"type": "raw_text", "text": "<b>Legal</b>"}, {"type": "raw_text", "text": "3"}],
    ]
    seen = drawn(
        reader, {"type": "table", "rows": rows, "column_settings": [{}, {"align": "right"}]}
    )
    assert len(seen.all("th", scope="col")) == 2
    assert [cell["class"] for cell in seen.all("td")] == ["", "right"]
    assert "<b>Legal</b>" in seen.text


def test_rich_text(reader: Reader) -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "<i>", "style": {"bold": True}},
            {"type": "user", "user_id": "UADA"},
            {"type": "broadcast", "range": "here"},
            {"type": "link", "url": "javascript:alert(1)", "text": "link"},
            {"type": "emoji", "name": "tada"},
            {"type": "date", "timestamp": 1_773_392_400, "format": "{time}", "fallback": "f"},
        ],
    }
    items = {"type": "rich_text_list", "style": "ordered", "elements": [section]}
    seen = drawn(reader, {"type": "rich_text", "elements": [section, items]})
    assert seen.all("b")
    assert seen.all("ol")
    assert not seen.all("i")
    assert not seen.all("a")
    assert "09:00" in seen.text


def test_what_is_not_drawn_is_said(reader: Reader) -> None:
    seen = drawn(reader, {"type": "video"}, actions({"type": "hologram", "action_id": "h"}))
    assert "does not draw ‘video’" in seen.text
    assert "does not draw ‘hologram’" in seen.text


def test_nasty_text_stays_text_everywhere(reader: Reader) -> None:
    nasty = option(NASTY, NASTY)
    row = actions(
        {"type": "button", "action_id": NASTY, "text": plain(NASTY), "value": NASTY},
        {
            "type": "static_select",
            "action_id": "s",
            "placeholder": plain(NASTY),
            "options": [nasty],
            "initial_option": nasty,
        },
        {"type": "radio_buttons", "action_id": "r", "options": [nasty]},
        {"type": "overflow", "action_id": "o", "options": [nasty]},
    )
    text = labelled(
        NASTY, NASTY, {"type": "plain_text_input", "initial_value": NASTY}, hint=plain(NASTY)
    )
    header = {"type": "header", "text": plain(NASTY)}
    seen = drawn(reader, header, row, text, errors={NASTY: NASTY})
    assert not seen.all("script")
    assert all("onclick" not in attributes for _, attributes in seen.tags)
    assert seen.text.count(NASTY) >= 6


FORM = [
    labelled("text", "T", {"type": "plain_text_input", "multiline": True}),
    labelled("boxes", "B", {"type": "checkboxes", "options": OPTIONS}),
    labelled("when", "W", {"type": "datetimepicker"}),
    actions(
        {"type": "button", "action_id": "go", "text": plain("Go")},
        {"type": "overflow", "action_id": "more", "options": OPTIONS},
        {"type": "multi_users_select", "action_id": "who"},
    ),
]


def test_a_form_becomes_choices() -> None:
    fields = {
        field_name("text", "text"): ["one\r\ntwo"],
        field_name("boxes", "boxes"): ["a", "b"],
        field_name("when", "when"): ["2026-07-13T09:00"],
        field_name("row", "who"): ["UADA"],
        field_name("other", "field"): ["is not in these blocks"],
    }
    assert read_form(fields, FORM, "Europe/London") == {
        "text": {"text": "one\ntwo"},
        "boxes": {"boxes": ["a", "b"]},
        "when": {"when": "1783929600"},
        "row": {"who": ["UADA"]},
    }


def test_an_empty_form_says_so() -> None:
    assert read_form({}, FORM, "Etc/UTC") == {
        "text": {"text": None},
        "boxes": {"boxes": []},
        "when": {"when": None},
        "row": {"who": []},
    }


def test_of_an_older_drawing_only_what_it_had_is_read() -> None:
    fields = {field_name("text", "text"): ["one"]}
    assert read_form(fields, FORM, "Etc/UTC", only_given=True) == {"text": {"text": "one"}}


def test_what_was_pressed() -> None:
    by_action = {place.action_id: place for place in places(FORM)}
    values = read_form({field_name("row", "who"): ["UBOB"]}, FORM, "Etc/UTC")
    assert pressed_value(by_action["more"], values, "b") == "b"
    assert pressed_value(by_action["who"], values, None) == ["UBOB"]
    assert pressed_value(by_action["go"], values, None) is None


@given(st.text(), st.text())
def test_any_ids_fit_into_a_field_name(block_id: str, action_id: str) -> None:
    assert read_field_name(field_name(block_id, action_id)) == (block_id, action_id)


@pytest.mark.parametrize("name", ["", "text", "{}", '"ab"', "[1]", "[1, 2]", "5"])
def test_a_name_that_is_no_field_is_refused(name: str) -> None:
    assert read_field_name(name) is None
