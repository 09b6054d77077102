"""The columns that services give have the names and the types of the table's."""

from typing import get_type_hints

import pytest

from bot.store.tables import Incident
from bot.store.tables.incidents import IncidentColumns, NewIncident


@pytest.mark.parametrize("columns", [NewIncident, IncidentColumns])
def test_typed_columns_are_those_of_the_table(columns: type) -> None:
    table = get_type_hints(Incident)
    typed = get_type_hints(columns)
    assert typed
    assert typed == {name: table.get(name) for name in typed}


def test_an_incident_is_opened_with_every_column_that_has_no_default() -> None:
    needed = {name for name, field in Incident.model_fields.items() if field.is_required()}
    assert needed <= NewIncident.__required_keys__
    assert Incident.model_fields.keys() == (
        get_type_hints(NewIncident).keys() | get_type_hints(IncidentColumns).keys()
    ), "a column is given at the opening, or changed later"
