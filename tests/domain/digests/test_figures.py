"""The figures of the weekly digest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digests.facts import AckFact, DigestFacts, IncidentFact, TaskFact
from bot.domain.digests.figures import DeadlineKind, FiguresRow, figures
from bot.domain.digests.response_times import middle, ninetieth, wilson
from bot.domain.digests.weeks import week_until
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity

END = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PERIOD = week_until(END, ZoneInfo("Asia/Singapore"))
LEGAL, PR = TeamKey("legal"), TeamKey("pr")
OPENED = END - timedelta(days=2)


def an_incident(
    opened_at: datetime = OPENED,
    closed_at: datetime | None = None,
    *,
    reference: str = "ESC-1",
    severity: Severity = Severity.P1,
    category: str = "harassment",
    teams: tuple[TeamKey, ...] = (LEGAL,),
    update_due_at: datetime | None = None,
) -> IncidentFact:
    return IncidentFact(
        reference=reference,
        title="A pile-on",
        severity=severity,
        category=category,
        surface="comment",
        state="investigating",
        owner=UserId("U0MEI"),
        teams=teams,
        opened_at=opened_at,
        closed_at=closed_at,
        update_due_at=update_due_at,
    )


def an_ack(minutes: float | None, *, team: TeamKey = LEGAL, paged_at: datetime = OPENED) -> AckFact:
    acked_at = None if minutes is None else paged_at + timedelta(minutes=minutes)
    return AckFact("ESC-1", team, paged_at, paged_at + timedelta(minutes=15), acked_at)


def a_task(due_at: datetime, done_at: datetime | None = None, text: str = "Write") -> TaskFact:
    return TaskFact("ESC-1", text, UserId("U0WEI"), due_at, done_at)


def facts(
    *incidents: IncidentFact,
    acks: tuple[AckFact, ...] = (),
    tasks: tuple[TaskFact, ...] = (),
    weeks: int = 52,
) -> DigestFacts:
    return DigestFacts(END - timedelta(days=7 * weeks), incidents, acks, tasks)


def test_opened_closed_and_open_are_counted_as_they_stood_at_the_end() -> None:
    day = timedelta(days=1)
    found = figures(
        facts(
            an_incident(END - 2 * day),
            an_incident(END - 3 * day, END - day),
            an_incident(END - 20 * day, END - 2 * day),
            an_incident(END - 30 * day),
            an_incident(END - 30 * day, END - 20 * day),
            an_incident(END - 5 * day, END + day),
            an_incident(END + day),
        ),
        PERIOD,
    )

    assert (found.opened.count, found.closed.count, found.open.count) == (3, 2, 3)


def test_the_first_moment_belongs_to_the_period_and_the_last_to_the_next() -> None:
    found = figures(facts(an_incident(PERIOD.start), an_incident(PERIOD.end)), PERIOD)

    assert found.opened.count == 1


def test_the_baseline_is_the_mean_of_twelve_earlier_weeks() -> None:
    one_a_week = [
        an_incident(END - timedelta(days=7 * week + 1), END - timedelta(days=7 * week))
        for week in range(1, 30)
    ]
    extra = [an_incident(END - timedelta(days=8)) for _ in range(6)]

    found = figures(facts(*one_a_week, *extra), PERIOD)

    assert (found.opened.mean, found.opened.weeks) == (18 / 12, 12)
    assert found.open.mean == 6 / 12 + 1


@pytest.mark.parametrize(("weeks", "known"), [(8, 7), (9, 8), (13, 12), (14, 12), (1, 0)])
def test_weeks_before_the_record_are_no_history(weeks: int, known: int) -> None:
    found = figures(facts(an_incident(), weeks=weeks), PERIOD).opened

    assert found.weeks == known
    assert (found.mean is None) == (known < 8)


def test_every_severity_has_its_row_and_other_tables_only_what_moved() -> None:
    found = figures(
        facts(
            an_incident(severity=Severity.P2, category="hate"),
            an_incident(severity=Severity.P0),
            an_incident(category="scams", closed_at=END - timedelta(days=1)),
            an_incident(),
            an_incident(END - timedelta(days=90), END - timedelta(days=80), category="privacy"),
        ),
        PERIOD,
    )

    assert found.by_severity == (
        FiguresRow("P0", 1, 0, 1),
        FiguresRow("P1", 2, 1, 1),
        FiguresRow("P2", 1, 0, 1),
        FiguresRow("P3", 0, 0, 0),
    )
    assert [row.key for row in found.by_category] == ["harassment", "hate", "scams"]


def test_an_incident_counts_for_each_of_its_teams() -> None:
    found = figures(facts(an_incident(teams=(LEGAL, PR)), an_incident(teams=(PR,))), PERIOD)

    assert found.by_team == (FiguresRow("pr", 2, 0, 2), FiguresRow("legal", 1, 0, 1))


def test_times_to_ack_are_of_those_who_did_and_say_how_many_did_not() -> None:
    found = figures(
        facts(acks=(an_ack(1), an_ack(2), an_ack(30), an_ack(None), an_ack(14))), PERIOD
    ).acks

    assert (found.asked, found.acked, found.unanswered) == (5, 4, 1)
    assert (found.median, found.p90) == (timedelta(minutes=8), timedelta(minutes=30))
    assert found.attainment is not None
    assert (found.attainment.hits, found.attainment.n) == (3, 5)


def test_exactly_in_time_is_in_time() -> None:
    found = figures(facts(acks=(an_ack(15), an_ack(15.02))), PERIOD).acks.attainment

    assert found is not None
    assert found.hits == 1


def test_who_still_has_time_is_not_judged() -> None:
    found = figures(facts(acks=(an_ack(None, paged_at=END - timedelta(minutes=10)),)), PERIOD).acks

    assert (found.asked, found.unanswered, found.waiting) == (1, 0, 1)
    assert (found.attainment, found.median) == (None, None)


def test_a_task_of_an_ended_incident_is_left_to_do_and_not_overdue() -> None:
    hour = timedelta(hours=1)
    late = TaskFact("ESC-1", "Call", UserId("U0WEI"), END - hour, None, END - 2 * hour)
    ended_since = replace(late, ended_at=END + hour)
    found = figures(facts(tasks=(late, ended_since)), PERIOD)

    assert [due.text for due in found.left] == ["Call"]
    assert [due.text for due in found.overdue] == ["Call"]
    assert figures(facts(tasks=(late,)), PERIOD).overdue == ()


def test_an_answer_after_the_period_is_none_yet() -> None:
    found = figures(facts(acks=(an_ack(60, paged_at=END - timedelta(minutes=30)),)), PERIOD).acks

    assert (found.acked, found.unanswered) == (0, 1)
    assert found.attainment is not None
    assert found.attainment.hits == 0


def test_each_team_has_its_own_answers() -> None:
    found = figures(
        facts(acks=(an_ack(1, team=PR), an_ack(None), an_ack(2, team=PR))), PERIOD
    ).acks_by_team

    assert [(row.team, row.figures.asked, row.figures.acked) for row in found] == [
        ("legal", 1, 0),
        ("pr", 2, 2),
    ]


def test_the_five_oldest_open_ones_are_named() -> None:
    incidents = [
        an_incident(END - timedelta(days=days), reference=f"ESC-{days}") for days in range(1, 9)
    ]

    found = figures(facts(*incidents), PERIOD).oldest_open

    assert [row.incident.reference for row in found] == [f"ESC-{d}" for d in (8, 7, 6, 5, 4)]
    assert found[0].age == timedelta(days=8)


def test_closed_ones_and_later_ones_are_not_among_the_oldest_open() -> None:
    closed = an_incident(END - timedelta(days=9), END - timedelta(days=1), reference="ESC-9")
    closed_later = an_incident(END - timedelta(days=8), END, reference="ESC-8")
    later = an_incident(END + timedelta(days=1), reference="ESC-1")

    found = figures(facts(closed, closed_later, later), PERIOD).oldest_open

    assert [row.incident.reference for row in found] == ["ESC-8"]


def test_overdue_and_next_weeks_deadlines_are_told_apart() -> None:
    day = timedelta(days=1)
    found = figures(
        facts(
            an_incident(update_due_at=END - day),
            an_incident(update_due_at=END + day, reference="ESC-2"),
            an_incident(update_due_at=END - day, closed_at=END - 2 * day, reference="ESC-3"),
            tasks=(
                a_task(END - 2 * day, text="late"),
                a_task(END - 2 * day, END - day, text="done"),
                a_task(END, text="now"),
                a_task(END + 8 * day, text="far"),
            ),
        ),
        PERIOD,
    )

    assert [(due.kind, due.text) for due in found.overdue] == [
        (DeadlineKind.TASK, "late"),
        (DeadlineKind.UPDATE, "A pile-on"),
    ]
    assert [(due.kind, due.reference, due.text) for due in found.next_week] == [
        (DeadlineKind.TASK, "ESC-1", "now"),
        (DeadlineKind.UPDATE, "ESC-2", "A pile-on"),
    ]


def test_who_did_not_answer_in_time_is_overdue_in_the_open_escalation() -> None:
    minute, direct = timedelta(minutes=1), TeamKey("person:U0WEI")
    again = OPENED + timedelta(hours=1)
    found = figures(
        facts(
            an_incident(),
            an_incident(reference="ESC-2", closed_at=END - minute),
            acks=(
                an_ack(None),
                an_ack(None, team=direct, paged_at=again),
                an_ack(None, team=PR),
                an_ack(90, team=PR, paged_at=again),
                an_ack(None, team=TeamKey("ops"), paged_at=END - 5 * minute),
                an_ack(None)._replace(reference="ESC-2"),
            ),
        ),
        PERIOD,
    )
    assert [(due.kind, due.reference, due.team, due.owner) for due in found.overdue] == [
        (DeadlineKind.ANSWER, "ESC-1", LEGAL, None),
        (DeadlineKind.ANSWER, "ESC-1", None, UserId("U0WEI")),
    ]
    assert found.next_week == ()


def test_a_teams_digest_keeps_what_concerns_the_team() -> None:
    everything = facts(
        an_incident(teams=(LEGAL, PR)),
        an_incident(teams=(PR,), reference="ESC-2"),
        acks=(an_ack(1), an_ack(1, team=PR)),
        tasks=(a_task(END), replace(a_task(END), reference="ESC-2")),
    )

    narrowed = everything.of_teams([LEGAL])

    assert [i.reference for i in narrowed.incidents] == ["ESC-1"]
    assert [ack.team for ack in narrowed.acks] == [LEGAL]
    assert [task.reference for task in narrowed.tasks] == ["ESC-1"]
    assert everything.of_teams([]) is everything


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_wilsons_interval(hits: int, n: int, low: float, high: float) -> None:
    found = wilson(hits, n)

    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_a_share(case: tuple[int, int]) -> None:
    found = wilson(*case)

    assert 0.0 <= found.low <= found.share + 1e-12
    assert found.share - 1e-12 <= found.high <= 1.0


lengths = st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=1, max_size=40)


@given(lengths)
def test_half_lie_on_either_side_of_the_median_and_nine_tenths_within_the_ninetieth(
    took: list[timedelta],
) -> None:
    half = len(took) / 2

    assert sum(length <= middle(took) for length in took) >= half
    assert sum(length >= middle(took) for length in took) >= half
    assert ninetieth(took) in took
    assert sum(length <= ninetieth(took) for length in took) >= 0.9 * len(took)


moments = st.integers(-100, 20).map(lambda days: END + timedelta(days=days))


@given(st.lists(st.tuples(moments, st.none() | st.integers(0, 90)), max_size=30))
def test_what_is_open_is_what_was_open_and_opened_less_what_was_closed(
    spans: list[tuple[datetime, int | None]],
) -> None:
    found = facts(
        *(
            an_incident(start, None if days is None else start + timedelta(days=days))
            for start, days in spans
        )
    )
    week, before = figures(found, PERIOD), figures(found, PERIOD.earlier(1))

    # Whoever opens and closes in the same instant is never open; it counts in both columns.
    assert week.open.count == before.open.count + week.opened.count - week.closed.count
    assert sum(row.opened for row in week.by_severity) == week.opened.count
