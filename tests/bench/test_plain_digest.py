"""What the digest is measured against does the same work: it says the same."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import col

from bench.baselines import plain_digest
from bench.stage import seeding
from bot.domain.access.visibility import Tier
from bot.domain.act import by_the_bot
from bot.render.digests import digest_message as rendering
from bot.render.message import Message
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.digests import digest
from bot.store.database import Database
from bot.store.tables import Incident, PagingRun
from tests.databases import on_both

pytestmark = on_both

RULES = seeding.policy()


def said(message: Message) -> list[str]:
    texts: list[str] = []
    for block in message.blocks:
        if block["type"] == "section":
            texts += [part["text"] for part in block.get("fields") or [block["text"]]]
    return [line for text in texts for line in text.split("\n")]


def ours(db: Database, now: datetime) -> list[str]:
    view = digest.preview(db, RULES, by_the_bot(seeding.WORKSPACE, now), None)
    return said(rendering.digest(Wording(RULES, Templates()), view))


def test_the_plain_digest_says_what_ours_says(db: Database) -> None:
    now = seeding.some_weeks(db, RULES, 60)
    with db.transaction() as tx:
        legal = update(PagingRun).where(col(PagingRun.team_key) == "legal")
        tx.execute(legal.values(acked_at=now - timedelta(minutes=3)))
        # Two that are open for longest, the one owned and the other not.
        oldest = select(col(Incident.id)).where(col(Incident.ended_at).is_(None))
        longest = tx.execute(oldest.order_by(col(Incident.opened_at)).limit(2)).scalars()
        for incident_id, owner in zip(longest, ("U0TOM", None), strict=True):
            hidden = {"tier": Tier.RESTRICTED, "owner": owner}
            tx.execute(update(Incident).where(col(Incident.id) == incident_id).values(hidden))
    told = plain_digest.lines(db, RULES, seeding.WORKSPACE.team_id, now)
    assert told == ours(db, now)
    assert not any("U0TOM" in line for line in told)
    assert any("nine in ten within" in line for line in told)
