"""Time zones as people write them after a time: `SGT`, `UTC+8`, `+08:00`, `Europe/Dublin`."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import BadInput
from bot.domain.problems.times import (
    NoSuchOffset,
    NoSuchZone,
    ZoneNotInForce,
    ZoneNotKnown,
    ZoneOfSeveral,
)
from bot.domain.times.words import several

EXAMPLE = "17:00 +08:00"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of an abbreviation in some countries.

    `hours`: the offset from UTC; None means the offset that is in force in `zone`.
    """

    zone: str
    hours: float | None
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as read. `named`: the abbreviation, if it must be in force in `place` at the time."""

    offset: tzinfo
    named: str = ""
    place: ZoneInfo | None = None

    def check(self, moment: datetime) -> None:
        """Raise BadInput for `EST` on a day when New York has EDT: the meaning is unclear."""
        if self.place is not None and moment.astimezone(self.place).utcoffset() != (
            moment.astimezone(self.offset).utcoffset()
        ):
            raise BadInput("when", ZoneNotInForce(self.place.key, self.named), EXAMPLE)


def _means(zone: str, hours: float | None, countries: str) -> Meaning:
    return Meaning(zone, hours, frozenset(several(countries)))


_EUROPE = "DE FR ES IT NL BE SE PL CZ AT DK NO HU CH LU SK SI HR RS MT"
_EAST_EUROPE = "RO UA GR FI BG EE LV LT CY MD"
_AMERICA = "US CA"
_MEANINGS: Mapping[str, tuple[Meaning, ...]] = {
    "utc": (_means("UTC", 0, ""),),
    "gmt": (_means("UTC", 0, ""),),
    "z": (_means("UTC", 0, ""),),
    # Asia and Oceania
    "sgt": (_means("Asia/Singapore", 8, "SG"),),
    "sst": (_means("Asia/Singapore", 8, "SG"), _means("Pacific/Pago_Pago", -11, "AS")),
    "myt": (_means("Asia/Kuala_Lumpur", 8, "MY"),),
    "wib": (_means("Asia/Jakarta", 7, "ID"),),
    "wita": (_means("Asia/Makassar", 8, "ID"),),
    "wit": (_means("Asia/Jayapura", 9, "ID"),),
    "pht": (_means("Asia/Manila", 8, "PH"),),
    "ict": (_means("Asia/Bangkok", 7, "TH VN KH LA"),),
    "hkt": (_means("Asia/Hong_Kong", 8, "HK"),),
    "jst": (_means("Asia/Tokyo", 9, "JP"),),
    "kst": (_means("Asia/Seoul", 9, "KR"),),
    "pkt": (_means("Asia/Karachi", 5, "PK"),),
    "npt": (_means("Asia/Kathmandu", 5.75, "NP"),),
    "trt": (_means("Europe/Istanbul", 3, "TR"),),
    "msk": (_means("Europe/Moscow", 3, "RU"),),
    "gst": (_means("Asia/Dubai", 4, "AE OM"), _means("Pacific/Guam", 10, "GU")),
    "idt": (_means("Asia/Jerusalem", 3, "IL"),),
    "aest": (_means("Australia/Sydney", 10, "AU"),),
    "aedt": (_means("Australia/Sydney", 11, "AU"),),
    "acst": (_means("Australia/Adelaide", 9.5, "AU"),),
    "acdt": (_means("Australia/Adelaide", 10.5, "AU"),),
    "awst": (_means("Australia/Perth", 8, "AU"),),
    "nzst": (_means("Pacific/Auckland", 12, "NZ"),),
    "nzdt": (_means("Pacific/Auckland", 13, "NZ"),),
    # Europe and Africa
    "wet": (_means("Europe/Lisbon", 0, "PT"),),
    "west": (_means("Europe/Lisbon", 1, "PT"),),
    "cet": (_means("Europe/Berlin", 1, _EUROPE),),
    "cest": (_means("Europe/Berlin", 2, _EUROPE),),
    "eet": (_means("Europe/Bucharest", 2, _EAST_EUROPE),),
    "eest": (_means("Europe/Bucharest", 3, _EAST_EUROPE),),
    "wat": (_means("Africa/Lagos", 1, "NG"),),
    "cat": (_means("Africa/Maputo", 2, "MZ ZM ZW RW"),),
    "sast": (_means("Africa/Johannesburg", 2, "ZA"),),
    "eat": (_means("Africa/Nairobi", 3, "KE TZ UG ET"),),
    # The Americas
    "est": (_means("America/New_York", -5, _AMERICA),),
    "edt": (_means("America/New_York", -4, _AMERICA),),
    "et": (_means("America/New_York", None, _AMERICA),),
    "cdt": (_means("America/Chicago", -5, _AMERICA), _means("America/Havana", -4, "CU")),
    "ct": (_means("America/Chicago", None, _AMERICA),),
    "mst": (_means("America/Denver", -7, _AMERICA),),
    "mdt": (_means("America/Denver", -6, _AMERICA),),
    "mt": (_means("America/Denver", None, _AMERICA),),
    "pdt": (_means("America/Los_Angeles", -7, _AMERICA),),
    "pt": (_means("America/Los_Angeles", None, _AMERICA),),
    "akst": (_means("America/Anchorage", -9, "US"),),
    "akdt": (_means("America/Anchorage", -8, "US"),),
    "hst": (_means("Pacific/Honolulu", -10, "US"),),
    "adt": (_means("America/Halifax", -3, "CA"),),
    "brt": (_means("America/Sao_Paulo", -3, "BR"),),
    "art": (_means("America/Argentina/Buenos_Aires", -3, "AR"),),
    "cot": (_means("America/Bogota", -5, "CO"),),
    "pet": (_means("America/Lima", -5, "PE"),),
    # Abbreviations with several meanings
    "ist": (
        _means("Asia/Kolkata", 5.5, "IN"),
        _means("Europe/Dublin", 1, "IE"),
        _means("Asia/Jerusalem", 2, "IL"),
    ),
    "bst": (_means("Europe/London", 1, "GB"), _means("Asia/Dhaka", 6, "BD")),
    "cst": (
        _means("America/Chicago", -6, "US CA"),
        _means("America/Mexico_City", -6, "MX"),
        _means("Asia/Shanghai", 8, "CN"),
        _means("Asia/Taipei", 8, "TW"),
    ),
    "pst": (_means("America/Los_Angeles", -8, _AMERICA), _means("Asia/Manila", 8, "PH")),
    "ast": (_means("America/Halifax", -4, "CA"), _means("Asia/Riyadh", 3, "SA")),
    "amt": (_means("America/Manaus", -4, "BR"), _means("Asia/Yerevan", 4, "AM")),
    "wst": (_means("Australia/Perth", 8, "AU"), _means("Pacific/Apia", 13, "WS")),
}
ONLY_IN_CAPITALS = frozenset({"eat", "cat", "art", "wit", "west", "wet", "pet", "et", "ct"}) | {
    "mt",
    "pt",
    "z",
}
"""In lower case, these are words or parts of words: 'at 9:00 eat something'."""

_OTHERS = frozenset(
    several(
        "CHST CLT CLST VET GYT UYT IRST IRDT UZT TMT YEKT MMT BNT NST NDT SCT MUT AZT AFT CVT FJT "
        "PGT MVT LKT BTT KGT TJT NCT VUT WAST HADT HAST MEZ MESZ HNEC HAEC"
    )
)
"""Abbreviations that exist but are not in `_MEANINGS`. The bot refuses them, so that they do not
pass for text."""
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")
_PLACE = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*(?:/[A-Za-z0-9+-]+(?:_[A-Za-z]+)*){1,2}")
_AREAS = frozenset(
    several("africa america antarctica asia atlantic australia europe indian pacific")
)
_COUNTRIES = {
    name.lower(): name
    for name in several(
        "US/Pacific US/Eastern US/Central US/Mountain US/Alaska US/Hawaii US/Arizona "
        "Canada/Pacific Canada/Eastern Canada/Central Canada/Mountain Canada/Atlantic "
        "Brazil/East Brazil/West Mexico/General Chile/Continental Etc/UTC Etc/GMT"
    )
}
"""Older zone names, listed because `US/EU` is text."""
_FURTHEST = timedelta(hours=14)


def read_zone(word: str, countries: Collection[str]) -> Zone | None:
    """Read a zone as written; None if the word is not one.

    Raises BadInput if the zone has several meanings, is not known, or does not exist.
    """
    folded = word.lower()
    meanings = _MEANINGS.get(folded)
    if meanings is not None and (word.isupper() or folded not in ONLY_IN_CAPITALS):
        return _meant(word.upper(), meanings, countries)
    if word in _OTHERS:
        raise BadInput("when", ZoneNotKnown(word), EXAMPLE)
    found = _OFFSET.fullmatch(folded)
    if found is not None:
        return Zone(_offset(word, found))
    if _names_a_place(word):
        return Zone(_place(word))
    return Zone(ZoneInfo(_COUNTRIES[folded])) if folded in _COUNTRIES else None


def _offset(word: str, found: re.Match[str]) -> timezone:
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if length > _FURTHEST or int(found[3] or 0) > 59:
        raise BadInput("when", NoSuchOffset(word), EXAMPLE)
    return timezone(length if found[1] == "+" else -length)


def _names_a_place(word: str) -> bool:
    """Tell whether a word looks like an IANA name, which begins with a continent or an ocean.

    `and/or` does not.
    """
    area, between, _ = word.lower().partition("/")
    return bool(between) and area in _AREAS and _PLACE.fullmatch(word) is not None


def _place(word: str) -> ZoneInfo:
    for name in (word, word.title()):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError, ValueError):
            continue
    raise BadInput("when", NoSuchZone(word[:40]), "17:00 Europe/Dublin")


def _meant(name: str, meanings: tuple[Meaning, ...], countries: Collection[str]) -> Zone:
    """Choose the meaning by the policy's markets.

    Raises BadInput if that leaves meanings with different offsets.
    """
    here = [meaning for meaning in meanings if not meaning.countries.isdisjoint(countries)]
    meant = (here or meanings)[0]
    others = [meaning for meaning in here or meanings if meaning.hours != meant.hours]
    if others:
        places = tuple(dict.fromkeys(_city(each) for each in (meant, *others)))
        raise BadInput("when", ZoneOfSeveral(name, places), EXAMPLE)
    place = ZoneInfo(meant.zone)
    if meant.hours is None:
        return Zone(place)
    return Zone(timezone(timedelta(hours=meant.hours)), name, place)


def _city(meaning: Meaning) -> str:
    return meaning.zone.rpartition("/")[2].replace("_", " ")
