"""How long to measure: the whole run, a quick one, or just enough to see that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """Rounds and sizes. The rounds of a comparison alternate, because the machine drifts."""

    rounds: int
    ack_seconds: float
    ack_warm: float
    openings: int
    """Incidents to open one at a time, on each database."""
    bursts: int
    burst_size: int
    pages: int
    processes: int
    """The most bots that share one PostgreSQL. Smaller numbers are measured too."""
    claims: int
    incidents: int
    paced_seconds: float
    crowd: int
    """Incidents with three pages each, all due at the same moment."""
    crowd_people: int
    opened_for_memory: int
    history: int
    """Finished incidents of the past. Each has ten timeline entries."""
    history_turns: int
    pending: int
    """Timers that are due on another day."""
    due_seconds: int
    burst: int
    """Reminders that are all due at the same moment."""


FULL = Extent(
    rounds=5,
    ack_seconds=2.0,
    ack_warm=0.5,
    openings=100,
    bursts=5,
    burst_size=40,
    pages=3_000,
    processes=3,
    claims=12_800,
    incidents=1_000,
    paced_seconds=6.0,
    crowd=500,
    crowd_people=300,
    opened_for_memory=2_000,
    history=1_000_000,
    history_turns=300,
    pending=100_000,
    due_seconds=20,
    burst=10_000,
)
QUICK = Extent(
    rounds=1,
    ack_seconds=1.0,
    ack_warm=0.3,
    openings=5,
    bursts=1,
    burst_size=40,
    pages=800,
    processes=3,
    claims=3_200,
    incidents=250,
    paced_seconds=2.0,
    crowd=100,
    crowd_people=60,
    opened_for_memory=300,
    history=20_000,
    history_turns=100,
    pending=20_000,
    due_seconds=5,
    burst=2_000,
)
SMOKE = Extent(
    rounds=1,
    ack_seconds=0.05,
    ack_warm=0.0,
    openings=1,
    bursts=1,
    burst_size=4,
    pages=40,
    processes=2,
    claims=128,
    incidents=20,
    paced_seconds=0.5,
    crowd=4,
    crowd_people=6,
    opened_for_memory=8,
    history=300,
    history_turns=5,
    pending=300,
    due_seconds=1,
    burst=100,
)
