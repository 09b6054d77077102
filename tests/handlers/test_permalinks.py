"""A message's address, made without a call to Slack."""

import pytest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.links import ANYWHERE, permalink

OURS = AuthorizeResult(enterprise_id=None, team_id="T1", url="https://harbour.slack.example/")
BASE = "https://harbour.slack.example/archives/C1/p17"


@pytest.mark.parametrize(
    ("thread_ts", "link"),
    [(None, BASE), ("1.7", BASE), ("1.5", f"{BASE}?thread_ts=1.5&cid=C1")],
    ids=["alone", "begins a thread", "in a thread"],
)
def test_only_an_answer_in_a_thread_names_the_thread(thread_ts: str | None, link: str) -> None:
    context = AsyncBoltContext({"authorize_result": OURS})
    assert permalink(context, "C1", "1.7", thread_ts) == link


@pytest.mark.parametrize(
    ("ours", "team"), [(None, "T2"), (AuthorizeResult(enterprise_id=None, team_id="T1"), "T1")]
)
def test_where_slack_does_not_tell_its_address_the_link_leads_there_by_ids(
    ours: AuthorizeResult | None, team: str
) -> None:
    context = AsyncBoltContext({"authorize_result": ours, "team_id": "T2"})
    assert permalink(context, "C1", "1.7") == f"{ANYWHERE}?team={team}&channel=C1&message_ts=1.7"
