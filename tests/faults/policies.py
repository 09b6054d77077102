"""The shipped policy with other times, and with a crowd of teams of its own."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_SHIPPED = ROOT / "escalation.toml"


def shipped(*, wait: str | None = None, rounds: int | None = None, crowd: int = 0) -> str:
    """Return the shipped policy; `wait` for each step of each ladder, `rounds` of each.

    `crowd` adds as many teams, `crowd-0` and so on: on call is U0FIRST0, the backup U0SECOND0.
    A person's messages come one a second: what has to be fast goes to many people.
    """
    text = _SHIPPED.read_text()
    if wait is not None:
        text = re.sub(r'wait = "\w+"', f'wait = "{wait}"', text)
    if rounds is not None:
        text = re.sub(r"^rounds = \d+", f"rounds = {rounds}", text, flags=re.MULTILINE)
    names = "".join(f'{person["name"]} = "{person["id"]}"\n' for person in people(crowd))
    teams = "".join(
        f'\n[team.crowd-{n}]\nname = "Crowd {n}"\non_call = ["@first{n}", "@second{n}"]\n'
        for n in range(crowd)
    )
    return text.replace("\n[people]\n", f"\n[people]\n{names}", 1) + teams


def people(crowd: int) -> list[dict[str, Any]]:
    """Return the people of the crowd's teams, as the workspace describes them."""
    return [
        {"id": f"U0{who.upper()}{n}", "name": f"{who}{n}", "real_name": f"{who.title()} {n}"}
        for n in range(crowd)
        for who in ("first", "second")
    ]
