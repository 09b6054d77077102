"""The one app that is installed in the workspace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class InstalledApp:
    user_id: str
    """The bot user, as which the app posts and joins channels."""
    name: str
    bot_token: str
    app_token: str
    app_id: str = "A00000001"
    bot_id: str = "B00000001"
    revoked: bool = False
