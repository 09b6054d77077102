"""Why somebody is paged: what is kept of it, and what a page shows."""

from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.reasons import (
    Occasion,
    Question,
    Reason,
    of_a_page,
    passed_on,
    weightiest,
    with_another,
)

MEI, PRIYA, TOM = UserId("U0MEI"), UserId("U0PRIYA"), UserId("U0TOM")


def reasons(*more: Reason) -> tuple[Reason, ...]:
    found: tuple[Reason, ...] = (Reason(Occasion.OPENED, MEI, Severity.P2),)
    for reason in more:
        found = with_another(found, reason)
    return found


def asked(*words: str) -> list[Reason]:
    return [Reason(Occasion.ASKED, MEI, words=each) for each in words]


def handed(by: UserId, words: str = "") -> Reason:
    return Reason(Occasion.HANDED_OVER, by, words=words)


def raised(severity: Severity) -> Reason:
    return Reason(Occasion.RAISED, MEI, severity)


def test_a_hand_over_stays_whatever_is_asked_for_later() -> None:
    """Who is on the ladder, and who owns it then, depends on each of them."""
    kept = reasons(handed(PRIYA, "drafted"), handed(TOM), raised(Severity.P0), *asked(*"abcdefgh"))
    assert [r.by for r in kept if r.occasion is Occasion.HANDED_OVER] == [PRIYA, TOM]
    seen = [kept[place] for place in weightiest(kept, 4)]
    assert [(r.by, r.occasion) for r in seen] == [
        (MEI, Occasion.OPENED),
        (PRIYA, Occasion.HANDED_OVER),
        (TOM, Occasion.HANDED_OVER),
        (MEI, Occasion.RAISED),
    ]


def test_whatever_is_asked_for_stays() -> None:
    kept = reasons(*asked(*"abcdefgh"))
    assert [r.words for r in of_a_page(kept, full=True)] == ["", *"abcdefgh"]


def test_where_there_is_no_room_for_all_the_first_and_the_newest_stay() -> None:
    assert weightiest(reasons(*asked(*"abcde")), 4) == [0, 3, 4, 5]


def test_without_the_words_each_asker_is_named_once() -> None:
    by_tom = Reason(Occasion.ASKED, TOM, words="mine")
    seen = of_a_page(reasons(*asked(*"abc"), by_tom), full=False)
    assert [(r.by, r.words) for r in seen] == [(MEI, ""), (MEI, ""), (TOM, "")]
    assert [r.occasion for r in seen] == [Occasion.OPENED, Occasion.ASKED, Occasion.ASKED]


def test_the_newest_change_of_severity_stands() -> None:
    seen = reasons(raised(Severity.P1), *asked("a", "b"), raised(Severity.P0))
    assert [r.severity for r in seen if r.occasion is Occasion.RAISED] == [Severity.P0]


def test_the_last_hand_over_of_a_person_takes_the_place_of_the_one_before() -> None:
    kept = reasons(handed(PRIYA, "first"), handed(TOM), handed(PRIYA, "again"))
    assert [r.words for r in kept if r.by == PRIYA] == ["again"]


def test_a_hand_over_keeps_the_questions_of_the_one_before_that_it_replaces() -> None:
    to_ops = Question(TOM, "How many?", "ops", "Operations")
    to_mei = Question(PRIYA, "Who?", f"person:{MEI}", "mei")
    before = Reason(Occasion.HANDED_OVER, PRIYA, words="first", questions=(to_ops,))
    kept = reasons(before, Reason(Occasion.HANDED_OVER, PRIYA, words="again", questions=(to_mei,)))
    assert [Reason.from_json(r.to_json()) for r in kept] == list(kept)
    assert kept[-1].questions == (to_ops, to_mei)
    assert [question.person for question in kept[-1].questions] == [None, MEI]
    assert all(r.questions == () for r in of_a_page(kept, full=False))


def test_what_was_passed_on_is_no_reason_of_the_page() -> None:
    to_pr, to_tom = (Reason(Occasion.PASSED_ON, PRIYA, to=to) for to in ("pr", f"person:{TOM}"))
    kept = reasons(to_pr, to_tom)
    assert passed_on(kept) == to_tom
    assert to_tom.to_person == TOM
    assert to_pr.to_person is None
    assert [r.occasion for r in of_a_page(kept, full=True)] == [Occasion.OPENED]
    assert [Reason.from_json(r.to_json()) for r in kept] == list(kept)


def test_the_change_of_severity_that_paged_a_team_stays_beside_the_last_one() -> None:
    """Else a page of Legal, who came with P0, would give as its reason that it was lowered."""
    lowered = [Reason(Occasion.LOWERED, MEI, severity) for severity in (Severity.P2, Severity.P3)]
    kept: tuple[Reason, ...] = (raised(Severity.P0),)
    for reason in lowered:
        kept = with_another(kept, reason)
    assert kept == (raised(Severity.P0), lowered[-1])
    assert weightiest(kept, 1) == [1], "what it is now"
