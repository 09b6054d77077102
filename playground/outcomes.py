"""What became of something a person did, for the page and for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from playground.state.records import Delivery, Message

#: What a person put into one input: text, an option's value, an id, a date, or several of them.
Choice: TypeAlias = str | list[str] | None

#: block_id → action_id → what the person put in.
FormValues: TypeAlias = dict[str, dict[str, Choice]]

#: The same, to read from.
Filled: TypeAlias = Mapping[str, Mapping[str, Choice]]


@dataclass(frozen=True)
class Outcome:
    """`ok` is False when the person was shown why it did not work (`error` says it in a word)."""

    ok: bool
    error: str | None = None
    delivery: Delivery | None = None
    message: Message | None = None

    @property
    def answer(self) -> Any:
        """The body of the app's acknowledgement."""
        return None if self.delivery is None else self.delivery.answer


@dataclass(frozen=True)
class Submitted:
    """The fate of a submitted view: `errors` by block_id keep it open."""

    ok: bool
    errors: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    delivery: Delivery | None = None
