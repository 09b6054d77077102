"""Lists of incidents: `/escalate list` and `search`. Every title passes through `views.head_of`."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bot.domain.access.rights import Deed, may, require
from bot.domain.access.visibility import Place
from bot.domain.act import Act
from bot.domain.errors import BadInput
from bot.domain.ids import parse_reference, reference
from bot.domain.incidents.lifecycle import ENDED, State, parse_state, shown
from bot.domain.incidents.search_terms import retyped, sought
from bot.domain.incidents.severity import Severity, parse_severity
from bot.domain.incidents.views import Head, Listing, Older
from bot.domain.problems.names import NoSuchFilter
from bot.domain.problems.texts import NothingToSearch, SearchTooLong
from bot.policy import Policy
from bot.services import views
from bot.store.access import participants
from bot.store.database import Database
from bot.store.incidents import open_list
from bot.store.incidents import search as incidents_search
from bot.store.incidents.recently_ended import ended_ones
from bot.store.paging import pages
from bot.store.tables import Incident
from bot.store.transaction import Transaction

MOST_LISTED = 30
MOST_FOUND = 20
LONGEST_SEARCH = 200


def listing(db: Database, policy: Policy, act: Act, words: str) -> Listing:
    """Return open incidents: all, mine, a team's, overdue ones, of one severity or in one state;
    or the ended ones.
    """
    require(act, Deed.READ)
    about = " ".join(words.split())
    severity: Severity | None = None
    state: State | None = None
    team: str | None = None
    mine = False
    overdue_at: datetime | None = None
    match about.lower():
        case "" | "open":
            pass
        case "all":
            about = "open"
        case "mine" | "my":
            about, mine = "mine", True
        case "overdue" | "late":
            about, overdue_at = "overdue", act.now
        case "closed" | "ended":
            return _ended(db, act, "ended", ENDED)
        case filtered if filtered.startswith("team "):
            wanted = policy.team(about.partition(" ")[2])
            about, team = f"team {wanted.name}", wanted.key
        case _:
            state, severity = _state_or_severity(about)
            about = severity.value if severity else shown(state or "")
    if state in ENDED:
        return _ended(db, act, about, [state])
    with db.reading() as tx:
        waiting = pages.waiting_for(tx, act.workspace, act.user) if mine else []
        asked = frozenset(page.incident_id for page in waiting)
        rows, total = open_list.open_ones(
            tx,
            act.workspace,
            reader=act.user,
            limit=MOST_LISTED,
            state=state,
            severity=severity,
            mine=mine,
            asked=asked,
            team=team,
            overdue_at=overdue_at,
        )
        typed = f"team {team}" if team else (severity or about).lower()
        listing = _listing(tx, act, about or "open", rows, total)
        return replace(listing, filter=typed, asked=asked)


def _ended(db: Database, act: Act, about: str, states: Iterable[State]) -> Listing:
    with db.reading() as tx:
        rows, total = ended_ones(tx, act.workspace, states, limit=MOST_LISTED)
        return replace(_listing(tx, act, about, rows, total), ended=True)


def _state_or_severity(text: str) -> tuple[State | None, Severity | None]:
    with suppress(BadInput):
        return parse_state(text), None
    with suppress(BadInput):
        return None, parse_severity(text)
    raise BadInput("list", NoSuchFilter(text[:40]))


def search(db: Database, act: Act, words: str) -> Listing:
    """Find incidents by words and phrases; a leading `before ESC-n` finds only older ones."""
    require(act, Deed.READ)
    if len(words) > LONGEST_SEARCH:
        raise BadInput("search", SearchTooLong(LONGEST_SEARCH))
    wanted = sought(words)
    before = _before(wanted)
    wanted = wanted if before is None else wanted[2:]
    if not wanted:
        raise BadInput("search", NothingToSearch())
    with db.reading() as tx:
        found = incidents_search.search(tx, act.workspace, wanted, limit=MOST_FOUND, before=before)
        listing = _listing(tx, act, " ".join(words.split()), found.rows, len(found.rows))
    listing = replace(listing, searched=True)
    if found.older is None:
        return listing
    older = Older(reference(found.older), retyped(wanted), found.cut_short)
    return replace(listing, older=older)


def _before(words: Sequence[str]) -> int | None:
    """Return the number after `before`. Without a full reference, `before` is a search word."""
    if len(words) > 1 and words[0].lower() == "before" and words[1].upper().startswith("ESC-"):
        return parse_reference(words[1])
    return None


def _listing(
    tx: Transaction, act: Act, about: str, rows: Iterable[Incident], total: int
) -> Listing:
    heads = listed(tx, act, rows)
    return Listing(
        about=about,
        heads=tuple(heads),
        now=act.now,
        total=total,
        overdue_pages=overdue_in(tx, heads, act.now),
        may_open=may(act.role, Deed.OPEN),
    )


def overdue_in(tx: Transaction, heads: Iterable[Head], now: datetime) -> Mapping[str, int]:
    """Count each incident's overdue teams, where the list's reader may know of them."""
    return pages.count_overdue(tx, [head.id for head in heads if head.full and head.is_open], now)


def listed(tx: Transaction, act: Act, rows: Iterable[Incident]) -> list[Head]:
    """Return the heads of a list, as its reader may see them in a listing."""
    rows = list(rows)
    invited = participants.invited_to(tx, act.user, [row.id for row in rows])
    return [
        views.head_of(
            row,
            act,
            invited=[act.user] if row.id in invited else [],
            place=Place.LISTING,
        )
        for row in rows
    ]
