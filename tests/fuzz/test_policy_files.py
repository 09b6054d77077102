"""Policy files: whatever was done to one, it loads, or its mistakes are named by line."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy import load
from tests.fuzz.effort import examples
from tests.fuzz.targets import SHIPPED, PolicyFile

WHOLE = SHIPPED.read_bytes()
LINES = WHOLE.splitlines(keepends=True)
_VALUES = (
    b'""',
    b'"x"',
    b"'''",
    b'"@nobody"',
    b'"backup"',
    b'"P9"',
    b'"99999999999999h"',
    b'"-1h"',
    b"0",
    b"-1",
    b"1e400",
    b"nan",
    b"9" * 5_000,
    b"true",
    b"2026-01-01",
    b"07:32:00",
    b"1979-05-27T07:32:00Z",
    b"[]",
    b"[[[1]]]",
    b"{}",
    b"{a = {b = {c = []}}}",
    b"[" * 2_000,
    b"{a=" * 2_000,
    b'"\\u0000\\uFFFF"',
    b'"\xff\xfe"',
    "\u202e ½ 👩‍👩‍👧".encode(),
    b'["@priya", "@priya", 1]',
    b'"legal"',
    b'[{who = ["escalation-manager"], wait = "1s"}]',
)
_LINES = (
    b"",
    b"[team]\n",
    b"[[team]]\n",
    b"[team.legal]\n",
    b"[team.legal.ladder.P0]\n",
    b'["a\\nb"]\n',
    b'"a: b\\nline 7" = 1\n',
    b"[people]\n",
    b'priya = "U0MEI"\n',
    b"\xef\xbb\xbf\n",
    b"\r",
    b"\x00\n",
    b"= 1\n",
    b"a.b.c.d = 1\n",
    b"x = 1" + b".x" * 500 + b"\n",
)
_places = st.integers(0, len(LINES) - 1)
_edits = st.one_of(
    st.tuples(st.just("drop"), _places, st.integers(1, 40)),
    st.tuples(st.just("again"), _places, st.integers(1, 20)),
    st.tuples(st.just("swap"), _places, _places),
    st.tuples(st.just("value"), _places, st.sampled_from(_VALUES)),
    st.tuples(st.just("line"), _places, st.sampled_from(_LINES)),
    st.tuples(st.just("bytes"), st.integers(0, len(WHOLE) - 1), st.binary(max_size=6)),
    st.tuples(st.just("cut"), st.integers(0, len(WHOLE) - 1), st.just(0)),
)


def edited(edits: list[tuple[str, int, object]]) -> bytes:
    lines = list(LINES)
    for kind, at, how in edits:
        place = min(at, len(lines) - 1)
        match kind, how:
            case "drop", int(count):
                del lines[place : place + count]
            case "again", int(count):
                lines[place:place] = lines[place : place + count]
            case "swap", int(other):
                other = min(other, len(lines) - 1)
                lines[place], lines[other] = lines[other], lines[place]
            case "value", bytes(value):
                key, equals, _ = lines[place].partition(b"=")
                lines[place] = key + b"= " + value + b"\n" if equals else lines[place]
            case "line", bytes(line):
                lines.insert(place, line)
        if not lines:
            return b""
    whole = b"".join(lines)
    for kind, at, how in edits:
        if kind == "bytes" and isinstance(how, bytes):
            whole = whole[:at] + how + whole[at + len(how) :]
        elif kind == "cut":
            whole = whole[:at]
    return whole


@pytest.fixture(scope="module")
def policy_file(tmp_path_factory: pytest.TempPathFactory) -> PolicyFile:
    return PolicyFile(tmp_path_factory.mktemp("policy"))


@examples(60)
@given(st.lists(_edits, min_size=1, max_size=4))
def test_a_spoilt_policy_loads_or_its_mistakes_are_named_by_line(
    policy_file: PolicyFile, edits: list[tuple[str, int, object]]
) -> None:
    policy_file.check(edited(edits))


@examples(60)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_named_by_line(policy_file: PolicyFile, raw: bytes) -> None:
    assert policy_file.check(raw) is None


@pytest.mark.parametrize("value", _VALUES)
def test_any_value_of_any_kind_is_taken_or_named(policy_file: PolicyFile, value: bytes) -> None:
    """At a key of each kind: a duration, a list of people, a number, a time zone."""
    for key in (b"update_every", b"on_call", b"rounds", b"time_zone", b"at", b"weekday", b"tier"):
        for number, line in enumerate(LINES):
            if line.split(b"=")[0].strip() == key:
                spoilt = [*LINES[:number], key + b" = " + value + b"\n", *LINES[number + 1 :]]
                policy_file.check(b"".join(spoilt))
                break


@pytest.mark.parametrize("line", _LINES)
def test_any_line_anywhere_is_taken_or_named(policy_file: PolicyFile, line: bytes) -> None:
    for place in range(0, len(LINES), 61):
        policy_file.check(b"".join([*LINES[:place], line, *LINES[place:]]))


def test_a_mark_at_the_beginning_and_other_line_ends_change_nothing(
    policy_file: PolicyFile,
) -> None:
    for same in (b"\xef\xbb\xbf" + WHOLE, WHOLE.replace(b"\n", b"\r\n")):
        found = policy_file.check(same)
        assert found is not None
        assert found.teams == load(SHIPPED).teams


def test_the_whole_file_a_thousand_times_over_is_one_clear_mistake(
    policy_file: PolicyFile,
) -> None:
    assert policy_file.check(WHOLE * 20) is None
    assert tomllib.loads(WHOLE.decode())


def test_a_folder_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="cannot be read"):
        load(tmp_path)
