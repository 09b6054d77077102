"""How hard to try: a small, fixed sample on every run. `make fuzz` tries everything, at random."""

import os
from typing import TypeVar

from hypothesis import HealthCheck, settings

LONG = os.environ.get("TOCSIN_FUZZ") == "long"
SEED = int(os.environ.get("TOCSIN_FUZZ_SEED", "1"))

Amount = TypeVar("Amount")


def effort(*, short: Amount, long: Amount) -> Amount:
    return long if LONG else short


def examples(short: int) -> settings:
    """Use `short` fixed examples. In the long form, use a hundred times as many random ones."""
    return settings(
        max_examples=effort(short=short, long=100 * short),
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
