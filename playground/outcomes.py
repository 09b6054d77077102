"""The outcomes of a person's actions, for the page and for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from playground.state.records import Delivery, Message

#: A person's entry in one input: text, an option's value, an id, a date, or a list of these.
Choice: TypeAlias = str | list[str] | None

#: block_id → action_id → the person's entry.
FormValues: TypeAlias = dict[str, dict[str, Choice]]

#: The same, read-only.
Filled: TypeAlias = Mapping[str, Mapping[str, Choice]]


@dataclass(frozen=True)
class Outcome:
    """`ok` is False if the action failed and the person saw why. `error` is the code."""

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
    """The outcome of a submitted view. `errors`, by block_id, keep it open."""

    ok: bool
    errors: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    delivery: Delivery | None = None
