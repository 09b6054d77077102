"""The category of what a command opens: the policy names it, and the code no category at all."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import PolicyError
from bot.domain.incidents.severity import Severity
from bot.policy import load
from handlers.verbs.opening_verb import draft_of

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "escalation.toml").read_text(encoding="utf-8")
WITHOUT = re.sub(r"(?ms)^\[category\.other\].*?(?=^\[|^# ──)", "", SHIPPED)


def policy_of(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_other_serves_where_none_is_named() -> None:
    assert load(ROOT / "escalation.toml").default_category == "other"


def test_a_policy_without_it_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="there is no category 'other'") as refused:
        load(policy_of(tmp_path, WITHOUT))
    assert "default_category = " in str(refused.value)


def test_a_category_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="did you mean 'harassment'"):
        load(policy_of(tmp_path, f'default_category = "harasment"\n{SHIPPED}'))


def test_another_one_may_be_named_and_is_what_commands_open(tmp_path: Path) -> None:
    policy = load(policy_of(tmp_path, f'default_category = "harassment"\n{WITHOUT}'))
    draft = draft_of(policy, Severity.P1, "Pile-on", "")
    assert draft is not None
    assert draft.category == "harassment"
    assert draft_of(replace(policy), Severity.P3, "x", "") is not None
