"""The chain that seals an incident's history."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incidents.timeline import GENESIS, Entry, EntryKind, chain

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

Sealed = tuple[datetime, str, Entry]

data = st.dictionaries(st.text(max_size=4), st.text(max_size=6) | st.integers() | st.none())
entries = st.builds(Entry, st.sampled_from(EntryKind), data)
histories = st.lists(
    st.tuples(
        st.integers(0, 10**9).map(lambda seconds: AT + timedelta(seconds=seconds)),
        st.sampled_from(["U0MEI", "U0TOM", "bot"]),
        entries,
    ),
    min_size=1,
    max_size=8,
)


def seals(history: list[Sealed]) -> list[str]:
    sealed, previous = [], GENESIS
    for seq, (at, actor, entry) in enumerate(history):
        previous = chain(previous, seq, at, actor, entry)
        sealed.append(previous)
    return sealed


@given(histories, st.data())
def test_any_change_breaks_every_seal_from_there_on(
    history: list[Sealed], draw: st.DataObject
) -> None:
    index = draw.draw(st.integers(0, len(history) - 1))
    at, actor, entry = history[index]
    other_kind = next(kind for kind in EntryKind if kind is not entry.kind)
    more: dict[str, Any] = {**entry.data, "added": 1} if "added" not in entry.data else {}
    changed = draw.draw(
        st.sampled_from(
            [
                (at + timedelta(microseconds=1), actor, entry),
                (at, actor + "X", entry),
                (at, actor, replace(entry, kind=other_kind)),
                (at, actor, replace(entry, data=more)),
            ]
        )
    )

    before = seals(history)
    after = seals([*history[:index], changed, *history[index + 1 :]])

    assert before[:index] == after[:index]
    assert not set(before[index:]) & set(after[index:])


@given(histories.filter(lambda history: len(history) > 1))
def test_leaving_one_out_or_swapping_two_breaks_the_chain(history: list[Sealed]) -> None:
    assert seals(history)[-1] != seals(history[1:])[-1]
    if history[0] != history[1]:
        assert seals(history)[-1] != seals([history[1], history[0], *history[2:]])[-1]


@given(entries)
def test_a_seal_does_not_depend_on_the_order_of_keys_or_the_zone(entry: Entry) -> None:
    turned = replace(entry, data=dict(reversed(list(entry.data.items()))))
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))

    assert chain(GENESIS, 1, AT, "bot", entry) == chain(GENESIS, 1, elsewhere, "bot", turned)


def test_a_seal_stays_the_same_in_every_release() -> None:
    entry = Entry(EntryKind.NOTE, {"text": "héllo", "n": 1})

    assert chain(GENESIS, 1, AT, "U0MEI", entry) == (
        "8fb6e05c425593f87f92bb98734f20d51edf843a5cead5999d7d05d639108490"
    )
