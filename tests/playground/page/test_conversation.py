"""How messages follow one another: days, runs of one author, notes, threads, what is new."""

from __future__ import annotations

import re
from dataclasses import replace

from playground.page.shown import conversation, sidebar
from playground.page.shown.reader import Reader
from playground.state.records import Channel, Message

NINE = 1_773_392_400


def say(reader: Reader, at: float, text: str = "x", user: str = "UBOB", **more: str) -> Message:
    message = Message(f"{at:.6f}", "CGEN", user, text)
    return reader.workspace.store(replace(message, **more))  # type: ignore[arg-type]


def drawn(reader: Reader, since: str = "") -> str:
    return str(conversation.draw(reader, reader.workspace.channels["CGEN"], since))


def articles(source: str) -> list[str]:
    return re.findall(r'<article [^>]*class="([^"]*)"', source)


def test_a_run_of_one_author_has_one_head(reader: Reader) -> None:
    say(reader, NINE)
    say(reader, NINE + 60)
    say(reader, NINE + 120, user="UADA")
    say(reader, NINE + 600, user="UADA")
    assert articles(drawn(reader)) == ["message", "message follows", "message", "message"]


def test_a_new_day_in_the_viewers_zone_is_marked(reader: Reader) -> None:
    say(reader, NINE - 10 * 3600)
    say(reader, NINE)
    assert drawn(reader).count('class="day"') == 2
    in_tokyo = replace(reader, me=reader.person("UBOB"))
    assert drawn(in_tokyo).count('class="day"') == 1
    assert "Yesterday" in drawn(reader)


def test_what_came_since_is_marked_once_and_never_above_ones_own(reader: Reader) -> None:
    first = say(reader, NINE)
    say(reader, NINE + 10, user="UADA")
    say(reader, NINE + 20)
    say(reader, NINE + 30)
    source = drawn(reader, since=first.ts)
    assert source.count('class="fresh"') == 1
    assert source.index('class="fresh"') > source.index(f"{NINE + 10}.000000")


def test_a_note_is_a_quiet_line(reader: Reader) -> None:
    say(reader, NINE, "<@UBOB> has joined the channel", subtype="channel_join")
    source = drawn(reader)
    assert articles(source) == ["message note"]
    assert "message-tools" not in source


def test_replies_stand_in_the_thread_and_are_counted_above(reader: Reader) -> None:
    root = say(reader, NINE, "root")
    say(reader, NINE + 10, "first answer", thread_ts=root.ts)
    say(reader, NINE + 20, "second answer", user="UADA", thread_ts=root.ts)
    assert "2 replies" in drawn(reader)
    assert "first answer" not in drawn(reader)
    room = reader.workspace.channels["CGEN"]
    thread = str(conversation.draw_thread(reader, room, root.ts))
    assert thread.index("root") < thread.index("2 replies") < thread.index("first answer")


def test_the_first_answer_has_a_head_even_by_the_same_author(reader: Reader) -> None:
    root = say(reader, NINE)
    say(reader, NINE + 10, thread_ts=root.ts)
    room = reader.workspace.channels["CGEN"]
    thread = str(conversation.draw_thread(reader, room, root.ts))
    assert articles(thread) == ["message", "message"]
    assert thread.count('class="day"') == 1


def test_a_note_is_no_news(reader: Reader) -> None:
    first = say(reader, NINE)
    say(reader, NINE + 10, subtype="channel_join")
    last = say(reader, NINE + 20)
    source = drawn(reader, since=first.ts)
    assert source.index(f"{NINE + 10}.000000") < source.index('class="fresh"')
    assert source.index('class="fresh"') < source.index(last.ts)


def test_a_message_that_did_not_change_keeps_its_revision(reader: Reader) -> None:
    one, two = say(reader, NINE), say(reader, NINE + 400)
    before = re.findall(r'data-key="([\d.]+)" data-rev="(\w+)"', drawn(reader))
    two.reactions = {"eyes": ["UADA"]}
    after = dict(re.findall(r'data-key="([\d.]+)" data-rev="(\w+)"', drawn(reader)))
    assert after[one.ts] == dict(before)[one.ts]
    assert after[two.ts] != dict(before)[two.ts]


def test_an_ephemeral_is_drawn_for_its_reader_only(reader: Reader) -> None:
    say(reader, NINE, "psst", ephemeral_to="UADA")
    assert "Only visible to you" in drawn(reader)
    assert "psst" not in drawn(replace(reader, me=reader.person("UBOB")))


def test_a_shared_file_shows_its_name(reader: Reader) -> None:
    message = say(reader, NINE, "")
    message.files = [{"name": "<b>evidence</b>.png"}]
    assert "&lt;b&gt;evidence&lt;/b&gt;.png" in drawn(reader)


def test_the_side_bar_sorts_places_and_shows_who_is_asked_for(reader: Reader) -> None:
    workspace = reader.workspace
    workspace.add_channel(Channel("COPEN", "open", members=["UBOB"]))
    workspace.add_channel(Channel("COLD", "old", members=["UADA"], is_archived=True))
    workspace.open_direct_channel(["UADA", "UBOB"])
    say(reader, NINE, "<@UBOB> please", user="UADA")
    side = sidebar.build(reader, "CGEN")
    listed = {group.title: [place.title for place in group.places] for group in side.groups}
    assert listed == {
        "Channels": ["general"],
        "Direct messages": ["Bob <b>Okoro</b>"],
        "Apps": ["Beacon"],
        "Other channels": ["open"],
        "Archived": ["old"],
    }
    assert [(other.person.id, other.mentions) for other in side.waiting] == [("UBOB", 1)]
    assert "<b>Okoro" not in sidebar.draw(side)


def test_somebody_without_a_channel_is_told_so(reader: Reader) -> None:
    reader.workspace.channels["CGEN"].members.remove("UADA")
    assert "No channels yet" in sidebar.draw(sidebar.build(reader, "home"))
