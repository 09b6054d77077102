"""Words, escaping and cutting."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from bot.render.text import mrkdwn as mrkdwn_module
from bot.render.text.mrkdwn import (
    Mrkdwn,
    at,
    code,
    cut,
    escape,
    fit,
    names,
    one_line,
    people,
    person,
    quote,
)
from bot.render.text.templates import Templates
from slack_rules import mrkdwn

RENDER = Path(mrkdwn_module.__file__).parents[0]
BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
ENTITIES = ("&amp;", "&lt;", "&gt;")


def words_of(folder: Path, **locales: str) -> Templates:
    for locale, text in locales.items():
        (folder / locale).mkdir()
        (folder / locale / "some.j2").write_text(text)
    return Templates("de", folder)


def test_a_value_is_escaped_once_and_quotes_stay(tmp_path: Path) -> None:
    words = words_of(tmp_path, en="{% block it %}<b> {{ value }}{% endblock %}")
    assert words("some", "it", value="""<!channel> & "it's" """) == (
        """<b> &lt;!channel&gt; &amp; "it's\""""
    )


def test_escaped_text_is_not_escaped_again(tmp_path: Path) -> None:
    words = words_of(tmp_path, en="{% block it %}{{ value }}{% endblock %}")
    assert words("some", "it", value=escape("a & b")) == "a &amp; b"


def test_a_macro_does_not_escape_twice(tmp_path: Path) -> None:
    text = "{% block it %}{% macro m(x) %}{{ x }}{% endmacro %}{{ m(value) }}{% endblock %}"
    assert words_of(tmp_path, en=text)("some", "it", value="a & 'b'") == "a &amp; 'b'"


def test_plain_text_is_not_escaped(tmp_path: Path) -> None:
    words = words_of(tmp_path, en="{% block it %}{{ value }}{% endblock %}")
    assert words.plain("some", "it", value="R&D <now>") == "R&D <now>"


def test_a_missing_value_is_an_error_and_none_is_empty(tmp_path: Path) -> None:
    words = words_of(tmp_path, en="{% block it %}({{ value }}){% endblock %}")
    assert words("some", "it", value=None) == "()"
    with pytest.raises(UndefinedError):
        words("some", "it")


def test_what_a_locale_lacks_is_said_in_english(tmp_path: Path) -> None:
    words = words_of(tmp_path, en="{% block it %}hello{% endblock %}")
    assert words("some", "it") == "hello"
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "some.j2").write_text("{% block it %}hallo{% endblock %}")
    assert Templates("de", tmp_path)("some", "it") == "hallo"


def test_compiled_templates_are_kept_until_their_words_change(tmp_path: Path) -> None:
    text = "{% block it %}one {{ value }}{% endblock %}"
    assert words_of(tmp_path, en=text)("some", "it", value="&") == "one &amp;"
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "__pycache__").iterdir()}
    assert len(kept) == 2, "one for mrkdwn, one for plain text"
    again = Templates("de", tmp_path)
    assert (again("some", "it", value="&"), again.plain("some", "it", value="&")) == (
        "one &amp;",
        "one &",
    )
    assert kept == {
        path.name: path.stat().st_mtime_ns for path in (tmp_path / "__pycache__").iterdir()
    }
    (tmp_path / "en" / "some.j2").write_text(text.replace("one", "two"))
    assert Templates("de", tmp_path)("some", "it", value="&") == "two &amp;"


