"""The line of every key and value, in every way in which TOML lets people write them."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.policy.source_lines import line_of, lines_by_path

TEXT = '''\
# a comment with [brackets] and = signs
top = "a # no comment"

[team.legal]   # a table
name = "Legal"
on_call = [
  "@priya", # first, with ] in the comment
  "@tom",
]
"quoted key" = 'literal \\ = ['
ladder.P0 = { rounds = 2, steps = [{ who = "on-call", wait = "5m" }, { who = ["x",
    "y"], wait = "5m" }] }

[[digest]]
key = """
many
lines"""
at = 09:00:00

[[digest]]
key = "second"
[digest.extra]
deep.er = 1
'''


def test_each_key_and_element_has_its_line() -> None:
    lines = lines_by_path(TEXT)

    assert {
        path: lines[path]
        for path in [
            ("top",),
            ("team", "legal"),
            ("team", "legal", "name"),
            ("team", "legal", "on_call", 0),
            ("team", "legal", "on_call", 1),
            ("team", "legal", "quoted key"),
            ("team", "legal", "ladder", "P0", "steps", 1, "who", 1),
            ("digest", 0, "key"),
            ("digest", 0, "at"),
            ("digest", 1, "key"),
            ("digest", 1, "extra", "deep", "er"),
        ]
    } == {
        ("top",): 2,
        ("team", "legal"): 4,
        ("team", "legal", "name"): 5,
        ("team", "legal", "on_call", 0): 7,
        ("team", "legal", "on_call", 1): 8,
        ("team", "legal", "quoted key"): 10,
        ("team", "legal", "ladder", "P0", "steps", 1, "who", 1): 12,
        ("digest", 0, "key"): 15,
        ("digest", 0, "at"): 18,
        ("digest", 1, "key"): 21,
        ("digest", 1, "extra", "deep", "er"): 23,
    }


def test_what_is_missing_has_the_line_of_what_is_around_it() -> None:
    lines = lines_by_path(TEXT)

    assert line_of(lines, ("team", "legal", "aliases")) == 4
    assert line_of(lines, ("digest", 1, "zone")) == 20
    assert line_of(lines, ("severity", "P0")) == 1


keys = st.text("abcxyz", min_size=1, max_size=3)
texts = st.text("ab #=[]{}\",'\\", max_size=8)
values = st.recursive(
    st.one_of(st.integers(0, 99).map(str), st.booleans().map(lambda b: str(b).lower()))
    | texts.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
    | texts.map(lambda text: "'" + text.replace("'", "") + "'"),
    lambda inner: (
        st.lists(inner, max_size=3).map(
            lambda elements: "[\n" + "".join(f" {element}, # ],\n" for element in elements) + "]"
        )
        | st.dictionaries(keys, inner, max_size=3).map(
            lambda table: "{ " + ", ".join(f"{k} = {v}" for k, v in table.items()) + " }"
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(keys, st.dictionaries(keys, values, max_size=4), max_size=4))
def test_every_key_is_found_on_the_line_it_was_written_on(
    document: dict[str, dict[str, str]],
) -> None:
    text = ""
    written: dict[tuple[str, ...], int] = {}
    for table, pairs in document.items():
        written[(table,)] = text.count("\n") + 1
        text += f"[{table}]\n"
        for key, value in pairs.items():
            written[(table, key)] = text.count("\n") + 1
            text += f"{key} = {value}  # comment\n\n"
    tomllib.loads(text)

    lines = lines_by_path(text)

    assert {path: lines[path] for path in written} == written
