"""Whatever people, Slack and time do in whatever order, what must hold holds.

In CI the same short walks every time; with `--soak` many long ones, new each time.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import People

WALKS = {"sqlite": 10, "postgresql": 4}
STEPS = 25
LONG_WALKS = 500
LONG_STEPS = 60


class PeopleOnPostgres(People):
    kind = "postgresql"


@pytest.mark.parametrize("machine", [People, PeopleOnPostgres], ids=lambda one: one.kind)
def test_whatever_happens_what_must_hold_holds(
    machine: type[People], pytestconfig: pytest.Config
) -> None:
    long = bool(pytestconfig.getoption("--soak"))
    chosen = settings(
        max_examples=LONG_WALKS if long else WALKS[machine.kind],
        stateful_step_count=LONG_STEPS if long else STEPS,
        derandomize=not long,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if long else [Phase.generate],
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=chosen)
