"""One view and what renders it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot.render.message import Message
from bot.render.wording import Wording

Rendered = Message | dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One view and what renders it; tests change the view and render it again."""

    render: Callable[[Wording, Any], Rendered]
    view: Any

    def __call__(self, wording: Wording) -> Rendered:
        return self.render(wording, self.view)


def payload(rendered: Rendered) -> dict[str, Any]:
    """As Slack gets it."""
    return asdict(rendered) if isinstance(rendered, Message) else rendered
