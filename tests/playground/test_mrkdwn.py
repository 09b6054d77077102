"""mrkdwn: what is escaped, what is drawn, and who is pinged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.state.mentions import who_is_notified
from playground.state.records import UserGroup
from slack_rules import mrkdwn
from slack_rules.mrkdwn import (
    Break,
    ChannelMention,
    Code,
    Date,
    Emoji,
    GroupMention,
    Link,
    ListLine,
    LoudMention,
    Pre,
    Quote,
    Styled,
    Text,
    Token,
    UserMention,
)


@pytest.mark.parametrize(
    ("source", "tokens"),
    [
        ("plain", (Text("plain"),)),
        ("*b*", (Styled("bold", (Text("b"),)),)),
        ("_i_ ~s~", (Styled("italic", (Text("i"),)), Text(" "), Styled("strike", (Text("s"),)))),
        ("*b _i_*", (Styled("bold", (Text("b "), Styled("italic", (Text("i"),)))),)),
        ("a*b*c 2 * 3 * 4 snake_case_name", (Text("a*b*c 2 * 3 * 4 snake_case_name"),)),
        ("`<@U1> *x*`", (Code("@U1 *x*"),)),
        ("```\na\n*b*\n```", (Pre("a\n*b*"),)),
        ("<https://x.example|see &amp; go>", (Link("https://x.example", "see & go"),)),
        ("<https://x.example>", (Link("https://x.example", "https://x.example"),)),
        ("<mailto:a@b.example|a@b.example>", (Link("mailto:a@b.example", "a@b.example"),)),
        ("<@U1>", (UserMention("U1"),)),
        ("<@W1|ada>", (UserMention("W1", "ada"),)),
        ("<#C1|general>", (ChannelMention("C1", "general"),)),
        ("<!subteam^S1|@legal>", (GroupMention("S1", "@legal"),)),
        ("<!here>", (LoudMention("here"),)),
        ("<!channel>", (LoudMention("channel"),)),
        ("<!everyone|everyone>", (LoudMention("everyone"),)),
        ("<!date^1^{date}|then>", (Date(1, "{date}", None, "then"),)),
        ("<!date^1^{time}^https://x|then>", (Date(1, "{time}", "https://x", "then"),)),
        (":bell:", (Emoji("bell"),)),
        ("at 10:30:15", (Text("at 10:30:15"),)),
        ("> q\n> r\nend", (Quote((Text("q"), Break(), Text("r"))), Text("end"))),
        ("&gt; q", (Quote((Text("q"),)),)),
        ("• one\n• two", (ListLine("• ", (Text("one"),)), Break(), ListLine("• ", (Text("two"),)))),
        ("&lt;!channel&gt;", (Text("<!channel>"),)),
        ("&amp;lt;", (Text("&lt;"),)),
    ],
)
def test_text_is_parsed_as_slack_draws_it(source: str, tokens: tuple[Token, ...]) -> None:
    assert mrkdwn.parse(source) == tokens


def test_the_three_special_characters_are_escaped_once() -> None:
    assert mrkdwn.escape("a & <b> &lt;") == "a &amp; &lt;b&gt; &amp;lt;"


@given(st.text() | st.text(alphabet="<>&!@#|^`:;abclt /"))
def test_escaped_text_never_pings_or_links(text: str) -> None:
    escaped = mrkdwn.escape(text)
    found = list(mrkdwn.walk(mrkdwn.parse(escaped)))
    entities = (UserMention, ChannelMention, GroupMention, LoudMention, Link, Date)
    assert not [token for token in found if isinstance(token, entities)]
    assert mrkdwn.unescape(escaped) == text


@given(st.text())
def test_anything_can_be_parsed(text: str) -> None:
    mrkdwn.parse(text)
    mrkdwn.plain(text)


def test_a_message_notifies_by_name_by_group_and_out_loud() -> None:
    groups = {"S1": UserGroup("S1", "legal", "Legal", ["U2", "U3"])}
    named = who_is_notified("<@U1> and <!subteam^S1>", [], groups)
    assert named.people == {"U1", "U2", "U3"}
    assert named.loud is None
    assert who_is_notified("<!here>", [], groups).loud == "here"
    assert who_is_notified("&lt;!here&gt; `<!here>`", [], groups).loud is None


def test_plain_text_in_blocks_is_never_parsed_and_mrkdwn_is() -> None:
    quiet = [{"type": "header", "text": {"type": "plain_text", "text": "<!channel> <@U1>"}}]
    assert who_is_notified("", quiet, {}).people == frozenset()
    assert who_is_notified("", quiet, {}).loud is None
    loud = [{"type": "section", "fields": [{"type": "mrkdwn", "text": "<!channel> <@U1>"}]}]
    assert who_is_notified("", loud, {}).people == {"U1"}
    assert who_is_notified("", loud, {}).loud == "channel"
