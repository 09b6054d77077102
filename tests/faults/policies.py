"""The shipped policy with other times, for ladders that are climbed within seconds."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SHIPPED = ROOT / "escalation.toml"


def shipped(*, wait: str | None = None, rounds: int | None = None) -> str:
    """Return the shipped policy; `wait` for each step of each ladder, `rounds` of each."""
    text = _SHIPPED.read_text()
    if wait is not None:
        text = re.sub(r'wait = "\w+"', f'wait = "{wait}"', text)
    if rounds is not None:
        text = re.sub(r"^rounds = \d+", f"rounds = {rounds}", text, flags=re.MULTILINE)
    return text
