"""Looks up the weekly digest's content when it is sent, and again when it is edited."""

from datetime import datetime

from bot.domain.digests.digest_message import DigestArgs, DigestView
from bot.policy import Policy
from bot.services.access.identity import identify
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.digests.digest import planned_view
from bot.services.lookups import Lookups
from bot.services.people.person_messages import KEPT_OUT
from bot.store.database import Database
from bot.store.delivery.claims import ClaimOf

_NO_SCHEDULE = NothingToSay("the policy no longer has this digest")


def digest(
    db: Database, policy: Policy, claimed: ClaimOf[DigestArgs], now: datetime
) -> Content[DigestView]:
    args = claimed.args
    with db.reading() as tx:
        view = planned_view(tx, policy, claimed.workspace, args)
    if view is None:
        return _NO_SCHEDULE
    if args.channel:
        return MessageContent(view, channel=args.channel)
    reader = identify(db, policy, claimed.workspace, claimed.target or "", now)
    if reader is not None and reader.kept_out:
        return KEPT_OUT
    return MessageContent(view, person=claimed.target)


def digest_stands(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[DigestArgs], _now: datetime
) -> Content[DigestView]:
    view = planned_view(lookups.tx, policy, claimed.workspace, claimed.args)
    return MessageContent(view) if view else _NO_SCHEDULE
