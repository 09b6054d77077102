"""Follow-ups to edits that Slack refuses: a message may still show what is now restricted."""

from bot.domain.access.visibility import by_invitation
from bot.domain.act import Act
from bot.domain.ids import UserId, reference
from bot.domain.incidents.results import Beyond
from bot.domain.kinds import DeliveryKind
from bot.domain.people.person_messages import UneditedArgs
from bot.policy import Policy
from bot.services.delivery.results import Refusal
from bot.services.locked import LockedIncident
from bot.store.delivery import posted
from bot.store.delivery.claims import Claimed
from bot.store.incidents import incident_rows, timeline
from bot.store.transaction import Transaction

_NOT_THERE = "message_not_found"
"""Slack's code for a message that is gone: it shows nothing any more."""


def message_edit_rejected(
    tx: Transaction, _policy: Policy, act: Act, claimed: Claimed, refusal: Refusal
) -> None:
    row = posted.get_many(tx, [claimed.subject]).get(claimed.subject)
    if row is not None:
        person = UserId(row.target) if row.target else None
        channel = None if person else row.slack_channel
        not_edited(tx, act, claimed, Beyond(person, at=row.sent_at, channel=channel), refusal)


def not_edited(
    tx: Transaction, act: Act, claimed: Claimed, where: Beyond, refusal: Refusal
) -> None:
    """Tell the person who restricted an incident of a message that Slack does not let us edit,
    where it shows what is now restricted."""
    if refusal.code == _NOT_THERE:
        return
    incident = incident_rows.lock(tx, claimed.incident_id) if claimed.incident_id else None
    tightened = timeline.tightened(tx, incident.id) if incident is not None else None
    if incident is None or tightened is None or not by_invitation(incident.tier):
        return
    if where.at is None or where.at >= tightened.at:
        return
    locked = LockedIncident(tx, act, incident)
    locked.tell(
        DeliveryKind.UNEDITED,
        tightened.actor,
        locked.id,
        f"unedited:{claimed.subject}",
        args=UneditedArgs(
            about=reference(incident.number),
            person=where.person,
            channel=where.channel,
            posted_at=where.at,
            error=refusal.code,
        ),
    )
    locked.put_down()
