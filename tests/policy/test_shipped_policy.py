"""The policy that ships: complete, consistent, and what its readers rely on."""

import dataclasses
import json
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import NotFound
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity, suggested
from bot.domain.paging.ladders import Ladder
from bot.policy import Policy, load

TOP = Path(__file__).parents[2]
LEGAL, PR, DPO = TeamKey("legal"), TeamKey("pr"), TeamKey("dpo")
CHILD_SAFETY = TeamKey("child-safety")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(TOP / "escalation.toml")


def variant(tmp_path: Path, old: str, new: str) -> Policy:
    path = tmp_path / "escalation.toml"
    text = (TOP / "escalation.toml").read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return load(path)


def test_it_has_the_fourteen_teams(policy: Policy) -> None:
    assert list(policy.teams) == [
        *("legal", "pr", "public-policy", "content-policy", "global-response", "child-safety"),
        *("le-response", "outreach", "partnerships", "product", "engineering", "data"),
        *("operations", "dpo"),
    ]


def test_every_team_has_an_on_call_and_a_backup(policy: Policy) -> None:
    assert all(len(team.on_call) >= 2 for team in policy.teams.values())


def test_every_category_proposes_somebody_at_its_least_severity(policy: Policy) -> None:
    for category in policy.categories.values():
        least = category.least_severity or Severity.P3
        assert policy.proposed_teams(category.key, least), category.key


def test_a_worse_severity_proposes_everyone_whom_a_milder_one_does(policy: Policy) -> None:
    for category in policy.categories:
        mildest_first = [set(policy.proposed_teams(category, s)) for s in reversed(Severity)]
        for milder, worse in pairwise(mildest_first):
            assert milder <= worse


def test_harassment_at_p1_calls_policy_response_legal_and_pr(policy: Policy) -> None:
    assert policy.proposed_teams("harassment", Severity.P1) == (
        *("legal", "pr"),
        *("content-policy", "global-response"),
    )


def test_suspected_csam_takes_references_only_and_calls_child_safety_alone(policy: Policy) -> None:
    category = policy.category("suspected-csam")

    assert category.references_only
    assert category.tier is Tier.RESTRICTED
    assert category.least_severity is Severity.P0
    assert {team for teams in category.teams.values() for team in teams} == {"child-safety"}
    assert [c.key for c in policy.categories.values() if c.references_only] == ["suspected-csam"]


def test_dsa_categories_are_the_databases_own_names(policy: Policy) -> None:
    assert policy.category("harassment").dsa == "STATEMENT_CATEGORY_CYBER_VIOLENCE"


@pytest.mark.parametrize(
    ("severity", "ack", "decide", "update"),
    [
        (Severity.P0, "5m", "1h", "30m"),
        (Severity.P1, "15m", "4h", "2h"),
        (Severity.P2, "2h", "24h", "24h"),
        (Severity.P3, "24h", "168h", "168h"),
    ],
)
def test_severities_promise_what_the_table_says(
    policy: Policy, severity: Severity, ack: str, decide: str, update: str
) -> None:
    def length(text: str) -> timedelta:
        return timedelta(**{{"m": "minutes", "h": "hours"}[text[-1]]: int(text[:-1])})

    rule = policy.severities[severity]

    assert (rule.ack_within, rule.decide_within, rule.update_every) == (
        *(length(ack), length(decide)),
        length(update),
    )


def test_a_minor_or_a_public_figure_raises_to_p1(policy: Policy) -> None:
    table = policy.criteria_table()

    assert {"minor", "public-figure"} <= set(policy.affected) & set(table)
    assert suggested(Severity.P3, ["minor"], table) is Severity.P1
    assert suggested(Severity.P2, ["journalist"], table) is Severity.P2


def test_a_ladder_is_a_snapshot_of_people(policy: Policy) -> None:
    ladder = policy.ladder(LEGAL, Severity.P1)

    assert [step.targets for step in ladder.steps] == [
        ("U0PRIYA",),
        ("U0TOM",),
        ("U0PRIYA", "U0TOM", "U0JAMAL", "U0ELENA"),
    ]
    assert {step.wait for step in ladder.steps} == {timedelta(minutes=15)}
    assert ladder.rounds == 2
    assert Ladder.from_json(json.loads(json.dumps(ladder.to_json()))) == ladder


def test_a_teams_own_ladder_goes_before_the_default(policy: Policy) -> None:
    ladder = policy.ladder(CHILD_SAFETY, Severity.P0)

    assert ladder.rounds == 3
    assert ladder.steps[1].targets == ("U0INGRID", "U0SITI")
    assert ladder.steps[2].targets == ("U0INGRID", "U0SITI", "U0ROSA", "U0MEI", "U0AOIFE")
    assert policy.ladder(CHILD_SAFETY, Severity.P1).rounds == 2


