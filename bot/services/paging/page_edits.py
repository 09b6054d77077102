"""The deliveries for a page: to post it, to post it again, and to edit it."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.delivery.delivery_states import Priority
from bot.domain.ids import UserId, new_id
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import PageState
from bot.domain.paging.page_messages import PageArgs
from bot.services.addressing import personal
from bot.services.locked import LockedIncident
from bot.store.delivery.outbox import Outgoing
from bot.store.tables import Page


def page_wanted(
    locked: LockedIncident,
    page_id: str,
    target: UserId,
    late_since: datetime | None,
    wanted_since: datetime | None,
) -> Outgoing:
    """Post a page. `wanted_since`: it replaces one that Slack has not accepted since then."""
    return personal(
        DeliveryKind.PAGE,
        target,
        page_id,
        f"page:{page_id}",
        incident_id=locked.id,
        priority=Priority.PAGE,
        due_at=wanted_since,
        args=PageArgs(late_since=late_since),
    )


def page_again(page: Page) -> Outgoing:
    """Post a page again that was deleted in Slack, or that can no longer be edited there."""
    return personal(
        DeliveryKind.PAGE,
        page.target,
        page.id,
        f"page:{page.id}:after:{page.message_ts}",
        incident_id=page.incident_id,
        priority=Priority.PAGE,
    )


def page_changed(locked: LockedIncident, page: Page) -> Outgoing:
    """Have a sent page edited to what is true now."""
    drill = locked.incident.drill
    about = f"page-update:{page.id}"
    return personal(
        DeliveryKind.CANARY_UPDATE if drill else DeliveryKind.PAGE_UPDATE,
        page.target,
        page.id,
        f"{about}:{new_id(locked.act.now)}",
        incident_id=page.incident_id,
        priority=Priority.NOTICE,
        merge_key=about,
    )


def pages_changed(locked: LockedIncident, told: Iterable[Page]) -> list[Outgoing]:
    """Have all posted pages edited that still wait for an answer."""
    return [
        page_changed(locked, page)
        for page in told
        if page.state is PageState.WAITING and page.message_ts is not None
    ]
