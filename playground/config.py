"""The configuration of one playground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.manifest import Manifest


@dataclass(frozen=True)
class PlaygroundConfig:
    """The tokens and secrets work in this stand-in only."""

    app_url: str | None = None
    """The app's request URL, for commands, interactivity and events alike. None: Socket Mode."""
    signing_secret: str = "decafbaddecafbaddecafbaddecafbad"
    bot_token: str = "xoxb-playground"
    app_token: str = "xapp-playground"
    manifest: Manifest = field(default_factory=Manifest)
    clock_file: Path | None = None
    workspace: Mapping[str, Any] | None = None
    """A workspace file's content: team, people, groups, channels."""
    allowed_hosts: frozenset[str] = frozenset()
    """Host names by which browsers may open the page, besides those of loopback."""
    retry_scale: float = 1.0
    """Factor for the waits before event retries: none, 1 minute and 5 minutes."""
    ack_deadline: float = 3.0
    trigger_lifetime: float = 3.0
    response_url_lifetime: float = 1800.0