def test_where_nothing_can_be_kept_templates_are_compiled(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").write_text("no folder")
    words = words_of(tmp_path, en="{% block it %}hello{% endblock %}")
    assert words("some", "it") == "hello"


def test_what_was_kept_and_is_broken_is_compiled_again(tmp_path: Path) -> None:
    text = "{% block it %}hello{% endblock %}"
    words_of(tmp_path, en=text)
    for path in (tmp_path / "__pycache__").iterdir():
        path.write_bytes(path.read_bytes()[:-40])
    assert Templates("de", tmp_path)("some", "it") == "hello"


def test_lines_are_trimmed_and_blank_lines_do_not_pile_up(tmp_path: Path) -> None:
    text = "{% block it %}\n\n one  \n\n\n\n\ntwo\n\n{% endblock %}"
    assert words_of(tmp_path, en=text)("some", "it") == "one\n\ntwo"


@given(st.text(max_size=300), st.integers(5, 120))
def test_cut_escaped_text_is_still_escaped_text(text: str, limit: int) -> None:
    shown = fit(escape(text), limit)
    assert len(shown) <= limit
    rest = str(shown)
    for entity in ENTITIES:
        rest = rest.replace(entity, "")
    assert not set(rest) & set("&<>")


@given(st.text(max_size=200))
def test_escaping_and_reading_give_the_text_back(text: str) -> None:
    shown = mrkdwn.unescape(escape(text))
    assert shown == text.translate(dict.fromkeys(BIDI))


def test_a_cut_does_not_split_a_mention_or_a_date() -> None:
    text = Mrkdwn(f"{'x' * 20} {person('U0PRIYA')} {at(datetime(2026, 11, 22, 9, tzinfo=UTC))}")
    for limit in range(5, len(text)):
        shown = fit(text, limit)
        assert shown.count("<") == shown.count(">"), shown


def test_a_cut_does_not_split_an_accent_or_a_joined_emoji() -> None:
    assert cut("abce\u0301fgh", 5) == "abc…"
    assert cut("ab👩‍👧xyz", 5) == "ab…"


def test_text_within_the_limit_is_left_alone() -> None:
    assert fit("abc &amp;", 9) == "abc &amp;"
    assert cut("abc", 3) == "abc"


def test_text_cannot_turn_its_neighbours_around() -> None:
    assert escape("safe\u202egnp.exe\u2067") == "safegnp.exe"


def test_people_are_mentioned_and_the_bot_goes_by_its_name() -> None:
    assert person("U0PRIYA") == "<@U0PRIYA>"
    assert person("bot") == "Tocsin"
    assert person("U0> <!channel") == "U0&gt; &lt;!channel"
    assert people(["U0TOM", "bot"]) == "<@U0TOM> and Tocsin"
    assert people(["U0TOM"]) == "<@U0TOM>"
    assert people(["U0TOM", "U0MEI", "bot"]) == "<@U0TOM>, <@U0MEI> and Tocsin"
    assert people(["U0TOM", "U0MEI", "U0NOOR"], 2) == "<@U0TOM>, <@U0MEI> and 1 more"


def test_a_list_that_is_cut_says_how_many_it_leaves_out() -> None:
    assert people([f"U{number}" for number in range(25)], 6).endswith("<@U5> and 19 more")
    assert people([f"U{number}" for number in range(20)]).endswith("<@U18> and <@U19>")
    assert names(["Priya Nair", "Tom Becker", "Sofia"], 24) == "Priya Nair and 2 more"
    assert names(["Priya Nair", "Tom Becker", "Sofia"]) == "Priya Nair, Tom Becker and Sofia"
    assert names([]) == ""


def test_a_moment_is_read_in_each_ones_own_zone() -> None:
    moment = datetime(2026, 11, 22, 17, 0, tzinfo=UTC) + timedelta(seconds=1)
    shown = "<!date^1795366801^{time} {date_short_pretty}|2026-11-22 17:00 UTC>"
    assert at(moment) == shown
    assert at(moment.isoformat()) == shown
    assert at("not a moment") == ""


def test_own_words_are_set_apart_line_by_line() -> None:
    assert quote("one & two\n<three>") == ">one &amp; two\n>&lt;three&gt;"


def test_an_address_is_shown_and_not_followed() -> None:
    assert code("https://a.example/`?x=1&y=2") == "`https://a.example/?x=1&amp;y=2`"


def test_a_title_stays_on_its_line() -> None:
    assert one_line("one\n two```") == "one two'''"


def test_no_sentence_stands_in_python() -> None:
    sentence = re.compile(r"[A-Za-z']+[,;:]? [a-z']+[,;:]? [a-z']+")
    for path in sorted(RENDER.rglob("*.py")):
        for text in strings_in(ast.parse(path.read_text())):
            assert not sentence.search(text), f"{path.name}: {text!r} belongs into templates/"


def strings_in(tree: ast.AST) -> Iterator[str]:
    """Every string but the docstrings, which stand as statements of their own."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value
