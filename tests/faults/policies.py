"""The shipped policy with other times, and with a crowd of extra teams."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_SHIPPED = ROOT / "escalation.toml"


def shipped(
    *, wait: str | None = None, rounds: int | None = None, crowd: int = 0, beside: int = 0
) -> str:
    """Return the shipped policy, with `wait` for each step and `rounds` for each ladder.

    `crowd` adds that many teams, `crowd-0` and so on. On call is U0FIRST0, the backup is U0SECOND0.
    A person gets one message a second, so a test of speed needs many people. A policy has at most
    100 teams. `beside` adds that many members to each crowd team, and a P3 pages them all.
    """
    text = _SHIPPED.read_text()
    if wait is not None:
        text = re.sub(r'wait = "\w+"', f'wait = "{wait}"', text)
    if rounds is not None:
        text = re.sub(r"^rounds = \d+", f"rounds = {rounds}", text, flags=re.MULTILINE)
    names = "".join(f'{person["name"]} = "{person["id"]}"\n' for person in people(crowd, beside))
    teams = "".join(_team(n, beside) for n in range(crowd))
    return text.replace("\n[people]\n", f"\n[people]\n{names}", 1) + teams


def _team(n: int, beside: int) -> str:
    text = f'\n[team.crowd-{n}]\nname = "Crowd {n}"\non_call = ["@first{n}", "@second{n}"]\n'
    if not beside:
        return text
    members = ", ".join(f'"@beside{n}-{one}"' for one in range(beside))
    steps = '[{ who = "everyone", wait = "1d" }]'
    return f"{text}members = [{members}]\n[team.crowd-{n}.ladder.P3]\nrounds = 1\nsteps = {steps}\n"


def people(crowd: int, beside: int = 0) -> list[dict[str, Any]]:
    """Return the people of the crowd's teams, as the workspace describes them."""
    return [
        {"id": f"U0{who.upper().replace('-', 'X')}", "name": who, "real_name": who.title()}
        for n in range(crowd)
        for who in (f"first{n}", f"second{n}", *(f"beside{n}-{one}" for one in range(beside)))
    ]
