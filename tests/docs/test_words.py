"""Plain English with one vocabulary, in all that a person reads: templates, answers, help, pages.

Docstrings and comments are the code's own. What is matched in an identifier is no word.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.docs.found_in_code import text_of
from tests.docs.pages import ROOT, name, pages

INSTEAD = {
    r"nobody": "no one",
    r"somebody": "someone",
    r"whoever|whomever": "anyone who",
    r"whom": "who, or another sentence",
    r"anew": "again",
    r"upon": "on",
    r"in the end|in vain": "say what happens",
    r"all the same": "anyway",
    r"looked back (?:up)?on": "reviewed",
    r"(?:is|are|was|were|be|been) told": "tell: who tells?",
    r"(?:no|not|nothing|none|no one)\b[^.;:]*\bany ?more": "no longer",
    r"no [a-z]+'s": "not a …'s, or another sentence",
    r"(?:^|(?<=[.!?] ))(?:had|should) you": "if you",
    r"incidents?(?:'s?)?": "escalation",
    r"D\+\d+": "7-day follow-up",
    r"mean of": "usually",
    r"managers? on duty": "escalation manager",
    r"next deadline": "next task due",
    r"that you mean": "you mean",
}
"""What a person reads in no sentence, and what they read instead."""
IN_SLACK = {
    r"I|I'[a-z]+|let me": "Tocsin, or no subject",
    r"the bot(?:'s)?": "Tocsin",
    r"e\.g|i\.e|etc": "for example, that is, and so on",
    r"can't become": "say what it is, and what to do first",
    r"asked for (?:you|them)": "paged you",
    r"(?:is|are) (?:paged|alerted) if": "will be paged",
    r"[Tt]hank you": "say what was done",
    r"[a-z]+ing-[a-z]+ion|action-pending": "a state is written with a space",
}
"""The same for what people read in Slack and in messages outside it."""
QUOTED = re.compile(r"(?:^|(?<=[\s(:]))'(?!s\b)[^'\n]+'(?=[\s.,;:?!)]|$)")
"""A quotation has curly marks; a command stands in backticks."""
MOMENT = re.compile(r"\{\{ [^{}]*?\| (?:at|local)(?:\([^)]*\))? \}\}")
IN_FRONT_OF_A_MOMENT = frozenset({"at", "by", "for", "from", "of", "since", "to", "until"})
WORDS = re.compile(
    "|".join(rf"(?<![\w-])(?:{words})(?![\w-])" for words in INSTEAD), re.IGNORECASE | re.MULTILINE
)
OF_OTHER_TOOLS = re.compile(r"\b(?:PagerDuty|Opsgenie) incidents?\b")
STATES = re.compile(r"_reviewed_|\b(?:state|status|becomes?|became|moved to) `?reviewed\b")

SLACK_WORDS = re.compile("|".join(rf"(?<![\w`/-])(?:{words})(?![\w-])" for words in IN_SLACK))
PYTHON = ("app.py", "bot", "handlers", "commandline", "playground", "slack_rules")
SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|PRAGMA|ORDER BY|CREATE)\b")
SENTENCE = 3
"""Fewer words than this are a key, a name or a part."""
TYPED = {"not an incident"}
"""What people may type, where it looks like a sentence."""


def _found(texts: Iterator[str]) -> list[str]:
    return [
        f"{found[0]!r} in {found.string[max(found.start() - 60, 0) : found.end() + 60]!r}"
        for text in texts
        for found in [*WORDS.finditer(OF_OTHER_TOOLS.sub("", text)), *STATES.finditer(text)]
    ]


TEMPLATES = sorted((ROOT / "templates").rglob("*.j2"))
SOURCES = sorted(
    path
    for part in PYTHON
    for path in ([ROOT / part] if part.endswith(".py") else (ROOT / part).rglob("*.py"))
)


SPOKEN = [
    path
    for part in ("bot/domain", "bot/services", "handlers")
    for path in sorted((ROOT / part).rglob("*.py"))
]
"""Where sentences of refusals are made."""


def _found_in_slack(texts: Iterable[str]) -> list[str]:
    return [
        f"{found[0]!r} in {found.string!r}"
        for text in texts
        for found in [*SLACK_WORDS.finditer(text), *QUOTED.finditer(text)]
    ]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_speaks_of_tocsin_and_quotes_in_one_way(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert _found_in_slack(shown_by(source)) == []
    assert "join(" not in source, "things in a sentence: the filter `together`"


def test_a_refusal_speaks_of_tocsin_and_quotes_in_one_way() -> None:
    assert [
        f"{path.relative_to(ROOT)}: {found}"
        for path in SPOKEN
        for found in _found_in_slack(sentences_of(path))
    ] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_moment_is_said_as_a_sentence_says_it(path: Path) -> None:
    """`at 17:00 today`, `by 17:00 today`; alone it is the value of a field."""
    wrong = []
    for line in path.read_text(encoding="utf-8").splitlines():
        for found in MOMENT.finditer(line):
            before = re.sub(
                r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|[*]", " … ", line[: found.start()]
            ).split()
            words = [word for word in before if word != "…"]
            if words and words[-1].lower() not in IN_FRONT_OF_A_MOMENT:
                wrong.append(line)
    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_in_plain_english(path: Path) -> None:
    assert _found(shown_by(path.read_text(encoding="utf-8"))) == []


def test_what_the_code_says_to_people_is_in_plain_english() -> None:
    assert [
        f"{path.relative_to(ROOT)}: {found}"
        for path in SOURCES
        for found in _found(sentences_of(path))
    ] == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_is_in_plain_english(page: Path) -> None:
    assert _found(iter([prose(page.read_text(encoding="utf-8"))])) == []


@pytest.mark.parametrize(
    "path",
    [ROOT / "escalation.toml", ROOT / ".env.example", ROOT / "ops" / "alerts.yml"],
    ids=lambda path: path.name,
)
def test_what_people_edit_is_explained_in_plain_english(path: Path) -> None:
    assert _found(iter(path.read_text(encoding="utf-8").splitlines())) == []


def test_the_page_of_the_playground_is_in_plain_english() -> None:
    for path in sorted((ROOT / "playground" / "templates").rglob("*.html")):
        assert _found(shown_by(path.read_text(encoding="utf-8"))) == [], path.name


@pytest.mark.parametrize(
    "sentence",
    [
        "I did not understand this.",
        "The channel was archived, and the bot keeps trying.",
        "Add its number, e.g. `ESC-12`.",
        "'soon' is not a time.",
        "ESC-12 is new and can't become reopened.",
        "Mei asked for you.",
        "Thank you: you have acknowledged",
        "The states are new, awaiting-decision and resolved.",
    ],
)
def test_a_sentence_of_slack_that_was_found_would_be_found_again(sentence: str) -> None:
    assert _found_in_slack([sentence])


@pytest.mark.parametrize(
    "sentence",
    [
        "This is no incident's channel; name one.",
        "closes a resolved escalation that has been looked back upon",
        "Follow-up D+7",
        "If nobody answers in the end, the escalation manager is told.",
        "the time to the next update begins anew",
        "(mean of 9 weeks 4.2)",
        "Next deadline today 17:00, a task",
        "@Mei moved it from resolved to _reviewed_",
        "To help all the same: /escalate show",
        "Nothing is stored any more.",
        "Had you said so",
    ],
)
def test_a_sentence_that_was_found_would_be_found_again(sentence: str) -> None:
    assert _found(iter([sentence]))


def shown_by(source: str) -> Iterator[str]:
    """Yield the texts of a template: its data, and the strings that an expression may print."""
    tree = Environment(autoescape=False).parse(source)
    for data in tree.find_all(nodes.TemplateData):
        yield data.data
    for output in tree.find_all(nodes.Output):
        compared = {id(const) for each in output.find_all(nodes.Compare) for const in _consts(each)}
        yield from (one.value for one in _consts(output) if id(one) not in compared)


def _consts(node: nodes.Node) -> list[nodes.Const]:
    return [const for const in node.find_all(nodes.Const) if isinstance(const.value, str)]


def sentences_of(path: Path) -> Iterator[str]:
    """Yield what is at least a few words long, and neither a docstring nor SQL nor a type."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in alone:
            continue
        text = text_of(node)
        if len(text.split()) >= SENTENCE and not SQL.search(text) and text not in TYPED:
            yield text


def prose(text: str) -> str:
    """A page without its code; what a program prints stays."""
    text = re.sub(r"^( *)```(?!text)[a-z]+\n.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!`)`[^`\n]+`", "`…`", text)