def test_a_backup_step_is_left_out_where_there_is_no_backup(tmp_path: Path) -> None:
    policy = variant(
        tmp_path, 'on_call = ["@katrin", "@conor", "@shreya"]', 'on_call = ["@katrin"]'
    )

    assert [step.targets for step in policy.ladder(DPO, Severity.P3).steps] == [("U0KATRIN",)]


def test_every_ladder_reaches_somebody_at_every_step(policy: Policy) -> None:
    for team in policy.teams:
        for severity in Severity:
            ladder = policy.ladder(team, severity)
            assert ladder.steps
            assert all(step.targets for step in ladder.steps)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("legal", "legal"),
        ("Legal", "legal"),
        (" LEGAL ", "legal"),
        ("counsel", "legal"),
        ("law-enforcement response", "le-response"),
        ("LE_Response", "le-response"),
        ("press", "pr"),
        (" @Legal", "legal"),
    ],
)
def test_a_team_is_found_by_key_name_or_alias_in_any_case(
    policy: Policy, text: str, key: str
) -> None:
    assert policy.team(text).key == key


def test_an_unknown_team_gets_the_nearest_names(policy: Policy) -> None:
    with pytest.raises(NotFound) as refused:
        policy.team("lgeal")

    assert refused.value.what == "team"
    assert refused.value.named == "lgeal"
    assert "legal" in refused.value.nearest


def test_an_unknown_category_gets_the_nearest_keys(policy: Policy) -> None:
    with pytest.raises(NotFound) as refused:
        policy.proposed_teams("harasment", Severity.P1)

    assert refused.value.nearest == ("harassment",)


@pytest.mark.parametrize(
    ("user", "groups", "role"),
    [
        ("U0MEI", [], Role.ADMIN),
        ("U0AOIFE", [], Role.MANAGER),
        ("U0ELENA", [], Role.RESPONDER),
        ("U0ELENA", ["S0LEADS"], Role.MANAGER),
        ("U0BAO", ["S0TNS"], Role.MEMBER),
        ("U0BAO", ["S0OTHER"], Role.NOBODY),
        ("U0KIM", [], Role.NOBODY),
    ],
)
def test_a_person_has_the_highest_of_their_roles(
    policy: Policy, user: str, groups: list[str], role: Role
) -> None:
    assert policy.role_of(UserId(user), groups) is role


def test_a_manager_on_duty_is_a_manager_without_being_named(tmp_path: Path) -> None:
    policy = variant(tmp_path, '"@aoife", "usergroup:S0LEADS"', '"usergroup:S0LEADS"')

    assert policy.role_of(UserId("U0AOIFE"), []) is Role.MANAGER


def test_everyone_may_be_given_a_role(tmp_path: Path) -> None:
    policy = variant(tmp_path, '# everyone = "viewer"', 'everyone = "viewer"')

    assert policy.role_of(UserId("U0KIM"), []) is Role.VIEWER


def test_the_digests(policy: Policy) -> None:
    leadership, team = policy.digests

    assert (leadership.weekday, leadership.at) == (0, time(9, 0))
    assert leadership.zone == ZoneInfo("Asia/Singapore")
    assert leadership.channels == ("C0LEADERSHIP",)
    assert leadership.teams == ()
    assert team.teams == ("content-policy",)


def test_doctor_learns_of_everything_that_is_named(policy: Policy) -> None:
    assert set(policy.channel_ids) == {"C0ESCALATIONS", "C0LEADERSHIP", "C0TNSWEEKLY"}
    assert policy.channel_ids["C0ESCALATIONS"] == ("channel.fallback",)
    assert policy.user_ids["U0PRIYA"] == ("@priya",)
    assert set(policy.group_ids) == {"S0TNS", "S0LEADS"}


def test_the_digest_of_the_file_changes_with_it(policy: Policy, tmp_path: Path) -> None:
    other = variant(tmp_path, "rounds = 3", "rounds = 4")

    assert policy.source == "escalation.toml"
    assert len(policy.digest) == 12
    assert policy.digest != other.digest


def test_a_policy_cannot_be_changed(policy: Policy) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.source = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        policy.teams[LEGAL] = policy.teams[PR]  # type: ignore[index]


def test_everyone_in_the_policy_is_in_the_playgrounds_cast(policy: Policy) -> None:
    cast = json.loads((TOP / "bot" / "demo" / "workspace.json").read_text())
    people = {person["id"]: person for person in cast["people"]}

    assert set(policy.user_ids) <= {i for i, p in people.items() if not p.get("deleted")}
    assert set(policy.channel_ids) <= {channel["id"] for channel in cast["channels"]}
    assert set(policy.group_ids) <= {group["id"] for group in cast["groups"]}
    assert {person["tz"] for person in people.values()} <= available_timezones()
    for group in (*cast["groups"], *cast["channels"]):
        assert set(group["members"]) <= set(people)


def test_a_slack_select_can_hold_every_list(policy: Policy) -> None:
    lists = [policy.categories, policy.surfaces, policy.markets, policy.sources, policy.actions]

    assert all(len(choices) <= 100 for choices in lists)
