"""The checks of text readers, for Hypothesis and for the coverage-guided fuzzer.

Each takes any input. It fails if a reader raises an exception that is no message for a person, or
returns a value that it promised not to return.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.errors import PolicyError, Refused
from bot.domain.ids import UserId, parse_reference, reference
from bot.domain.incidents.lifecycle import parse_state
from bot.domain.incidents.severity import Severity, parse_severity
from bot.domain.times.durations import LONGEST, humane, parse_duration
from bot.domain.times.points import parse_when
from bot.policy import Policy, load
from bot.render.incidents import answers
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from handlers.forms.subjects import incident_in, snooze_in, typed_in
from handlers.typed.line import Typed, read
from handlers.typed.severities import opening_words, severity_first
from handlers.typed.words import (
    number_first,
    person_first,
    plain,
    reference_first,
    state_first,
    team_first,
)
from handlers.unclear.misunderstood import nearest_verbs
from slack_rules import check_message

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "escalation.toml"
NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
ZONES = tuple(map(ZoneInfo, ("UTC", "Europe/Dublin", "Pacific/Apia", "Asia/Kathmandu")))
ME = UserId("U0ME")
_LOCATED = re.compile(r"line \d+(, .+?)?: ?\S", re.DOTALL)


class CommandLine:
    """Everything that reads the text after `/escalate`."""

    def __init__(self) -> None:
        self.wording = Wording(load(SHIPPED), Templates())

    def check(self, text: str) -> None:
        typed = self._asked(read, text) or Typed(None, "", "", None)
        assert len(plain(text)) <= len(text) + text.count("<")
        assert len(nearest_verbs(typed.word[:50])) <= 3
        for part in (text, typed.words):
            self._readers(part)

    def _readers(self, text: str) -> None:
        for first in (reference_first, number_first, state_first):
            self._asked(first, text)
        self._asked(person_first, text, ME)
        self._asked(severity_first, self.wording.policy, text)
        words = opening_words(self.wording.policy, text, Severity.P2)
        assert words.severity is None or not words.meant
        self._asked(team_first, self.wording.policy, text)
        for read_subject in (snooze_in, typed_in, incident_in):
            self._asked(read_subject, text)
        number = self._asked(parse_reference, text)
        assert number is None or parse_reference(reference(number)) == number
        severity = self._asked(parse_severity, text)
        assert severity is None or severity in Severity
        state = self._asked(parse_state, text)
        assert state is None or parse_state(state.key) is state
        self._times(text)

    def _times(self, text: str) -> None:
        length = self._asked(parse_duration, text)
        if length is not None:
            assert timedelta(0) < length <= LONGEST
            assert humane(length)
        for zone in ZONES:
            found = self._asked(parse_when, text, NOW, zone)
            if found is not None:
                moment, rest = found
                assert NOW < moment < NOW + 2 * LONGEST
                assert moment.tzinfo is UTC
                assert text.rstrip().endswith(rest)

    def _asked(self, reader: Callable[..., Any], *given: Any) -> Any:
        """Return the value that was read, or None for a refusal with a message for a person."""
        try:
            return reader(*given)
        except Refused as refused:
            refusal = refused
        said = answers.refused(self.wording, refusal)
        assert said.text.strip()
        assert check_message({"text": said.text, "blocks": said.blocks}) == []
        assert answers.refusal_plain(self.wording, refusal).strip()
        return None


class PolicyFile:
    """A policy file of any bytes: a working policy, or its mistakes by line."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "policy.toml"

    def check(self, raw: bytes) -> Policy | None:
        """Return the policy if it is one."""
        self.path.write_bytes(raw)
        try:
            policy = load(self.path)
        except PolicyError as error:
            mistakes = str(error)
        else:
            self._works(policy)
            return policy
        for line in mistakes.split(f"{self.path}, ")[1:] or [mistakes]:
            assert _LOCATED.match(line), mistakes
        return None

    @staticmethod
    def _works(policy: Policy) -> None:
        for severity in Severity:
            for team in policy.teams:
                assert policy.ladder(team, severity).steps
            for category in policy.categories:
                assert set(policy.proposed_teams(category, severity)) <= set(policy.teams)
