"""The digest in a terminal: people by their names, times as text, and no id."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.ids import UserId
from bot.policy import Policy
from bot.services.followups.tasks import add_task
from bot.store.database import Database
from commandline.main import main
from commandline.terminal import plain
from tests.commandline.examining import ROOT
from tests.factories import an_act, an_incident, people


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ("<@U0MEI> and <@U0MEI|mei>", "Mei Tan and Mei Tan"),
        (
            "due <!date^1^{time} {date_short_pretty}|1970-01-01 00:00 UTC>",
            "due 1970-01-01 00:00 UTC",
        ),
        ("<#C0X|general>, <#C0X>", "#general, a channel"),
        (
            "<https://a.example|the post> <https://b.example>",
            "the post (https://a.example) https://b.example",
        ),
        (":large_orange_circle: *ESC-1* is _new_", "ESC-1 is new"),
        ("2 * 3 * 4, a_b_c and **", "2 * 3 * 4, a_b_c and **"),
        ("&lt;@U0MEI&gt; &amp; :smile:", "<@U0MEI> & :smile:"),
    ],
)
def test_what_only_slack_turns_into_text_is_text(mark: str, text: str) -> None:
    block: dict[str, object] = {"type": "section", "text": {"type": "mrkdwn", "text": mark}}
    assert plain([block], lambda ids: dict.fromkeys(ids, "Mei Tan")) == text


def test_people_are_named_and_one_without_a_name_is_called_that(
    policy: Policy, sqlite: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    db = Database(sqlite)
    people(db, policy, U0PRIYA={"real_name": "Priya Nair"}, U0TOM={"name": ""})
    yesterday = datetime.now(UTC) - timedelta(days=1)
    opened = an_incident(db, policy, an_act(now=yesterday))
    for owner in ("U0PRIYA", "U0TOM"):
        due = yesterday + timedelta(hours=1)
        add_task(
            db,
            policy,
            an_act(now=yesterday),
            opened.head.id,
            assignee=UserId(owner),
            text="Draft it",
            due_at=due,
        )
    db.close()
    monkeypatch.setenv("DATABASE_URL", sqlite)
    monkeypatch.setenv("ESCALATION_POLICY", str(ROOT / "escalation.toml"))
    assert main(["digest"]) == 0
    printed = capsys.readouterr().out
    assert "Priya Nair" in printed
    assert "someone without a name" in printed
    assert not re.search(r"U0[A-Z]+|<[@!#]", printed), printed
    assert "1 opened\n" in printed, "no stars around it"
    assert "*" not in printed
    assert "shown only to you" not in printed


@pytest.mark.parametrize(
    ("opened", "said"),
    [
        (1, "1 escalation matches its timeline, and none is missing."),
        (2, "2 escalations match their timelines, and none is missing."),
    ],
)
def test_verify_counts_in_words_that_agree(
    policy: Policy,
    sqlite: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    opened: int,
    said: str,
) -> None:
    db = Database(sqlite)
    for _ in range(opened):
        an_incident(db, policy)
    db.close()
    monkeypatch.setenv("DATABASE_URL", sqlite)
    assert main(["verify"]) == 0
    assert capsys.readouterr().out.strip() == said
