"""The text behind `/escalate`, read word by word."""

import pytest

from bot.domain.errors import BadInput, NotFound
from bot.policy import Policy
from handlers.typed.line import read
from handlers.typed.words import first_word, person_first, plain, reference_first, team_first
from handlers.unclear.misunderstood import nearest_verbs
from tests.factories import MEI, PRIYA
from tests.problems import in_words
from tests.writings.ways import WAYS, references


@pytest.mark.parametrize(
    ("escaped", "typed"),
    [
        ("A &lt;b&gt; &amp; C", "A <b> & C"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&lt;!channel&gt; look", "<!channel> look"),
        ("threats against <@U0PRIYA|priya>", "threats against @priya"),
        ("in <#C0GENERAL|general>", "in #general"),
        ("see <https://case.example/4711?a=1&amp;b=2>", "see https://case.example/4711?a=1&b=2"),
        ("see <http://case.example|case.example>", "see case.example"),
        ("see <http://case.example>", "see http://case.example"),
        ("see <https://case.example/|case.example>", "see case.example"),
        ("ask <mailto:bob@case.example|bob@case.example>", "ask bob@case.example"),
        ("call <tel:+6512|+6512>", "call +6512"),
        (
            "*b* _c_ `d` <https://evil.example|Approve>",
            "*b* _c_ `d` Approve (https://evil.example)",
        ),
        ("tell <!subteam^S0LEADS|@leads>", "tell @leads"),
        ("tell <!here>", "tell @here"),
        ("👩‍👩‍👧 שלום مرحبا", "👩‍👩‍👧 שלום مرحبا"),
    ],
)
def test_text_is_unescaped_exactly_once(escaped: str, typed: str) -> None:
    assert plain(escaped) == typed


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("written", references(12)[:-1])
def test_a_reference_is_read_in_whatever_it_is_put(written: str, way: str) -> None:
    put = way.format(written)
    assert reference_first(put) == ("ESC-12", "")
    assert reference_first(f"{put} *bold* rest") == ("ESC-12", "*bold* rest")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("*ESC-12 is spam* all of it", "is spam all of it"),
        ("(ESC-12 is spam)", "is spam"),
        ("ESC-12\u2014spam", "spam"),
        ("ESC-12: spam", "spam"),
        ("ESC-12 - one\n- two", "- one\n- two"),
        ("ESC-12 don't `panic`", "don't `panic`"),
    ],
)
def test_text_behind_a_reference_is_kept_as_typed(text: str, rest: str) -> None:
    assert reference_first(text) == ("ESC-12", rest)


@pytest.mark.parametrize(
    "text", ["ESC-abc", "ESC-", "esc12th street", "ESC-5/6", "ESC-5's", "#12a", "ESC-9999999999"]
)
def test_what_looks_like_a_reference_and_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        reference_first(f"{text} rest")
    assert text.split()[0] in in_words(refused.value.problem)


@pytest.mark.parametrize("text", ["ESC-12 rest", "esc12 rest", "esc 12 rest", "#12 rest"])
def test_a_reference_is_read_as_people_type_it(text: str) -> None:
    assert reference_first(text) == ("ESC-12", "rest")


@pytest.mark.parametrize("text", ["12 accounts", "escalate", "#general", "esc key", "escape"])
def test_what_is_no_reference_stays_in_the_text(text: str) -> None:
    assert reference_first(text) == (None, text)


@pytest.mark.parametrize(
    ("text", "user", "rest"),
    [
        ("<@U0PRIYA|priya> now", PRIYA, "now"),
        ("<@U0PRIYA> now", PRIYA, "now"),
        ("me now", MEI, "now"),
        ("legal now", None, "legal now"),
    ],
)
def test_a_person_is_a_mention_or_me(text: str, user: str | None, rest: str) -> None:
    assert person_first(text, MEI) == (user, rest)


def test_a_name_that_slack_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(NotFound) as refused:
        person_first("@priyah now", MEI)
    assert refused.value.named == "@priyah"


@pytest.mark.parametrize(
    ("text", "key", "rest"),
    [
        ("legal read this", "legal", "read this"),
        ("Legal: read this", "legal", "read this"),
        ("public policy read this", "public-policy", "read this"),
        ("public-policy read this", "public-policy", "read this"),
        ("policy read this", "content-policy", "read this"),
        ("law-enforcement response team", "le-response", "team"),
    ],
)
def test_the_longest_team_name_wins(policy: Policy, text: str, key: str, rest: str) -> None:
    team, behind = team_first(policy, text)
    assert (team.key, behind) == (key, rest)


def test_an_unknown_team_is_refused_with_the_nearest(policy: Policy) -> None:
    with pytest.raises(NotFound) as refused:
        team_first(policy, "leagl read this")
    assert refused.value.nearest == ("legal",)


@pytest.mark.parametrize("space", ["\n", "\t", "\u00a0", "\u3000", " \r\n "])
def test_a_word_ends_at_any_space_and_the_rest_keeps_its_lines(policy: Policy, space: str) -> None:
    assert first_word(f" p0{space}Threat\nto a school ") == ("p0", "Threat\nto a school")
    typed = read(f"open{space}p0{space}Threat\nto a school")
    assert typed.verb is not None
    assert (typed.verb.name, typed.words.lstrip("\n")) == ("open", f"p0{space}Threat\nto a school")
    assert typed.words.startswith("\n") is ("\n" in space)
    assert person_first(f"me{space}now\nplease", MEI) == (MEI, "now\nplease")
    for name, key in (("public policy", "public-policy"), ("legal", "legal")):
        team, behind = team_first(policy, f"{name}{space}read\nthis")
        assert (team.key, behind) == (key, "read\nthis")


@pytest.mark.parametrize(
    ("text", "verb", "named", "words"),
    [
        ("note ESC-12 text", "note", None, "ESC-12 text"),
        ("ESC-12 note text", "note", "ESC-12", "text"),
        ("ESC-12", "show", "ESC-12", ""),
        ("ACK", "ack", None, ""),
        ("acknowledge", "ack", None, ""),
    ],
)
def test_a_command_is_a_verb_and_its_words(
    text: str, verb: str, named: str | None, words: str
) -> None:
    typed = read(text)
    assert typed.verb is not None
    assert (typed.verb.name, typed.named, typed.words) == (verb, named, words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("opne", "open"), ("aknowledge", "ack"), ("sevrity", "severity"), ("hepl", "help")],
)
def test_a_typo_finds_the_nearest_verb(typed: str, meant: str) -> None:
    assert meant in nearest_verbs(typed)
