"""Codenames for incidents with a confidential title: neutral, easy to say, without meaning."""

import hashlib
import re

_MANNERS = (
    "Amber Brisk Calm Clear Copper Coral Distant Dusky Early Even Fern Gentle Golden "
    "Granite Hazel Indigo Ivory Juniper Keen Lilac Linen Lively Maple Mellow Misty Nimble "
    "Ochre Olive Opal Pale Pewter Placid Plain Quiet Rapid Russet Sable Saffron Sandy "
    "Silver Slate Steady Still Sunlit Tawny Teal Thorn Tidal Umber Upland Velvet Violet "
    "Warm Willow Winter Woven"
)
_BIRDS = (
    "Avocet Bittern Bulbul Bunting Curlew Dipper Dotterel Dunlin Egret Finch Fulmar Gannet "
    "Godwit Grebe Harrier Heron Hoopoe Ibis Jacana Kestrel Kingfisher Kite Lapwing Linnet "
    "Magpie Martin Merlin Myna Nightjar Oriole Osprey Owl Petrel Pipit Plover Quail Rail "
    "Raven Redstart Robin Rook Ruff Sanderling Shrike Siskin Skylark Snipe Sparrow Starling "
    "Stork Sunbird Swallow Swift Tern Thrush Wagtail Warbler Waxwing Wren"
)


_LIKE_ONE = re.compile(
    rf"({_MANNERS.replace(' ', '|')})[-_\s]*({_BIRDS.replace(' ', '|')})(?![^\W_])", re.IGNORECASE
)


def like_a_codename(text: str) -> str | None:
    """Return the codename at the start of a text, as typed; None if there is none."""
    found = _LIKE_ONE.match(text)
    return found[0] if found else None


def as_codename(typed: str) -> str:
    """Return a typed codename in its stored form: `rapid-dipper` becomes `Rapid Dipper`."""
    found = _LIKE_ONE.fullmatch(typed)
    return f"{found[1].capitalize()} {found[2].capitalize()}" if found else typed


def codename(incident_id: str) -> str:
    """Return an incident's codename. It depends only on the opaque id, never on the words."""
    digest = hashlib.sha256(incident_id.encode()).digest()
    return f"{_pick(_MANNERS, digest[:4])} {_pick(_BIRDS, digest[4:8])}"


def _pick(words: str, digest: bytes) -> str:
    choices = words.split()
    return choices[int.from_bytes(digest, "big") % len(choices)]
