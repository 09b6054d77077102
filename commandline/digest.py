"""Print a weekly digest as text, or queue it for sending."""

import argparse
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.domain.act import Workspace, by_the_bot
from bot.domain.errors import BadInput, NotFound
from bot.policy import Policy, load
from bot.render import digest as rendered
from bot.render.desk import Desk
from bot.render.words import Words
from bot.services import digests
from bot.settings import SettingsError, read_settings
from bot.store import people
from bot.store.database import Database
from commandline.existing import existing
from commandline.terminal import plain
from commandline.workspaces import workspaces


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", help="which digest of the policy (default: the first)")
    parser.add_argument("--send", action="store_true", help="send it to its usual recipients")


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Account for the seven days up to now."""
    settings = read_settings(environment, slack_needed=False)
    policy = load(settings.policy_path)
    db = existing(settings.database_url)
    desk = Desk(policy, Words())
    try:
        for workspace in workspaces(db) or [Workspace("-")]:
            act = by_the_bot(workspace, datetime.now(UTC))
            if arguments.send:
                name = digests.send_now(db, policy, act, arguments.key)
                print(f"'{name}' is in the outbox; a running bot sends it.")
                continue
            view = digests.preview(db, policy, act, arguments.key)
            message = rendered.digest(desk, view.name, view.figures, preview=True)
            print(plain(message.blocks, partial(_names, db, workspace)))
        return 0
    except (NotFound, BadInput):
        said = _no_such_digest(policy, arguments.key, settings.policy_path)
        raise SettingsError(said) from None
    finally:
        db.close()


def _no_such_digest(policy: Policy, key: str | None, path: Path) -> str:
    known = ", ".join(rule.key for rule in policy.digests)
    if not known:
        return f"{path} has no digest: add a [[digest]] table to it."
    return f"{path} has no digest '{key}'. It has: {known}."


def _names(db: Database, workspace: Workspace, ids: Collection[str]) -> dict[str, str]:
    with db.reading() as tx:
        known = people.people(tx, workspace, ids)
    return {each: people.name_of(known.get(each)) for each in ids}
