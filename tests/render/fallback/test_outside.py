"""What leaves Slack: plain messages, and the page behind a link, whatever stands in them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.domain.access.rights import Deed
from bot.domain.errors import (
    AlreadyHandled,
    NotPermitted,
    NotYours,
    PerhapsStored,
    RoleUnknown,
    StoreUnavailable,
)
from bot.domain.fallback.views_outside_slack import (
    LinkedPage,
    LinkStatus,
    OutsideExhausted,
    OutsidePage,
    Quoted,
)
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PageState
from bot.domain.paging.outlook import Follows
from bot.render.fallback import outside_slack
from bot.render.text.mrkdwn import at_plain
from bot.render.text.templates import Templates
from bot.render.wording import Wording

NOW = datetime(2026, 11, 22, 9, 10, tzinfo=UTC)
PAGE = OutsidePage(
    reference="ESC-12",
    severity=Severity.P1,
    title="Pile-on against a teenage streamer",
    team_name="Legal",
    in_person=False,
    asked_by="Mei Tan",
    paged_at=NOW,
    answer_by=NOW + timedelta(minutes=15),
    zone="UTC",
    follows=Follows.PERSON,
    needed="Answer in the channel by 17:00\nMay we <suspend> him?",
    criteria=("press-today",),
    affected=("minor",),
    references=3,
    links=1,
    quoted=(Quoted("Tom Becker", "May we publish <b>her</b> statement?\nBy noon, please."),),
)
SEALED = replace(
    PAGE,
    title=None,
    needed="",
    criteria=(),
    affected=(),
    references=0,
    links=0,
    quoted=(),
    severity=Severity.P0,
    team_name="Tom",
    in_person=True,
    answer_by=NOW,
    follows=Follows.MANAGERS_PAGED,
)
NOBODY = OutsideExhausted(
    reference="ESC-12",
    severity=Severity.P1,
    title="Pile-on against a teenage streamer",
    team_name="Legal",
    asked_by="Mei Tan",
    tried=("Priya Nair", "Tom Becker"),
    untold=("Jamal Reed",),
    started_at=NOW,
    ack_due_at=NOW + timedelta(minutes=15),
    zone="UTC",
)
IN_PLACE = replace(PAGE, team_name="Tom Becker", place=PageState.WAITING, follows=None)
LINK = "https://tocsin.example.com/ack/abc.def"

MESSAGES: dict[str, Callable[[Wording], outside_slack.FallbackText]] = {
    "with a link": lambda wording: outside_slack.written(wording, PAGE, LINK),
    "in the reader's own time": lambda wording: outside_slack.written(
        wording, replace(PAGE, zone="Asia/Singapore"), LINK
    ),
    "nobody answered, in the reader's own time": lambda wording: outside_slack.exhausted(
        wording, replace(NOBODY, zone="America/New_York")
    ),
    "to the last one on the list": lambda wording: outside_slack.written(
        wording, replace(PAGE, follows=Follows.MANAGERS_TOLD), LINK
    ),
    "when its step went by": lambda wording: outside_slack.written(
        wording, replace(PAGE, answer_by=None), LINK
    ),
    "when the whole list went by": lambda wording: outside_slack.written(
        wording, replace(PAGE, answer_by=None, exhausted=True), LINK
    ),
    "to a manager in a person's place": lambda wording: outside_slack.written(
        wording, IN_PLACE, LINK
    ),
    "to a manager in the place of one who can't": lambda wording: outside_slack.written(
        wording, replace(IN_PLACE, place=PageState.DECLINED, answer_by=None, exhausted=True), LINK
    ),
    "without a link": lambda wording: outside_slack.written(wording, PAGE, None),
    "sealed, again": lambda wording: outside_slack.written(
        wording, replace(SEALED, may_repeat=True), LINK
    ),
    "nobody answered": lambda wording: outside_slack.exhausted(wording, NOBODY),
    "nobody was there to answer, sealed, again": lambda wording: outside_slack.exhausted(
        wording, replace(NOBODY, title=None, tried=(), untold=(), may_repeat=True)
    ),
    "nobody answered, one can't take it": lambda wording: outside_slack.exhausted(
        wording, replace(NOBODY, said_no=NOBODY.tried[:1])
    ),
    "one person can't take it": lambda wording: outside_slack.exhausted(
        wording, replace(NOBODY, team_name="Tom Becker", in_person=True, declined=True)
    ),
    "one person has not answered": lambda wording: outside_slack.exhausted(
        wording, replace(NOBODY, team_name="Tom Becker", in_person=True, tried=(), untold=())
    ),
    "a test": outside_slack.trial,
}


def _standing(
    standing: LinkStatus,
    page: OutsidePage = PAGE,
    *,
    reads: bool = True,
    holds: bool = True,
    **also: Any,
) -> Callable[[Wording], str]:
    view = LinkedPage(page, standing, by="Sofia", at=NOW, reads=reads, holds=holds)
    return lambda wording: outside_slack.linked_page(wording, view, **also)


PAGES: dict[str, Callable[[Wording], str]] = {
    **{standing.value: _standing(standing) for standing in LinkStatus},
    "waiting, sealed": _standing(LinkStatus.WAITING, SEALED),
    "yours, just now": _standing(LinkStatus.YOURS, just_now=True),
    "yours, in person": _standing(LinkStatus.YOURS, SEALED),
    "waiting, in a person's place": _standing(LinkStatus.WAITING, IN_PLACE),
    "yours, in a person's place": _standing(LinkStatus.YOURS, IN_PLACE),
    "withdrawn, from a person who may not read it": _standing(LinkStatus.WITHDRAWN, reads=False),
    "ended, to a person who may not read it": _standing(LinkStatus.ENDED, reads=False),
    "yours, handed over since": _standing(LinkStatus.YOURS, holds=False),
    "yours, of a person who may read it no more": _standing(
        LinkStatus.YOURS, reads=False, holds=False
    ),
    "taken, from a person who may not read it": _standing(LinkStatus.TAKEN, reads=False),
    "waiting, in the reader's own time": _standing(
        LinkStatus.WAITING, replace(PAGE, zone="Asia/Singapore")
    ),
    "expired": lambda wording: outside_slack.expired(wording),
    "not ours": lambda wording: outside_slack.refused(wording),
    "no such page": lambda wording: outside_slack.refused(wording, NotYours()),
    "used": lambda wording: outside_slack.refused(wording, AlreadyHandled("ESC-12")),
    "no right": lambda wording: outside_slack.refused(
        wording, NotPermitted("member", "nobody", Deed.ACKNOWLEDGE)
    ),
    "not stored": lambda wording: outside_slack.refused(wording, StoreUnavailable("", "")),
    "role unknown": lambda wording: outside_slack.refused(wording, RoleUnknown()),
    "perhaps stored": lambda wording: outside_slack.refused(wording, PerhapsStored("", "")),
}


class Shown(HTMLParser):
    """The tags of a page, and its text without the style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += "" if self.tags[-1:] == ["style"] and "{" in data else data


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_reads_as_before(
    wording: Wording, name: str, snapshot: SnapshotAssertion
) -> None:
    written = MESSAGES[name](wording)
    assert f"{written.subject}\n\n{written.body}" == snapshot


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_as_before(wording: Wording, name: str, snapshot: SnapshotAssertion) -> None:
    shown = re.sub(r"<style>.*</style>", "", PAGES[name](wording), flags=re.DOTALL)
    assert shown == snapshot


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_and_has_at_most_one_button(wording: Wording, name: str) -> None:
    page = PAGES[name](wording)
    tags = Shown(page).tags
    assert not {"script", "img", "link", "iframe", "a"} & set(tags)
    assert tags.count("button") == tags.count("form") <= 1
    assert tags.count("h1") == tags.count("main") == 1
    assert "None" not in Shown(page).text


