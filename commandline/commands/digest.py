"""Print a weekly digest as text, or queue it for sending."""

import argparse
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.configuration.settings import SettingsError, read_settings
from bot.domain.act import Workspace, by_the_bot
from bot.domain.errors import BadInput, NotFound
from bot.policy import Policy, load
from bot.render.digests import digest_message as rendered
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.digests import digest
from bot.store.database import Database
from bot.store.people import people_and_groups
from commandline.database.existing_database import existing
from commandline.database.workspaces import workspaces
from commandline.terminal import plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", help="which digest of the policy (default: the first)")
    parser.add_argument("--send", action="store_true", help="send it to its usual recipients")


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Print or queue digests of the seven days up to now."""
    settings = read_settings(environment, slack_needed=False)
    policy = load(settings.policy_path)
    db = existing(settings.database_url)
    wording = Wording(policy, Templates())
    try:
        for workspace in workspaces(db) or [Workspace("-")]:
            act = by_the_bot(workspace, datetime.now(UTC))
            if arguments.send:
                name = digest.send_now(db, policy, act, arguments.key)
                print(f"'{name}' is in the outbox; a running bot sends it.")
                continue
            view = digest.preview(db, policy, act, arguments.key)
            message = rendered.digest(wording, view)
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
        known = people_and_groups.people(tx, workspace, ids)
    return {each: people_and_groups.name_of(known.get(each)) for each in ids}
