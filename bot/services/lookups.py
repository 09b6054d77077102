"""The rows that a batch of deliveries is about: one snapshot, with each row read once."""

from collections.abc import Iterable, Set

from bot.domain.act import Workspace
from bot.domain.kinds import OF_A_DRILL, DeliveryKind
from bot.domain.paging.ladders import Ladder
from bot.services.paging.page_views import Around, depends_on_others
from bot.store.access import participants as access_participants
from bot.store.delivery import posted
from bot.store.delivery.claims import Claimed
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables import Delivery, Incident, Page, PagingRun
from bot.store.transaction import Transaction

_ABOUT_A_PAGE = (DeliveryKind.PAGE, DeliveryKind.PAGE_UPDATE, *OF_A_DRILL)


class Lookups:
    """Pages, runs and incidents by their ids, and the readers who are kept out by now.

    Incidents and their participants are read on demand if the batch did not name them. Forty pages
    at once take five statements, not two hundred.
    """

    def __init__(self, tx: Transaction, batch: Iterable[Claimed]) -> None:
        self.tx = tx
        claimed = list(batch)
        self._posted = posted.get_many(tx, _subjects(claimed, DeliveryKind.MESSAGE_EDIT))
        self._pages = pages.get_many(tx, _subjects(claimed, *_ABOUT_A_PAGE))
        runs = {page.run_id for page in self._pages.values()}
        self._runs = pages.runs(tx, runs | _subjects(claimed, DeliveryKind.EXHAUSTED))
        about = {one.incident_id for one in claimed if one.incident_id is not None}
        self._incidents = incident_rows.get_many(tx, about)
        # Only people in a restricted incident may read its title, so every message needs this.
        told = {one.incident_id for one in claimed if one.incident_id and one.target}
        self._participants = access_participants.participants_of(tx, told)
        self._kept_out: dict[tuple[Workspace, str], bool] = {}
        for workspace in {one.workspace for one in claimed if one.target}:
            ours = {one.target for one in claimed if one.target and one.workspace == workspace}
            self._ask_who_is_kept_out(workspace, ours | self._on_ladders(workspace))

    def posted(self, delivery_id: str) -> Delivery | None:
        """Return the delivery that posted the message to be edited."""
        return self._posted.get(delivery_id)

    def place_of(self, claimed: Claimed) -> tuple[str | None, str | None]:
        """Return the channel of a posted message, and its name there; None if it is not posted."""
        row = self.posted(claimed.id)
        return (None, None) if row is None else (row.slack_channel, row.slack_ts)

    def reader_in(self, workspace: Workspace, channel: str | None) -> str | None:
        """Return the person whose direct messages a channel holds; None if it is not known."""
        known = people_and_groups.of_direct_messages(self.tx, workspace, [channel or ""])
        return known.get(channel or "")

    def page(self, page_id: str) -> Page | None:
        return self._pages.get(page_id) or pages.page(self.tx, page_id)

    def run(self, run_id: str) -> PagingRun | None:
        return self._runs.get(run_id) or pages.run(self.tx, run_id)

    def _on_ladders(self, workspace: Workspace) -> set[str]:
        return {
            target
            for run in self._runs.values()
            if run.team_id == workspace.team_id
            for step in Ladder.from_json(run.ladder).steps
            for target in step.targets
        }

    def around(self, page: Page, run: PagingRun) -> Around:
        """Return the other facts that a page's words depend on."""
        workspace = Workspace(run.team_id, run.enterprise_id)
        steps = Ladder.from_json(run.ladder).steps
        gone = [
            target for step in steps for target in step.targets if self.kept_out(workspace, target)
        ]
        told = pages.pages_of_run(self.tx, run.id) if depends_on_others(page, run) else ()
        return Around(told, gone)

    def incident(self, incident_id: str) -> Incident | None:
        found = self._incidents.get(incident_id)
        return found or incident_rows.get(self.tx, incident_id)

    def participants(self, incident_id: str) -> list[str]:
        if incident_id not in self._participants:
            return access_participants.participants(self.tx, incident_id)
        return self._participants[incident_id]

    def kept_out(self, workspace: Workspace, user: str) -> bool:
        """Tell whether a person is a guest, from another organisation, deactivated or a bot."""
        if (workspace, user) not in self._kept_out:
            self._ask_who_is_kept_out(workspace, {user})
        return self._kept_out[workspace, user]

    def _ask_who_is_kept_out(self, workspace: Workspace, users: Set[str]) -> None:
        found = people_and_groups.gone(self.tx, workspace, users)
        self._kept_out.update({(workspace, user): user in found for user in users})


def _subjects(batch: Iterable[Claimed], *kinds: DeliveryKind) -> set[str]:
    return {one.subject for one in batch if one.kind in kinds}
