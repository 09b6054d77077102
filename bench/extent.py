"""How long to measure: the whole run, a quick one, or just enough to see that all of it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """Rounds and sizes. Rounds of what is compared take turns, because the machine drifts."""

    rounds: int
    ack_seconds: float
    ack_warm: float
    openings: int
    """Incidents opened one at a time, on each database."""
    bursts: int
    burst_size: int
    pages: int
    lead_seconds: float
    """From seeding until the pages are due: all bots should be there by then."""
    claims: int
    incidents: int


FULL = Extent(
    rounds=5,
    ack_seconds=2.0,
    ack_warm=0.5,
    openings=25,
    bursts=5,
    burst_size=40,
    pages=3_000,
    lead_seconds=10.0,
    claims=12_800,
    incidents=1_000,
)
QUICK = Extent(
    rounds=1,
    ack_seconds=1.0,
    ack_warm=0.3,
    openings=5,
    bursts=1,
    burst_size=40,
    pages=800,
    lead_seconds=6.0,
    claims=3_200,
    incidents=250,
)
SMOKE = Extent(
    rounds=1,
    ack_seconds=0.05,
    ack_warm=0.0,
    openings=1,
    bursts=1,
    burst_size=4,
    pages=40,
    lead_seconds=0.0,
    claims=128,
    incidents=20,
)