def test_only_what_waits_and_what_was_not_stored_has_a_button(wording: Wording) -> None:
    with_button = {name for name, page in PAGES.items() if "<button" in page(wording)}
    assert with_button == {
        "waiting",
        "waiting, sealed",
        "waiting, in the reader's own time",
        "waiting, in a person's place",
        "not stored",
        "perhaps stored",
        "role unknown",
    }


@pytest.mark.parametrize("name", ["waiting", "yours", "yours, just now"])
def test_what_it_is_about_and_what_is_asked_stay_after_the_answer(
    wording: Wording, name: str
) -> None:
    shown = Shown(PAGES[name](wording)).text
    assert "Pile-on against a teenage streamer" in shown
    assert "What is needed from you\nAnswer in the channel by 17:00\nMay we <suspend> him?" in shown
    assert ("What to do now" in shown) == name.startswith("yours")


@pytest.mark.parametrize("name", ["yours", "taken", "withdrawn", "ended"])
def test_only_a_person_who_may_read_it_is_shown_its_title_again(
    wording: Wording, name: str
) -> None:
    standing = LinkStatus(name)
    told = [_standing(standing, reads=reads, holds=reads)(wording) for reads in (True, False)]
    assert ["Pile-on" in page for page in told] == [True, False]
    assert "suspend" not in told[1]


