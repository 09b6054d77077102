"""What each deed takes, written down a second time: by hand, so that a slip in the table shows."""

import pytest

from bot.domain.access.rights import Deed, may, require
from bot.domain.act import Role
from bot.domain.errors import NotPermitted
from tests.factories import an_act

LEAST = {
    Role.VIEWER: {
        Deed.READ,
        Deed.REQUEST_ACCESS,
        Deed.ACKNOWLEDGE,
        Deed.HAND_OVER,
        Deed.FINISH,
    },
    Role.MEMBER: {Deed.OPEN, Deed.NOTE, Deed.REMIND, Deed.PAGE, Deed.RAISE},
    Role.RESPONDER: {
        Deed.UPDATE,
        Deed.CORRECT,
        Deed.TASK,
        Deed.DECIDE,
        Deed.INVITE,
        Deed.LOWER,
        Deed.END,
    },
    Role.MANAGER: {Deed.DIGEST},
}
ROLES = {deed: role for role, deeds in LEAST.items() for deed in deeds}


def test_every_deed_has_its_least_role() -> None:
    assert set(ROLES) == set(Deed)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_its_own_and_the_lower_ones_may(role: Role, deed: Deed) -> None:
    allowed = role >= ROLES[deed]
    assert may(role, deed) is allowed
    if allowed:
        require(an_act(role=role), deed)
        return
    with pytest.raises(NotPermitted) as refused:
        require(an_act(role=role), deed)
    assert (refused.value.needed, refused.value.has) == (ROLES[deed].word, role.word)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", Role)
def test_whoever_belongs_to_it_may_what_a_responder_may(role: Role, deed: Deed) -> None:
    """But no guest, and nothing that is about no escalation."""
    raised = role if role is Role.NOBODY or deed in (Deed.OPEN, Deed.DIGEST) else Role.RESPONDER
    assert may(role, deed, belongs=True) is (max(role, raised) >= ROLES[deed])
