"""A real PgBouncer before this process's PostgreSQL. A server connection serves one transaction."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from playground.web.ports import reserved
from tests.databases import server_user
from tests.waiting import eventually

_CONFIG = """
[databases]
tocsin = host={host} port={port} dbname={name} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listens}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
logfile = {folder}/pgbouncer.log
"""


@asynccontextmanager
async def pooled(program: str, url: str) -> AsyncIterator[str]:
    """Yield the address of a database behind a pooler, without the option that says so."""
    direct = make_url(url)
    with tempfile.TemporaryDirectory() as folder, reserved() as listens:
        config = _configured(Path(folder), direct, listens)
        user = server_user() if os.getuid() == 0 else None
        process = await asyncio.create_subprocess_exec(program, "-q", str(config), user=user)
        through = f"postgresql://{direct.username}@127.0.0.1:{listens}/tocsin"
        try:
            await eventually(lambda: _answers(through), "PgBouncer does not answer")
            yield through
        finally:
            process.terminate()
            await process.wait()


def _configured(folder: Path, direct: URL, listens: int) -> Path:
    config = folder / "pgbouncer.ini"
    config.write_text(
        _CONFIG.format(
            host=direct.query.get("host") or direct.host,
            port=direct.port or 5432,
            name=direct.database,
            user=direct.username,
            listens=listens,
            folder=folder,
        )
    )
    # If we are root, it runs as another user.
    folder.chmod(0o777)
    config.chmod(0o644)
    return config


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
