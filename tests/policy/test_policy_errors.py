"""A wrong policy file: every mistake is named with its line, its key and what was expected."""

from pathlib import Path

import pytest

from bot.policy import PolicyError, load
from tests.policy.mistakes import LATER_LINE, MISTAKES

SHIPPED = Path(__file__).parents[2] / "escalation.toml"


def refusal(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "escalation.toml"
    path.write_text(text)
    with pytest.raises(PolicyError) as error:
        load(path)
    return [line.removeprefix(f"{path}, ") for line in str(error.value).splitlines()]


def edited(old: str, new: str) -> tuple[str, int]:
    """The shipped policy with one edit, and the line of the edit; `»` in `new` marks the line."""
    text = SHIPPED.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in escalation.toml"
    before = text[: text.index(old)] + (new.partition("»")[0] if "»" in new else "")
    return text.replace(old, new.replace("»", "")), before.count("\n") + 1


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_line_key_and_what_was_expected(
    tmp_path: Path, mistake: str
) -> None:
    old, new, key, problem = MISTAKES[mistake]
    text, line = edited(old, new)
    if mistake in LATER_LINE:
        line = text[: text.index(LATER_LINE[mistake])].count("\n") + 1

    said = refusal(tmp_path, text)

    mine = [entry for entry in said if entry.startswith(f"line {line}, {key}: ")]
    assert mine, said
    assert problem in mine[0]


def test_one_mistake_gives_one_line(tmp_path: Path) -> None:
    text, _ = edited('on_call = ["@priya", "@tom", "@jamal"]', 'on_call = ["@prya", "@tom"]')

    assert len(refusal(tmp_path, text)) == 1


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        SHIPPED.read_text()
        .replace('tom       = "U0TOM"', 'tom       = "tom"')
        .replace("rounds = 3", "rounds = 30")
        .replace('zone     = "Europe/Dublin"', 'zone     = "Dublin"')
        .replace('on_call = ["@priya", ', 'on_call = ["@prya", ')
    )

    said = refusal(tmp_path, text)

    keys = [entry.split(", ")[1].split(":")[0] for entry in said]
    assert keys == [
        "people.tom",
        "team.legal.on_call",
        "team.child-safety.ladder.P0.rounds",
        "digest[2].zone",
    ]


@pytest.mark.parametrize("severity", ["P0", "P1", "P2", "P3"])
def test_every_severity_needs_a_default_ladder(tmp_path: Path, severity: str) -> None:
    text = SHIPPED.read_text().replace(f"\n[ladder.{severity}]", f"\n[x.ladder.{severity}]")

    said = "\n".join(refusal(tmp_path, text))

    assert f"ladder: [ladder.{severity}] is missing; expected one for each of P0 to P3" in said


@pytest.mark.parametrize(
    "table",
    ["people", "on_duty", "roles", "team", "category", "surface", "market", "root_cause"],
)
def test_a_table_that_is_missing_is_named(tmp_path: Path, table: str) -> None:
    text = SHIPPED.read_text().replace(f"[{table}", f"[x.{table}")

    said = refusal(tmp_path, text)

    assert f"line 1, {table}: this is missing" in said


def test_a_step_that_pages_a_backup_who_is_not_there_is_refused(tmp_path: Path) -> None:
    text, _ = edited(
        'on_call = ["@katrin", "@conor", "@shreya"]',
        'on_call = ["@katrin"]\nladder.P1 = { steps = [{ who = "backup", wait = "5m" }] }',
    )

    said = refusal(tmp_path, text)

    assert "team.dpo.ladder.P1.steps[1].who: 'backup' is no one" in said[0]


def test_a_default_ladder_that_reaches_nobody_in_a_team_is_refused(tmp_path: Path) -> None:
    text, _ = edited('on_call = ["@katrin", "@conor", "@shreya"]', 'on_call = ["@katrin"]')
    text = text.replace(
        '  { who = "on-call", wait = "1d" },\n  { who = "backup",  wait = "1d" },',
        '  { who = "backup", wait = "1d" },',
    )

    said = refusal(tmp_path, text)

    assert "ladder.P3.steps: this ladder reaches no one in team 'dpo'" in said[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'prefix   = "esc" ',
            "prefix   = esc ",
            "prefix: not valid TOML: Invalid value; expected a text in quotes",
        ),
        (
            'prefix   = "esc" ',
            '»private  = true\nprefix   = "esc" ',
            "private: not valid TOML: Cannot overwrite a value; expected this key or table",
        ),
        (
            "[team.pr]",
            "[team.legal]",
            "team.legal: not valid TOML: Cannot declare ('team', 'legal') twice; "
            "expected this key or table only once",
        ),
        ('prefix   = "esc" ', "prefix", "not valid TOML: Expected '='"),
        ('prefix   = "esc" ', 'prefix = "esc', "prefix: not valid TOML: Illegal character '\\n'"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text, line = edited(old, new)

    report = refusal(tmp_path, text)

    assert len(report) == 1
    assert report[0].startswith(f"line {line}")
    assert said in report[0]


def test_a_file_that_breaks_off_is_refused_at_its_last_line(tmp_path: Path) -> None:
    text = SHIPPED.read_text().rstrip() + "\nteams = ["

    assert f"line {text.count(chr(10)) + 1}, teams: not valid TOML" in refusal(tmp_path, text)[0]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="there is no such file; ESCALATION_POLICY names"):
        load(tmp_path / "none.toml")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load(tmp_path)


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "escalation.toml"
    path.write_bytes(b"# one\n# two \xff\n")

    with pytest.raises(PolicyError, match="line 2: expected UTF-8 text"):
        load(path)


def test_lines_are_right_in_a_file_with_windows_line_ends(tmp_path: Path) -> None:
    text, line = edited("rounds = 3", "rounds = 11")
    path = tmp_path / "escalation.toml"
    path.write_bytes(text.replace("\n", "\r\n").encode())

    with pytest.raises(PolicyError, match=f"line {line}, team.child-safety.ladder.P0.rounds"):
        load(path)


def test_too_many_teams_are_counted(tmp_path: Path) -> None:
    more = "".join(f'\n[team.t{n}]\nname = "T{n}"\non_call = ["@priya"]\n' for n in range(93))
    [said] = refusal(tmp_path, SHIPPED.read_text() + more)
    assert said.endswith("team: expected at most 100, found 107")
