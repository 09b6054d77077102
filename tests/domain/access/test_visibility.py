"""Who may see what: the whole table, written out."""

from itertools import product

import pytest

from bot.domain.access.visibility import TIERS, Place, Sight, Tier, TierRule, sight
from bot.domain.act import Role

FULL, CODENAME, NOTHING = Sight.FULL, Sight.CODENAME, Sight.NOTHING
CHANNEL, PERSONAL = Place.INCIDENT_CHANNEL, Place.PERSONAL
LISTING, BROADCAST, OUTSIDE = Place.LISTING, Place.BROADCAST, Place.OUTSIDE

# (tier, place, invited) → what nobody, and what anyone with a role sees.
EXPECTED: dict[tuple[Tier, Place, bool], tuple[Sight, Sight]] = {
    (Tier.STANDARD, CHANNEL, False): (FULL, FULL),
    (Tier.STANDARD, CHANNEL, True): (FULL, FULL),
    (Tier.STANDARD, PERSONAL, False): (NOTHING, FULL),
    (Tier.STANDARD, PERSONAL, True): (FULL, FULL),
    (Tier.STANDARD, LISTING, False): (NOTHING, FULL),
    (Tier.STANDARD, LISTING, True): (FULL, FULL),
    (Tier.STANDARD, BROADCAST, False): (FULL, FULL),
    (Tier.STANDARD, BROADCAST, True): (FULL, FULL),
    (Tier.STANDARD, OUTSIDE, False): (FULL, FULL),
    (Tier.STANDARD, OUTSIDE, True): (FULL, FULL),
    (Tier.RESTRICTED, CHANNEL, False): (FULL, FULL),
    (Tier.RESTRICTED, CHANNEL, True): (FULL, FULL),
    (Tier.RESTRICTED, PERSONAL, False): (NOTHING, CODENAME),
    (Tier.RESTRICTED, PERSONAL, True): (FULL, FULL),
    (Tier.RESTRICTED, LISTING, False): (NOTHING, CODENAME),
    (Tier.RESTRICTED, LISTING, True): (CODENAME, CODENAME),
    (Tier.RESTRICTED, BROADCAST, False): (CODENAME, CODENAME),
    (Tier.RESTRICTED, BROADCAST, True): (CODENAME, CODENAME),
    (Tier.RESTRICTED, OUTSIDE, False): (CODENAME, CODENAME),
    (Tier.RESTRICTED, OUTSIDE, True): (CODENAME, CODENAME),
}


@pytest.mark.parametrize(
    ("tier", "place", "invited", "role"), list(product(Tier, Place, [False, True], Role))
)
def test_the_table(tier: Tier, place: Place, invited: bool, role: Role) -> None:
    nobody, with_a_role = EXPECTED[tier, place, invited]
    others = {"U0OTHER"}

    found = sight(
        tier, place, reader="U0ANN", role=role, invited=others | ({"U0ANN"} if invited else set())
    )

    assert found is (nobody if role is Role.NOBODY else with_a_role)


@pytest.mark.parametrize(("tier", "role"), list(product(Tier, Role)))
def test_who_is_kept_out_sees_nothing_whatever_the_invitation_of_earlier(
    tier: Tier, role: Role
) -> None:
    for place in (PERSONAL, LISTING):
        found = sight(tier, place, reader="U0ANN", role=role, invited={"U0ANN"}, kept_out=True)
        assert found is NOTHING


def test_every_tier_has_a_rule() -> None:
    assert set(TIERS) == set(Tier)


@pytest.mark.parametrize(("place", "role"), list(product([LISTING, BROADCAST, OUTSIDE], Role)))
def test_no_role_opens_the_words_of_a_restricted_one_in_a_list_or_a_broadcast(
    place: Place, role: Role
) -> None:
    for invited in (set(), {"U0ANN"}):
        assert sight(Tier.RESTRICTED, place, reader="U0ANN", role=role, invited=invited) is not FULL


def test_not_even_an_admin_reads_a_restricted_one_without_an_invitation() -> None:
    found = sight(Tier.RESTRICTED, PERSONAL, reader="U0ANN", role=Role.ADMIN, invited=())

    assert found is CODENAME


@pytest.mark.parametrize("place", [Place.LISTING, Place.PERSONAL])
def test_words_that_may_not_stand_in_a_place_do_not_though_everyone_may_read_them(
    monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    rule = TierRule(frozenset({Place.PERSONAL}), by_invitation=False, least_role=Role.VIEWER)
    monkeypatch.setitem(TIERS, Tier.STANDARD, rule)
    seen = sight(Tier.STANDARD, place, reader="U1", role=Role.ADMIN, invited=())
    assert seen is (Sight.FULL if place in rule.titles_in else Sight.CODENAME)
