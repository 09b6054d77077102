"""A question about access passes from a person who can't answer it to the next."""

from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.access import manual_joins
from bot.services.channels import channel
from bot.store.database import Database
from tests.databases import on_both
from tests.factories import MEI, an_act, an_incident, people
from tests.services import scene

pytestmark = on_both

AOIFE = UserId("U0AOIFE")


def test_a_manager_who_leaves_the_channel_is_not_asked_again(db: Database, policy: Policy) -> None:
    """They could still answer: a manager on duty reads it without being in the channel."""
    people(db, policy, U0GUS={"is_restricted": True})
    opened = an_incident(db, policy, teams=()).head.id
    with db.transaction() as tx:
        channel.channel_made(tx, an_act(), opened, "C0ESC1", "esc-1")
    manual_joins.joined(db, policy, an_act("bot"), opened, "U0GUS", MEI)
    manual_joins.left(db, policy, an_act("bot", minutes=1), opened, MEI)
    asked = [row.target for row in scene.outgoing_rows(db, DeliveryKind.ACCESS_REQUEST)]
    assert asked == [MEI, AOIFE]
