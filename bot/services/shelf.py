"""The rows that a batch of deliveries speaks of: one snapshot, each read once."""

from collections.abc import Iterable

from bot.domain.duework import DeliveryKind
from bot.services.case import OF_A_DRILL
from bot.store import incidents, pages
from bot.store.claims import Claimed
from bot.store.tables import Incident, Page, PagingRun
from bot.store.transaction import Transaction

_ABOUT_A_PAGE = (DeliveryKind.PAGE, DeliveryKind.PAGE_UPDATE, *OF_A_DRILL)


class Shelf:
    """Pages, runs and incidents by their ids.

    Incidents, and who is in them, are read when asked for where nobody foresaw it. Forty pages of
    one moment take four statements, not a hundred and sixty.
    """

    def __init__(self, tx: Transaction, batch: Iterable[Claimed]) -> None:
        self.tx = tx
        claimed = list(batch)
        self._pages = pages.get_many(tx, _subjects(claimed, *_ABOUT_A_PAGE))
        runs = {page.run_id for page in self._pages.values()}
        self._runs = pages.runs(tx, runs | _subjects(claimed, DeliveryKind.EXHAUSTED))
        about = {one.incident_id for one in claimed if one.incident_id is not None}
        self._incidents = incidents.get_many(tx, about)
        # Only who is in a restricted incident may read its title, so it is asked for every person.
        told = {one.incident_id for one in claimed if one.incident_id and one.target}
        self._participants = incidents.participants_of(tx, told)

    def page(self, page_id: str) -> Page | None:
        return self._pages.get(page_id)

    def run(self, run_id: str) -> PagingRun | None:
        return self._runs.get(run_id)

    def incident(self, incident_id: str) -> Incident | None:
        found = self._incidents.get(incident_id)
        return found or incidents.get(self.tx, incident_id)

    def participants(self, incident_id: str) -> list[str]:
        if incident_id not in self._participants:
            return incidents.participants(self.tx, incident_id)
        return self._participants[incident_id]


def _subjects(batch: Iterable[Claimed], *kinds: DeliveryKind) -> set[str]:
    return {one.subject for one in batch if one.kind in kinds}
