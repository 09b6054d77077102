"""The policy's ways outside Slack, and the file with the gateways that they need."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.configuration.settings import SettingsError
from bot.domain.errors import PolicyError
from bot.domain.fallback.ways import FallbackWay
from bot.domain.incidents.severity import Severity
from bot.gateways.apprise_gateway import accepts
from bot.gateways.file import Gateways, gateways_for, load_gateways
from bot.policy import Policy, load

SHIPPED = Path(__file__).parents[2] / "escalation.toml"
SECRET = "a-password"
MAIL = f"mailtos://me:{SECRET}@smtp.example.com?to={{to}}"
PRIYA = FallbackWay("email", "priya@example.com")


def with_example(tmp_path: Path) -> Policy:
    """The shipped policy, its example of a fallback switched on."""
    text = SHIPPED.read_text()
    begins = text.index("# [fallback]")
    ends = text.index("# ── Severities")
    section = re.sub(r"^# ?", "", text[begins:ends], flags=re.MULTILINE)
    file = tmp_path / "escalation.toml"
    file.write_text(text[:begins] + section + text[ends:])
    return load(file)


def gateways(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "gateways.toml"
    file.write_text(text)
    return file


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(SettingsError) as error:
        load_gateways(gateways(tmp_path, text))
    assert SECRET not in str(error.value)
    return str(error.value)


def test_the_shipped_policy_reaches_nobody_outside_slack() -> None:
    policy = load(SHIPPED)
    assert not policy.fallback
    assert not gateways_for(policy, None)


def test_the_shipped_example_is_valid_once_it_is_switched_on(tmp_path: Path) -> None:
    policy = with_example(tmp_path)
    assert policy.fallback
    assert policy.fallback.after[Severity.P1] == timedelta(minutes=1)
    assert Severity.P3 not in policy.fallback.after
    ways = policy.fallback.ways[policy.people["priya"]]
    assert [way.gateway for way in ways] == ["email", "sms"]


def test_a_way_shows_its_address_nowhere() -> None:
    assert "priya" not in f"{PRIYA} {PRIYA!r} {PRIYA.key}"
    assert PRIYA.key.startswith("email-")
    assert PRIYA.key != FallbackWay("email", "tom@example.com").key


def test_the_gateways_show_no_password(tmp_path: Path) -> None:
    found = load_gateways(gateways(tmp_path, f'email = "{MAIL}"'))
    assert "email" in found
    assert SECRET not in f"{found} {found!r}"


def test_an_address_cannot_break_out_of_its_place() -> None:
    found = Gateways({"hook": "json://example.com/{to}?x=1"})
    assert found.url(FallbackWay("hook", "a/../b?to=c&d#e")) == (
        "json://example.com/a%2F..%2Fb%3Fto%3Dc%26d%23e?x=1"
    )


def test_a_way_without_its_gateway_is_named_with_its_people(tmp_path: Path) -> None:
    policy = with_example(tmp_path)
    file = gateways(tmp_path, f'email = "{MAIL}"')
    with pytest.raises(SettingsError) as error:
        gateways_for(policy, file)
    assert "there is no gateway 'sms' for mei, priya;" in str(error.value)
    assert "+659" not in str(error.value)


def test_no_gateways_at_all_is_said_of_each_word(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        gateways_for(with_example(tmp_path), None)
    assert "FALLBACK_GATEWAYS" in str(error.value)
    assert "'email'" in str(error.value)
    assert "'sms'" in str(error.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f'email = "mailtos://me:{SECRET}@example.com"', "expected {to} once"),
        (f'email = "{MAIL}&cc={{to}}"', "expected {to} once"),
        ("email = 5", "expected an Apprise URL in quotes"),
        (f'email = "{SECRET}"', "expected an Apprise URL in quotes"),
        (f'E-Mail = "{MAIL}"', "expected a key of at most 12 small letters"),
        ("", "expected a gateway"),
        (f'email = "{MAIL}', "not valid TOML"),
    ],
)
def test_a_wrong_file_is_told_so_without_what_stands_in_it(
    tmp_path: Path, text: str, complaint: str
) -> None:
    assert complaint in refusal(tmp_path, text)


PASSWORD = "Hunter2 and more"
"""No gateway's key, unlike SECRET."""
_LINES = st.one_of(
    st.sampled_from(
        [
            f'email = "mailtos://me:{PASSWORD}@smtp.example.com?to={{to}}"',
            f'sms = "twilio://{PASSWORD}@+1555/{{to}}"',
            f'"mailtos://me:{PASSWORD}@smtp.example.com?to={{to}}" = "email"',
            f"{PASSWORD} =",
            f"[{PASSWORD}]",
            f"[['{PASSWORD}']]",
            f"email.{PASSWORD} = 1",
            f"email = '{PASSWORD}'",
            f'email = """{PASSWORD}',
            f"hook = {{ '{PASSWORD}' = 1 }}",
            "hook = " + "9" * 5_000,
            "hook = " + "[" * 3_000,
            "# a comment",
            "",
        ]
    ),
    st.text(alphabet="ab=\"'[]{}.:/@#\\ \n\t\r\u00e9\x00", max_size=30),
)


@given(lines=st.lists(_LINES, max_size=6))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_gateways_file_loads_or_is_complained_of_by_line_and_without_its_secrets(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    file = tmp_path_factory.mktemp("gateways") / "file.toml"
    file.write_bytes("\n".join(lines).encode())
    complaints = complaints_of(file)
    for complaint in complaints:
        assert re.match(rf"{re.escape(str(file))}, line \d+[,: ]", complaint), complaint
        assert PASSWORD not in complaint
        assert "smtp" not in complaint
    if not complaints:
        assert PASSWORD not in repr(load_gateways(file))


def complaints_of(file: Path) -> list[str]:
    try:
        load_gateways(file)
    except SettingsError as error:
        return str(error).splitlines()
    return []


@given(scheme=st.sampled_from(["mailtos", "json", "twilio", "x"]), rest=st.text(max_size=60))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_an_address_that_apprise_makes_nothing_of_is_refused(scheme: str, rest: str) -> None:
    gateways = Gateways({"hook": f"{scheme}://{PASSWORD}:{rest}{{to}}"})
    assert accepts(gateways, FallbackWay("hook", "priya@example.com")) in (True, False)


@pytest.mark.parametrize("ways", ["email", "email:", ":x", "email:a b", "EMAIL:x@y.z", "\\u0000:x"])
def test_a_way_that_is_none_is_named_by_line_and_key_and_not_repeated(
    tmp_path: Path, ways: str
) -> None:
    file = tmp_path / "escalation.toml"
    private = f"{ways}{SECRET} {SECRET}"
    text = SHIPPED.read_text() + f'\n[fallback.people]\npriya = ["{private}"]\n'
    file.write_text(text)
    with pytest.raises(PolicyError) as error:
        load(file)
    assert f"line {len(text.splitlines())}, fallback.people.priya" in str(error.value)
    assert SECRET not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no such file"):
        load_gateways(tmp_path / "nowhere.toml")
