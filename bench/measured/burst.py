"""Many incidents at one moment: when Slack has the last page, and how soon it could have it.

Slack takes one message a second for each person. The person with the most pages sets the floor: one
second for each page, and the call that takes the last. At the same time, the incidents' channels
are made, filled and pinned. This is part of the measurement, as it must not hold back a page.
(Slack's own limit is some twenty new channels a minute, so any caller needs 25 minutes for 500.
Pages do not wait for them.)
"""

import time
from datetime import UTC, datetime, timedelta

from bench.extent import Extent
from bench.figures import Figure
from bench.stage import seeding
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator, bot
from bench.stage.slack import CALL_SECONDS, Answered, Slack
from bot.store.database import Database

_MOST_SECONDS = 10.0
_PATIENCE = 120.0
_SOME_OTHER_DAY = timedelta(days=1)
_SOON = timedelta(seconds=2)


def measure(
    extent: Extent, _load: LoadGenerator, slack: Slack, databases: Databases
) -> list[Figure]:
    """Measure the time from due pages to the last accepted one.

    The pages are stored in advance and become due while the bot runs.
    """
    pages = extent.crowd * seeding.PAGED_EACH
    each = -(-pages // extent.crowd_people)
    floor = each - 1 + CALL_SECONDS
    group = (
        f"{extent.crowd} escalations × {seeding.PAGED_EACH} pages due at one moment, to "
        f"{extent.crowd_people} people: Slack permits it in {floor:.1f} s"
    )
    return [
        Figure(
            group,
            f"{LABEL[kind]}, {what}",
            seconds,
            "s",
            ratio=seconds / floor if what.startswith("last page") else None,
            against="what Slack permits" if what.startswith("last page") else "",
        )
        if not what.startswith("everybody")
        else Figure(group, f"{LABEL[kind]}, {what}", seconds, "s", goal=_MOST_SECONDS)
        for kind in KINDS
        for what, seconds in _reached(extent, slack, databases, kind, pages)
    ]


def _reached(
    extent: Extent, slack: Slack, databases: Databases, kind: str, pages: int
) -> list[tuple[str, float]]:
    rules = seeding.policy()
    with databases.fresh(kind) as url:
        db, now = Database(url), datetime.now(UTC)
        seeding.crowd(db, rules, extent.crowd, extent.crowd_people, now)
        seeding.due_at(db, now + _SOME_OTHER_DAY)
        slack.delay(0)
        slack.clear()
        with bot(url, slack.api_url):
            slack.until_introduced()
            slack.delay(CALL_SECONDS)
            begun = time.monotonic() + _SOON.total_seconds()
            seeding.due_at(db, datetime.now(UTC) + _SOON)
            db.close()
            log = slack.until(lambda log: len(_paged(log)) >= pages, _PATIENCE)
    paged = _paged(log)
    if len(paged) < pages:
        raise SystemExit(f"Only {len(paged)} of {pages} pages came ({LABEL[kind]}).")
    first: dict[str, float] = {}
    for call in paged:
        first.setdefault(call.channel, call.at)
    reached = max(first.values())
    last = max(call.at for call in paged)
    return [
        ("everybody has had their first page", max(reached - begun, CALL_SECONDS)),
        ("last page of all accepted", max(last - begun, CALL_SECONDS)),
    ]


def _paged(log: list[Answered]) -> list[Answered]:
    return sorted((call for call in log if call.is_page), key=lambda call: call.at)
