"""One view and what renders it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot.render.desk import Desk
from bot.render.message import Message

Rendered = Message | dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One view and what renders it; tests change the view and render it again."""

    render: Callable[[Desk, Any], Rendered]
    view: Any

    def __call__(self, desk: Desk) -> Rendered:
        return self.render(desk, self.view)


def payload(rendered: Rendered) -> dict[str, Any]:
    """As Slack gets it."""
    return asdict(rendered) if isinstance(rendered, Message) else rendered
