"""Each kind of timeline entry has one type, and its template reads only what the type records."""

import re
from typing import Any

from bot.domain.followups.task_entries import TaskEntry
from bot.domain.incidents.entries import StateEntry
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.timeline import EntryKind
from tests.docs.found_in_code import entry_types, recorded_data
from tests.docs.pages import ROOT

TIMELINE = ROOT / "templates" / "en" / "incidents" / "timeline.j2"
ONLY_EARLIER = {EntryKind.REMINDER}
"""Kinds that only earlier releases wrote."""


def test_each_kind_has_a_type() -> None:
    assert set(EntryKind) - set(entry_types()) == ONLY_EARLIER


def test_the_template_of_a_kind_reads_what_its_type_records() -> None:
    blocks = dict(
        re.findall(r"{% block (\w+) %}(.*?){% endblock %}", TIMELINE.read_text(), re.DOTALL)
    )
    unknown = {}
    for kind in entry_types():
        read = set(re.findall(r"data\.(\w+)", blocks[kind.value.replace(" ", "_")]))
        if read - recorded_data(kind):
            unknown[kind] = read - recorded_data(kind)
    assert unknown == {}


def test_a_value_that_is_the_default_is_left_out() -> None:
    given: dict[str, Any] = {
        "task": "t",
        "assignee": "U0TOM",
        "text": "call",
        "due_at": "-",
        "follow_up": False,
    }
    assert TaskEntry(**given).data() == given
    assert TaskEntry(**given, summary="half done").data() == {**given, "summary": "half done"}


def test_a_field_named_like_a_word_of_python_is_recorded_as_the_word() -> None:
    moved = StateEntry(from_=State.NEW, to=State.TRIAGED, note="")
    assert moved.data() == {"from": "new", "to": "triaged", "note": ""}
