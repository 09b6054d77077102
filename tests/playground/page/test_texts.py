"""mrkdwn, plain text, emoji and dates as HTML: exact, and never more than text."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from playground.page.shown import completions, dates, emoji
from playground.page.shown.reader import Reader, safe_url

NINE_IN_LONDON = 1_773_392_400


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*bold* _it_ ~no~ `x < y`", "<b>bold</b> <i>it</i> <s>no</s> <code>x &lt; y</code>"),
        ("a\nb", "a<br>b"),
        ("&gt; said\nafter", "<blockquote>said</blockquote>after"),
        ("```if a &lt; b```", "<pre>if a &lt; b</pre>"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("5 &amp;lt; 6", "5 &amp;lt; 6"),
    ],
)
def test_marks_become_elements_and_entities_text(reader: Reader, source: str, html: str) -> None:
    assert reader.mrkdwn(source) == html


def test_lines_of_a_list_do_not_leave_gaps(reader: Reader) -> None:
    drawn = reader.mrkdwn("• one\n• two\nend")
    assert drawn.count("list-line") == 2
    assert "<br>" not in drawn


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<https://a.example|<script>alert(1)</script>>",
        '<https://a.example" onmouseover="alert(1)|x>',
        "<javascript:alert(1)|x>",
        "<JaVaScRiPt:alert(1)|x>",
        "<data:text/html,<script>alert(1)</script>|x>",
        '`"><img src=x onerror=alert(1)>`',
        "```</pre><script>alert(1)</script>```",
        "<@U1|<img src=x onerror=alert(1)>>",
        "<!date^1^{date}^javascript:alert(1)|<script>>",
        '<#C1|"><script>alert(1)</script>>',
    ],
)
def test_nothing_that_runs_comes_out_of_a_text(reader: Reader, source: str) -> None:
    for drawn in (reader.mrkdwn(source), reader.plain(source)):
        low = str(drawn).lower()
        assert "<script" not in low
        assert "<img" not in low
        assert 'href="javascript' not in low
        assert 'href="data' not in low
        assert '" onmouseover' not in low


def test_a_mention_of_me_is_stronger_than_one_of_others(reader: Reader) -> None:
    assert 'class="mention me"' in reader.mrkdwn("<@UADA>")
    assert 'class="mention me"' in reader.mrkdwn("<!subteam^S1>")
    assert 'class="mention"' in reader.mrkdwn("<@UBOB>")
    assert "Bob &lt;b&gt;Okoro&lt;/b&gt;" in reader.mrkdwn("<@UBOB>")


def test_a_loud_mention_is_loud_in_mrkdwn_only(reader: Reader) -> None:
    assert "mention loud" in reader.mrkdwn("<!channel>")
    assert reader.plain("<!channel> *x*") == "&lt;!channel&gt; *x*"


def test_a_private_channel_of_others_keeps_its_name(reader: Reader) -> None:
    drawn = reader.mrkdwn("<#CHID|hidden>")
    assert "hidden" not in drawn
    assert 'href="/client/UADA/CGEN"' in reader.mrkdwn("<#CGEN>")


def test_a_date_is_in_the_viewers_zone(reader: Reader) -> None:
    source = f"<!date^{NINE_IN_LONDON}^{{date_short_pretty}} at {{time}}|fallback>"
    assert "today at 09:00" in reader.mrkdwn(source)
    bob = dataclasses.replace(reader, me=reader.person("UBOB"))
    assert "today at 18:00" in bob.mrkdwn(source)
    assert "Friday 13 March 2026" in reader.mrkdwn(source)


def test_an_unknown_date_format_shows_the_fallback(reader: Reader) -> None:
    assert "fallback</time>" in reader.mrkdwn("<!date^1773392400^{weekday}|fallback>")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "today"),
        (-86_400, "yesterday"),
        (86_400, "tomorrow"),
        (3 * 86_400, "16 March 2026"),
    ],
)
def test_pretty_dates(seconds: int, words: str) -> None:
    now = float(NINE_IN_LONDON)
    drawn = dates.slack_date(NINE_IN_LONDON + seconds, "{date_pretty}", now, "Europe/London")
    assert drawn == words


def test_an_unknown_time_zone_is_taken_for_utc() -> None:
    assert dates.clock(dates.local(NINE_IN_LONDON, "Mars/Olympus")) == "09:00"


def test_a_permalink_of_this_workspace_stays_in_the_page(reader: Reader) -> None:
    link = "<http://127.0.0.1:8700/archives/CGEN/p1773392400000100|there>"
    assert 'href="/client/UADA/CGEN#m1773392400.000100"' in reader.mrkdwn(link)


def test_every_emoji_that_the_bot_writes_is_shown_as_one() -> None:
    templates = Path(__file__).parents[3] / "templates" / "en"
    written = {
        code
        for template in templates.rglob("*.j2")
        for code in re.findall(r"(?<![\w:]):([a-z][a-z0-9_]+):(?![\w:])", template.read_text())
    }
    assert written
    assert {code for code in written if emoji.character(code) is None} == set()


def test_emoji_codes_become_characters_and_unknown_ones_stay(reader: Reader) -> None:
    assert "🚨" in reader.mrkdwn(":rotating_light:")
    assert reader.mrkdwn(":no_such_thing:") == ":no_such_thing:"
    assert "🔔" in reader.plain("ring :bell: 10:30:45")
    assert "10:30:45" in reader.plain("ring :bell: 10:30:45")
    assert emoji.character("wave::skin-tone-3") == "👋"


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://a.example", True),
        ("mailto:a@b.example", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("vbscript:x", False),
        ("//a.example", False),
        (None, False),
    ],
)
def test_only_harmless_addresses_open(url: str | None, fine: bool) -> None:
    assert (safe_url(url) is not None) is fine


def test_verbs_come_from_the_usage_hint() -> None:
    hint = "[open [p0|p1] <title> | list [mine | overdue] | ack | <anything>]"
    assert completions.verbs(hint) == [
        {"verb": "open", "usage": "[p0|p1] <title>"},
        {"verb": "list", "usage": "[mine | overdue]"},
        {"verb": "ack", "usage": ""},
    ]
    assert completions.verbs("open <title>, list") == [
        {"verb": "open", "usage": "<title>"},
        {"verb": "list", "usage": ""},
    ]
    assert completions.verbs("[why]") == [{"verb": "why", "usage": ""}]
    assert completions.verbs("") == []
