"""P0 to P3, and what raises them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.incidents.severity import Severity, parse_severity, suggested, worst

severities = st.sampled_from(Severity)
codes = st.sampled_from(["minor", "doxxing", "ngo", "trend", "unheard-of"])
TABLE = {"minor": Severity.P1, "doxxing": Severity.P1, "ngo": Severity.P2, "trend": Severity.P3}


@given(severities, severities)
def test_one_of_two_is_worse_unless_they_are_the_same(one: Severity, other: Severity) -> None:
    assert one.worse_than(other) + other.worse_than(one) == (one is not other)


def test_p0_is_the_worst() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == list(Severity)
    assert worst(Severity) is Severity.P0


@given(st.lists(severities))
def test_nothing_is_worse_than_the_worst(given_ones: list[Severity]) -> None:
    found = worst(given_ones)

    assert found in given_ones or not given_ones
    assert not any(severity.worse_than(found) for severity in given_ones)


def test_the_worst_of_none_is_the_default() -> None:
    assert worst([]) is Severity.P3
    assert worst([], default=Severity.P1) is Severity.P1


@given(severities, st.lists(codes))
def test_a_suggestion_only_raises(chosen: Severity, criteria: list[str]) -> None:
    found = suggested(chosen, criteria, TABLE)

    assert not chosen.worse_than(found)
    assert not any(TABLE[code].worse_than(found) for code in criteria if code in TABLE)
    assert found in {chosen, *(TABLE[code] for code in criteria if code in TABLE)}


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("form", ["P{}", "p{}", "{}", "sev{}", "SEV-{}", " p{} ", "Sev {}"])
def test_a_severity_is_read_as_people_type_it(severity: Severity, form: str) -> None:
    assert parse_severity(form.format(severity.rank)) is severity


@pytest.mark.parametrize("text", ["", "p4", "P-4", "high", "p12", "p", "١"])
def test_what_is_no_severity_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_severity(text)

    assert refused.value.field_name == "severity"
