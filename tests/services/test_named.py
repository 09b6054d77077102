"""A person who was paged by name is named, or mentioned: no key of theirs reaches anyone."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.act import Role
from bot.domain.ids import PageId
from bot.domain.messages import Home
from bot.domain.reach import Link
from bot.domain.rights import Deed
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.render import answers, forms, outside
from bot.render.desk import Desk
from bot.render.words import Words
from bot.services import answering, case, exports, handing_over, homes, linked, paging, reading
from bot.services.letters import Letter
from bot.store import incidents
from bot.store.database import Database
from bot.worker import rendering
from tests.databases import on_sqlite
from tests.factories import DANIEL, MEI, NOON, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene

pytestmark = on_sqlite
KEY = re.compile(r"person:|\b(?:daniel|tom|mei)\b")
"""`@daniel` is how the policy writes people; in Slack this one is Dan Okafor."""
NAMES = {DANIEL: "Dan Okafor", TOM: "T. Becker", MEI: "Mei T."}


def rendered(desk: Desk, sent: scene.Sent) -> list[str]:
    said = []
    for _, prepared in sent:
        if isinstance(prepared, Letter) and isinstance(prepared.view, Home):
            said.append(str(rendering.home_view(desk, prepared.view)))
        elif isinstance(prepared, Letter):
            said.append(str(rendering.message(desk, prepared.view)))
    return said


def test_nothing_names_a_person_by_a_key(db: Database, policy: Policy) -> None:
    people(db, policy, **{user: {"real_name": n} for user, n in NAMES.items()})
    desk, said = Desk(policy, Words()), list[str]()
    opened = an_incident(db, policy, teams=())
    incident_id = opened.head.id
    for user in (DANIEL, TOM, MEI):
        paging.page_person(db, policy, an_act(), incident_id, user, "the statement")
    said += rendered(desk, scene.send(db, policy))
    own = an_act(TOM, role=Role.RESPONDER, minutes=1)
    answering.decline(db, policy, own, scene.page_of(db, TOM), "on a plane")
    said += rendered(desk, scene.send(db, policy, NOON + timedelta(minutes=2)))
    run = scene.run_of(db, f"person:{DANIEL}")
    for page in scene.all_pages(db, f"person:{DANIEL}"):
        link = Link(PageId(page.id), DANIEL, NOON + timedelta(days=1))
        view = linked.look(db, policy, link, NOON + timedelta(minutes=2))
        said += [outside.linked_page(desk, view)]
        said += list(vars_of(outside.written(desk, view.page, None)))
    now = NOON
    for _ in range(6):
        now += timedelta(hours=1)
        scene.tick(db, policy, now)
        said += rendered(desk, scene.send(db, policy, now))
    with db.reading() as tx:
        incident = incidents.get(tx, incident_id)
        assert incident is not None
        past = linked.outside_exhausted(tx, policy, run, incident, SOFIA)
    said += list(vars_of(outside.exhausted(desk, past)))
    late = an_act(DANIEL, role=Role.RESPONDER, hours=7)
    answering.acknowledge(db, late, scene.page_of(db, DANIEL))
    handing_over.hand_over(
        db, policy, late, incident_id, to_team=None, to_person=SOFIA, summary="read it"
    )
    said += rendered(desk, scene.send(db, policy, NOON + timedelta(hours=8)))
    details = reading.details(db, an_act(), incident_id, newest=None)
    said += [str(answers.details(desk, details)), str(forms.timeline_view(desk, details))]
    said += [str(rendering.home_view(desk, homes.home(db, an_act())))]
    [record] = exports.records(db)
    sealed = [entry.pop("data") for entry in record["timeline"]]
    assert [e["person"] for e, d in zip(record["timeline"], sealed, strict=True) if "team" in d]
    said += [json.dumps(record)]
    wrong = [(KEY.search(one), one) for one in said if KEY.search(one)]
    assert wrong == [], wrong[0]
    assert any("Dan Okafor" in one for one in said)


def vars_of(written: outside.Written) -> tuple[str, str]:
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
    incident_id, desk = an_incident(db, policy, teams=()).head.id, Desk(policy, Words())
    with db.transaction() as tx, case.take_up(tx, an_act(), incident_id, Deed.NOTE) as opened:
        opened.record(kind, aloud=True, **data)
    details = reading.details(db, an_act(), incident_id, newest=None)
    last = replace(details, entries=details.entries[-1:])
    said = [str(answers.details(desk, last)), str(forms.timeline_view(desk, last))]
    said += rendered(desk, scene.send(db, policy, NOON + timedelta(minutes=1)))
    assert not [one for one in said if KEY.search(one)]
    assert f"<@{TOM}>" in said[0]
    [record] = exports.records(db)
    assert data in [entry["data"] for entry in record["timeline"]]
    assert exports.verify(db) == (1, [])
