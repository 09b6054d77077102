"""A person who was paged by name is named, or mentioned: no key of theirs reaches anyone."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access.rights import Deed
from bot.domain.act import Role
from bot.domain.fallback.ways import Link
from bot.domain.ids import PageId
from bot.domain.incidents.timeline import EntryKind
from bot.kinds.messages import words
from bot.policy import Policy
from bot.render import forms
from bot.render.fallback import outside_slack
from bot.render.incidents import answers
from bot.render.incidents import home as home_words
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services import locked
from bot.services.delivery.content import MessageContent
from bot.services.fallback import link_page
from bot.services.handover import handing_over
from bot.services.incidents import export, home, queries
from bot.services.paging import answers as paging_answers
from bot.services.paging import starting
from bot.store.database import Database
from bot.store.incidents import incident_rows
from tests.factories import DANIEL, MEI, NOON, SOFIA, TOM, EarlierEntry, an_act, an_incident, people
from tests.services import scene

KEY = re.compile(r"person:|\b(?:daniel|tom|mei)\b")
"""`@daniel` is how the policy writes people; in Slack this one is Dan Okafor."""
NAMES = {DANIEL: "Dan Okafor", TOM: "T. Becker", MEI: "Mei T."}


def rendered(wording: Wording, sent: scene.Sent) -> list[str]:
    return [str(words(wording, one)) for _, one in sent if isinstance(one, MessageContent)]


def test_nothing_names_a_person_by_a_key(db: Database, policy: Policy) -> None:
    people(db, policy, **{user: {"real_name": n} for user, n in NAMES.items()})
    wording, said = Wording(policy, Templates()), list[str]()
    opened = an_incident(db, policy, teams=())
    incident_id = opened.head.id
    for user in (DANIEL, TOM, MEI):
        starting.page_person(db, policy, an_act(), incident_id, user, "the statement")
    said += rendered(wording, scene.send(db, policy))
    own = an_act(TOM, role=Role.RESPONDER, minutes=1)
    paging_answers.decline(db, policy, own, scene.page_of(db, TOM), "on a plane")
    said += rendered(wording, scene.send(db, policy, NOON + timedelta(minutes=2)))
    run = scene.run_of(db, f"person:{DANIEL}")
    for page in scene.all_pages(db, f"person:{DANIEL}"):
        link = Link(PageId(page.id), DANIEL, NOON + timedelta(days=1))
        view = link_page.look(db, policy, link, NOON + timedelta(minutes=2))
        said += [outside_slack.linked_page(wording, view)]
        said += list(vars_of(outside_slack.written(wording, view.page, None)))
    now = NOON
    for _ in range(6):
        now += timedelta(hours=1)
        scene.tick(db, policy, now)
        said += rendered(wording, scene.send(db, policy, now))
    with db.reading() as tx:
        incident = incident_rows.get(tx, incident_id)
        assert incident is not None
        past = link_page.outside_exhausted(tx, policy, run, incident, SOFIA)
    said += list(vars_of(outside_slack.exhausted(wording, past)))
    late = an_act(DANIEL, role=Role.RESPONDER, hours=7)
    paging_answers.acknowledge(db, late, scene.page_of(db, DANIEL))
    handing_over.hand_over(
        db, policy, late, incident_id, to_team=None, to_person=SOFIA, summary="read it"
    )
    said += rendered(wording, scene.send(db, policy, NOON + timedelta(hours=8)))
    details = queries.details(db, an_act(), incident_id, newest=None)
    said += [str(answers.details(wording, details)), str(forms.timeline_view(wording, details))]
    said += [str(home_words.home(wording, home.home_of(db, an_act())))]
    [record] = export.records(db)
    sealed = [entry.pop("data") for entry in record["timeline"]]
    assert [e["person"] for e, d in zip(record["timeline"], sealed, strict=True) if "team" in d]
    said += [json.dumps(record)]
    wrong = [(KEY.search(one), one) for one in said if KEY.search(one)]
    assert wrong == [], wrong[0]
    assert any("Dan Okafor" in one for one in said)


def vars_of(written: outside_slack.FallbackText) -> tuple[str, str]:
    return written.subject, written.body


OLD = [
    (EntryKind.PAGED, {"team": f"person:{TOM}", "name": "tom", "targets": [TOM]}),
    (EntryKind.ACKNOWLEDGED, {"team": f"person:{TOM}", "name": f"person:{TOM}"}),
    (EntryKind.HANDED_OVER, {"to_team": f"person:{TOM}", "to_person": None, "name": "@tom"}),
    (EntryKind.UNREACHABLE, {"person": MEI, "name": "tom", "error": "user_disabled"}),
    (EntryKind.REACHED, {"person": MEI, "name": f"person:{TOM}"}),
    (EntryKind.REACHED_OUTSIDE, {"person": MEI, "name": "@tom", "way": "sms"}),
    (EntryKind.REACHED_OUTSIDE, {"person": MEI, "name": "tom", "way": "sms", "exhausted": True}),
    (EntryKind.CAME_BACK, {"name": f"person:{TOM}"}),
    (EntryKind.EXHAUSTED, {"team": f"person:{TOM}", "name": "tom"}),
    (EntryKind.CALLED_OFF, {"team": f"person:{TOM}", "name": f"person:{TOM}"}),
]


@pytest.mark.parametrize(("kind", "data"), OLD, ids=[kind for kind, _ in OLD])
def test_what_earlier_releases_sealed_is_read_with_people(
    db: Database, policy: Policy, kind: EntryKind, data: dict[str, Any]
) -> None:
    """The entries themselves stay as they are: the export still shows what was sealed."""
    people(db, policy, **{user: {"real_name": n} for user, n in NAMES.items()})
    incident_id, wording = an_incident(db, policy, teams=()).head.id, Wording(policy, Templates())
    with (
        db.transaction() as tx,
        locked.lock_incident(tx, an_act(), incident_id, Deed.NOTE) as opened,
    ):
        opened.record(EarlierEntry(of=kind, told=data), aloud=True)
    details = queries.details(db, an_act(), incident_id, newest=None)
    last = replace(details, entries=details.entries[-1:])
    said = [str(answers.details(wording, last)), str(forms.timeline_view(wording, last))]
    said += rendered(wording, scene.send(db, policy, NOON + timedelta(minutes=1)))
    assert not [one for one in said if KEY.search(one)]
    assert f"<@{TOM}>" in said[0]
    [record] = export.records(db)
    [entry] = [entry for entry in record["timeline"] if entry["data"] == data]
    beside = [entry.get(key) for key in ("person", "to_person")]
    assert beside == [TOM if key in data else None for key in ("team", "to_team")]
    assert export.verify(db) == (1, [])
