"""The columns that services give have the names and the types of the table's, and no table of an
incident is forgotten where all of them are meant."""

from typing import get_type_hints

import pytest
from sqlmodel import SQLModel

from bot.services.incidents.export import PARTS
from bot.store.tables import (
    AccessRequest,
    Delivery,
    Incident,
    Participant,
    Person,
    Reminder,
    Timer,
)
from bot.store.tables.directory import DescribedPerson
from bot.store.tables.incidents import IncidentColumns, NewIncident
from bot.store.transaction import Table, core

NOT_EXPORTED: dict[Table, str] = {
    Participant: "who is in it: the timeline says who came and left",
    AccessRequest: "the timeline says who asked, and who was let in",
    Reminder: "a person's own",
    Timer: "what is to be done; it is gone once it is done",
    Delivery: "what is to be sent; it is gone once it is old",
}
"""A new table with an incident's rows is exported, or stands here with the reason."""


@pytest.mark.parametrize(
    ("columns", "table"),
    [(NewIncident, Incident), (IncidentColumns, Incident), (DescribedPerson, Person)],
)
def test_typed_columns_are_those_of_the_table(columns: type, table: Table) -> None:
    of_table = get_type_hints(table)
    typed = get_type_hints(columns)
    assert typed
    assert typed == {name: of_table.get(name) for name in typed}


def test_an_incident_is_opened_with_every_column_that_has_no_default() -> None:
    needed = {name for name, field in Incident.model_fields.items() if field.is_required()}
    assert needed <= NewIncident.__required_keys__
    assert Incident.model_fields.keys() == (
        get_type_hints(NewIncident).keys() | get_type_hints(IncidentColumns).keys()
    ), "a column is given at the opening, or changed later"


def test_each_table_of_an_incident_is_exported_or_named_here() -> None:
    of_incident = {
        table.name for table in SQLModel.metadata.sorted_tables if "incident_id" in table.c
    }
    assert {core(table).name for table in (*PARTS, *NOT_EXPORTED)} == of_incident
