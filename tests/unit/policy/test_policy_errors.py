"""A wrong policy file: every mistake is named with its line, its key and what was expected."""

from pathlib import Path

import pytest

from bot.policy import PolicyError, load

SHIPPED = Path(__file__).parents[3] / "escalation.toml"


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


# What to replace, by what (» marks the line that is to be named), the key, words of the problem.
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "another way to somebody who is nobody": (
        "# ── Severities",
        '[fallback.people]\n»pria = ["email:priya@example.com"]\n# ── Severities',
        "fallback.people.pria",
        "'pria' is nobody in [people]; did you mean 'priya'?",
    ),
    "a way without an address": (
        "# ── Severities",
        '[fallback.people]\n»priya = ["email"]\n# ── Severities',
        "fallback.people.priya",
        "expected a gateway's word, a colon and an address",
    ),
    "an address of another kind": (
        "# ── Severities",
        '[fallback.people]\n»priya = ["sms:priya@example.com"]\n# ── Severities',
        "fallback.people.priya",
        "expected an address such as 'sms:+6591234567' (what stands here is not repeated)",
    ),
    "a way that is listed twice": (
        "# ── Severities",
        '[fallback.people]\n»priya = ["hook:x", "hook:x"]\n# ── Severities',
        "fallback.people.priya",
        "this way is listed twice",
    ),
    "a severity without a fallback of its kind": (
        "# ── Severities",
        '[fallback]\n»after.P9 = "1m"\n# ── Severities',
        "fallback.after.P9",
        "expected P0, P1, P2 or P3, found 'P9'",
    ),
    "a person who is nobody": (
        'on_call = ["@priya", "@tom", "@jamal"]',
        'on_call = ["@prya", "@tom", "@jamal"]',
        "team.legal.on_call",
        "'@prya' is nobody in [people]; did you mean '@priya'?",
    ),
    "a person without the @": (
        'members = ["@elena"]',
        'members = ["elena"]',
        "team.legal.members",
        "expected a person of [people] such as '@priya', found 'elena'",
    ),
    "a second person of a list over several lines": (
        'on_call = ["@sofia", "@daniel", "@hana"]',
        'on_call = [\n  "@sofia",\n  »"@danial",\n]',
        "team.pr.on_call",
        "'@danial' is nobody in [people]; did you mean '@daniel'?",
    ),
    "a team that is nowhere": (
        'teams    = ["content-policy"]\n',
        'teams    = ["content-polcy"]\n',
        "digest[2].teams",
        "there is no team 'content-polcy'; did you mean 'content-policy'?",
    ),
    "a team that is nowhere in a category": (
        'teams.P2 = ["public-policy"]',
        'teams.P2 = ["nobody"]',
        "category.misinformation.teams.P2",
        "there is no team 'nobody'",
    ),
    "a bad time zone": (
        'zone     = "Europe/Dublin"',
        'zone     = "Europe/Dublon"',
        "digest[2].zone",
        "expected a time zone such as 'Asia/Singapore', found 'Europe/Dublon'",
    ),
    "a bad weekday": (
        'weekday  = "monday"\nat       = "10:00"',
        'weekday  = "mondai"\nat       = "10:00"',
        "digest[2].weekday",
        "expected a weekday such as 'monday', found 'mondai'",
    ),
    "a bad time of day": (
        'at       = "10:00"',
        'at       = "25:00"',
        "digest[2].at",
        "expected a time of day such as '09:00', found '25:00'",
    ),
    "a duration without its unit": (
        '{ who = ["on-call", "backup"],              wait = "5m" }',
        '{ who = ["on-call", "backup"],              wait = 5 }',
        "team.child-safety.ladder.P0.steps[2].wait",
        "expected a duration in quotes such as '5m', found 5",
    ),
    "a duration of nothing": (
        '{ who = ["on-call", "backup"],              wait = "5m" }',
        '{ who = ["on-call", "backup"],              wait = "0m" }',
        "team.child-safety.ladder.P0.steps[2].wait",
        "'0m' is no time at all",
    ),
    "a duration in months": (
        'decide_within = "7d" ',
        'decide_within = "P6M" ',
        "severity.P3.decide_within",
        "months or years, which have no fixed length",
    ),
    "a word that no step knows": (
        '{ who = ["on-call", "backup"],              wait = "5m" }',
        '{ who = ["on-call", "bakup"],              wait = "5m" }',
        "team.child-safety.ladder.P0.steps[2].who",
        "'everyone', 'escalation-manager' or a person such as '@priya', found 'bakup'; "
        "did you mean 'backup'?",
    ),
    "too many rounds": (
        "rounds = 3",
        "rounds = 11",
        "team.child-safety.ladder.P0.rounds",
        "at most 10",
    ),
    "no rounds": ("rounds = 3", "rounds = 0", "team.child-safety.ladder.P0.rounds", "at least 1"),
    "rounds in quotes": (
        "rounds = 3",
        'rounds = "3"',
        "team.child-safety.ladder.P0.rounds",
        "expected a whole number, found '3'",
    ),
    "an own ladder without a step": (
        '  { who = "on-call",                          wait = "5m" },\n'
        '  { who = ["on-call", "backup"],              wait = "5m" },\n'
        '  { who = ["everyone", "escalation-manager"], wait = "5m" },\n',
        "",
        "team.child-safety.ladder.P0.steps",
        "expected at least 1, found none",
    ),
    "nobody on call": (
        'on_call = ["@katrin", "@conor", "@shreya"]',
        "on_call = []",
        "team.dpo.on_call",
        "expected at least 1, found none",
    ),
    "a person on call twice": (
        'on_call = ["@katrin", "@conor", "@shreya"]',
        'on_call = ["@katrin", "@conor", "@katrin"]',
        "team.dpo.on_call",
        "'@katrin' is listed twice",
    ),
    "a key that there is not": (
        'aliases = ["pm"]',
        'aliasses = ["pm"]',
        "team.product.aliasses",
        "there is no such key here; did you mean 'aliases'?",
    ),
    "a table that there is not": (
        "[follow_up]",
        "[folow_up]",
        "folow_up",
        "there is no such key here; did you mean 'follow_up'?",
    ),
    "a key that is missing": (
        '[severity.P3]\nname          = "Low"\nack_within    = "1d"\n',
        '»[severity.P3]\nname          = "Low"\n',
        "severity.P3.ack_within",
        'this key is missing; expected for example ack_within = "5m"',
    ),
    "a severity that there is not": (
        "[severity.P3.criteria]",
        '»[severity.P4]\nname = "x"\n[severity.P3.criteria]',
        "severity.P4",
        "expected P0, P1, P2 or P3, found 'P4'",
    ),
    "an alias that another team has": (
        'aliases = ["pm"]',
        'aliases = ["Ops"]',
        "team.operations.aliases",
        "'ops' already means team 'product'",
    ),
    "an alias that is another team's key": (
        'aliases = ["pm"]',
        'aliases = ["legal"]',
        "team.product.aliases",
        "'legal' already means team 'legal'",
    ),
    "one criterion in two severities": (
        'trend             = "A trend to look at"',
        'doxxing           = "A trend to look at"',
        "severity.P3.criteria.doxxing",
        "criterion 'doxxing' already belongs to P1",
    ),
    "one member under two names": (
        'tom       = "U0TOM"',
        'tom       = "U0PRIYA"',
        "people.tom",
        "'U0PRIYA' is already 'priya'; one name for each person",
    ),
    "a handle where a member ID belongs": (
        'tom       = "U0TOM"',
        'tom       = "@tom"',
        "people.tom",
        "expected a Slack member ID such as 'U0PRIYA', found '@tom'",
    ),
    "a channel by name": (
        'channels = ["C0TNSWEEKLY"]',
        'channels = ["#tns-weekly"]',
        "digest[2].channels",
        "expected a Slack channel ID such as 'C0LEADERSHIP'",
    ),
    "a digest for nobody": (
        'channels = ["C0TNSWEEKLY"]\n',
        "",
        "digest[2].channels",
        "expected channels or people: this digest would go to nobody",
    ),
    "two digests of one key": (
        'key      = "content-policy"',
        'key      = "leadership"',
        "digest[2].key",
        "there is already a digest 'leadership'",
    ),
    "a role that is no role": (
        '# everyone = "viewer"',
        'everyone = "boss"',
        "roles.everyone",
        "expected 'viewer', 'member' or 'responder', found 'boss'",
    ),
    "a user group by handle": (
        'member  = ["usergroup:S0TNS"]',
        'member  = ["@trust-and-safety-team!"]',
        "roles.member",
        "expected a person such as '@priya' or a user group such as 'usergroup:S0TNS'",
    ),
    "a category of no statement category": (
        'dsa      = "SCAMS_AND_FRAUD"',
        'dsa      = "SCAMS"',
        "category.scams.dsa",
        "expected a statement category of the DSA such as 'CYBER_VIOLENCE', found 'SCAMS'",
    ),
    "a tier that there is not": (
        'tier            = "restricted"\nreferences_only',
        'tier            = "secret"\nreferences_only',
        "category.suspected-csam.tier",
        "expected 'standard' or 'restricted', found 'secret'",
    ),
    "a truth in quotes": (
        "references_only = true",
        'references_only = "true"',
        "category.suspected-csam.references_only",
        "expected true or false, found 'true'",
    ),
    "a category that proposes nobody": (
        'teams.P0        = ["child-safety"]',
        "teams.P0        = []",
        "category.suspected-csam.teams",
        "expected at least one team",
    ),
    "a label longer than Slack's options": (
        'live           = "Live"',
        f'live           = "{"x" * 76}"',
        "surface.live",
        "expected at most 75 characters, found 76",
    ),
    "an empty label": (
        'live           = "Live"',
        'live           = " "',
        "surface.live",
        "expected a text, found an empty one",
    ),
    "a prefix that no channel may have": (
        'prefix   = "esc" ',
        'prefix   = "Esc #" ',
        "channel.prefix",
        "expected at most 21 small letters, digits, hyphens, found 'Esc #'",
    ),
    "a follow-up on the day itself": (
        "days_after_resolution = [1, 7, 30]",
        "days_after_resolution = [0, 7, 30]",
        "follow_up.days_after_resolution",
        "expected at least 1, found 0",
    ),
    "a list that is a text": (
        'aliases = ["pm"]',
        'aliases = "pm"',
        "team.product.aliases",
        "expected a list in [ ], found 'pm'",
    ),
}

LATER_LINE = {
    "an alias that another team has": 'aliases = ["ops", "moderation"]',
    "a digest for nobody": '[[digest]]\nkey      = "content-policy"',
    "an own ladder without a step": "steps = [\n]",
}
"""Where the line that is named is not the one that was edited."""


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

    assert "team.dpo.ladder.P1.steps[1].who: 'backup' is nobody" in said[0]


def test_a_default_ladder_that_reaches_nobody_in_a_team_is_refused(tmp_path: Path) -> None:
    text, _ = edited('on_call = ["@katrin", "@conor", "@shreya"]', 'on_call = ["@katrin"]')
    text = text.replace(
        '  { who = "on-call", wait = "1d" },\n  { who = "backup",  wait = "1d" },',
        '  { who = "backup", wait = "1d" },',
    )

    said = refusal(tmp_path, text)

    assert "ladder.P3.steps: this ladder reaches nobody in team 'dpo'" in said[0]


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
