"""A person's own words inside the bot's sentences: their punctuation stays their own."""

import re

from bot.domain.incidents.timeline import EntryKind
from bot.render.incidents.timeline import line
from bot.render.wording import Wording
from tests.render.catalogue import CASES
from tests.render.disguise import with_heads
from tests.render.reading_blocks import mrkdwn_texts
from tests.render.views import an_entry

RUNS_ON = re.compile(r"Zebra\.\*? (?::lock: restricted )?[\w*.]")


def test_no_sentence_runs_on_after_a_title_with_a_period(wording: Wording) -> None:
    quoted = 0
    for name, case in CASES.items():
        shown = case.render(wording, with_heads(case.view, name="Zebra."))
        for text in mrkdwn_texts(shown):
            quoted += text.count("“Zebra”")
            assert not RUNS_ON.search(text), f"{name}: {text}"
    assert quoted > 20


def test_each_need_has_a_line_of_its_own(wording: Wording) -> None:
    needs = [
        {"text": "may we suspend him today?", "teams": ["legal"]},
        {"text": "Everyone, join."},
    ]
    opened = line(wording, an_entry(EntryKind.OPENED, {"title": "Pile-on.", "needs": needs}))
    assert opened.endswith(
        "Pile-on.\nWhat is needed:\n• Legal: may we suspend him today?\n• Everyone, join."
    )
    edited = {"field": "needs", "from": needs[1:], "to": needs[:1]}
    changed = line(wording, an_entry(EntryKind.EDITED, edited))
    assert changed.endswith(
        "changed what is needed from:\n• Everyone, join.\nto:\n• Legal: may we suspend him today?"
    )
