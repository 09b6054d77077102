"""A link says what was signed, to whoever has the secret, and to nobody else anything."""

import base64
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.fallback.ways import BadLink, Link, Links
from bot.domain.ids import PageId, UserId

LINKS = Links("0123456789abcdef0123456789abcdef")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ids = st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=32)
moments = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
some_links = st.builds(Link, ids.map(PageId), ids.map(UserId), moments)
ONE = Link(PageId("01M82GVVC76CZY1TWTKQZRH3K3"), UserId("U0PRIYA"), NOW + timedelta(hours=24))


@given(link=some_links)
def test_what_was_signed_is_read_back(link: Link) -> None:
    assert LINKS.read(LINKS.token(link)) == link


@given(link=some_links, secret=st.text(min_size=1, max_size=64))
def test_another_secret_reads_nothing(link: Link, secret: str) -> None:
    assume(secret != "0123456789abcdef0123456789abcdef")
    with pytest.raises(BadLink):
        Links(secret).read(LINKS.token(link))


@given(
    link=some_links,
    secret=st.one_of(
        st.binary(max_size=200).map(os.fsdecode),
        st.text(alphabet=st.characters(), max_size=2_000),
    ),
)
def test_any_secret_signs_what_it_reads(link: Link, secret: str) -> None:
    """Whatever bytes an environment holds, of any length."""
    assert Links(secret).read(Links(secret).token(link)) == link
    with pytest.raises(BadLink):
        Links(secret + "x").read(Links(secret).token(link))


@given(link=some_links, data=st.data())
def test_a_token_with_any_character_changed_reads_nothing(link: Link, data: st.DataObject) -> None:
    token = LINKS.token(link)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters())
    assume(other != token[place])
    with pytest.raises(BadLink):
        LINKS.read(token[:place] + other + token[place + 1 :])


@given(link=some_links, data=st.data())
def test_a_token_cut_or_grown_reads_nothing(link: Link, data: st.DataObject) -> None:
    token = LINKS.token(link)
    end = data.draw(st.integers(0, len(token) - 1))
    more = data.draw(st.text(min_size=1, max_size=600))
    for other in (token[:end], token + more, more + token):
        with pytest.raises(BadLink):
            LINKS.read(other)


@given(st.text(max_size=500))
def test_any_text_at_all_is_no_link(text: str) -> None:
    with pytest.raises(BadLink):
        LINKS.read(text)


def test_the_parts_of_two_links_do_not_fit_together() -> None:
    other = Link(ONE.page_id, UserId("U0MALLORY"), ONE.expires_at + timedelta(days=365))
    payload, signature = LINKS.token(other).split(".")[0], LINKS.token(ONE).split(".")[1]
    with pytest.raises(BadLink):
        LINKS.read(f"{payload}.{signature}")


def test_another_spelling_of_the_same_bytes_reads_nothing() -> None:
    payload, signature = LINKS.token(ONE).split(".")
    raw = base64.urlsafe_b64decode(signature + "=")
    same = next(
        spelled
        for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        if (spelled := signature[:-1] + last) != signature
        and base64.urlsafe_b64decode(spelled + "=") == raw
    )
    with pytest.raises(BadLink):
        LINKS.read(f"{payload}.{same}")


def test_a_token_fits_into_an_address_and_an_sms() -> None:
    token = LINKS.token(ONE)
    assert len(token) < 150
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_is_not_read_beyond_the_longest() -> None:
    """What anyone may send is not hashed at any length."""

    def of_length(length: int) -> str:
        pages = (PageId("0" * count) for count in range(400))
        tokens = (LINKS.token(Link(page, ONE.user, ONE.expires_at)) for page in pages)
        return next(token for token in tokens if len(token) >= length)

    longest = of_length(400)
    assert len(longest) == 400
    assert LINKS.read(longest).user == ONE.user
    with pytest.raises(BadLink):
        LINKS.read(of_length(401))
