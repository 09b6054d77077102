"""One view and the function that renders it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot.render.message import Message
from bot.render.wording import Wording

Rendered = Message | dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One view and the function that renders it. Tests change the view and render it again."""

    render: Callable[[Wording, Any], Rendered]
    view: Any

    def __call__(self, wording: Wording) -> Rendered:
        return self.render(wording, self.view)


def payload(rendered: Rendered) -> dict[str, Any]:
    """Return the payload as Slack gets it."""
    return asdict(rendered) if isinstance(rendered, Message) else rendered