def test_the_deadline_stands_apart(wording: Wording) -> None:
    page = PAGES["waiting, in the reader's own time"](wording)
    assert (
        "Acknowledge by <strong>17:25 on 22 Nov 2026, Singapore time (09:25 UTC)</strong>" in page
    )
    assert "<strong>Acknowledge now</strong>" in PAGES["waiting, sealed"](wording)


def test_what_people_wrote_is_text_and_no_markup(wording: Wording) -> None:
    hostile = replace(PAGE, title="<script>1</script> & {{ 7 * 7 }}", asked_by="<b>Mei</b>")
    page = outside_slack.linked_page(wording, LinkedPage(hostile, LinkStatus.WAITING))
    assert "script" not in Shown(page).tags
    assert "b" not in Shown(page).tags
    assert "<script>1</script> & {{ 7 * 7 }}" in Shown(page).text
    message = outside_slack.written(wording, hostile, LINK)
    assert "<script>1</script> & {{ 7 * 7 }}" in message.body
    assert "\n" not in message.subject


def test_a_message_quotes_the_first_and_the_newest_and_counts_the_others(wording: Wording) -> None:
    for count, said, more in ((4, "0123", ""), (7, "0456", "and 3 more in Slack")):
        quoted = tuple(Quoted("Mei", f"question {place}") for place in range(count))
        body = outside_slack.written(
            wording, replace(PAGE, quoted=quoted), "https://x.example"
        ).body
        assert re.findall(r"Mei wrote: question (\d)", body) == list(said)
        assert re.findall(r"and \d more in Slack", body) == [more] * bool(more)


def test_a_team_of_many_lines_breaks_no_header(wording: Wording) -> None:
    message = outside_slack.written(wording, replace(PAGE, team_name="Legal\r\nBcc: all@x"), LINK)
    assert "\n" not in message.subject
    assert "\r" not in message.subject


def test_the_style_is_the_one_that_the_policy_of_the_page_allows(wording: Wording) -> None:
    assert f"<style>{outside_slack.style()}</style>" in outside_slack.refused(wording)
    assert outside_slack.style_source().startswith("'sha256-")


def test_every_sentence_is_used(wording: Wording) -> None:
    said: set[str] = set()

    class Recording(Templates):
        def plain(self, template: str, block: str, /, **values: Any) -> str:
            said.add(block)
            return super().plain(template, block, **values)

        def html(self, template: str, block: str, /, **values: Any) -> str:
            said.add(block)
            return super().html(template, block, **values)

    recording = Wording(wording.policy, Recording())
    for make in (*MESSAGES.values(), *PAGES.values()):
        make(recording)
    assert said == recording.words.blocks()["outside_slack"]


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Singapore", "03:10 on 23 Nov 2026, Singapore time (19:10 UTC)"),
        ("America/Argentina/Buenos_Aires", "16:10 on 22 Nov 2026, Buenos Aires time (19:10 UTC)"),
        ("Asia/Kolkata", "00:40 on 23 Nov 2026, Kolkata time (19:10 UTC)"),
        ("UTC", "19:10 UTC on 22 Nov 2026"),
        ("Etc/GMT+5", "19:10 UTC on 22 Nov 2026"),
        ("Mars/Olympus", "19:10 UTC on 22 Nov 2026"),
        ("../../etc/passwd", "19:10 UTC on 22 Nov 2026"),
        ("", "19:10 UTC on 22 Nov 2026"),
    ],
)
def test_a_moment_is_said_in_the_readers_time_and_in_utc(zone: str, said: str) -> None:
    shown = at_plain(datetime(2026, 11, 22, 19, 10, tzinfo=UTC), zone)
    assert shown is not None
    assert Templates().plain("moments", shown.block, **shown.parts) == said
