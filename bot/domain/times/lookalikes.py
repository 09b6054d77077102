"""Words that look like part of a time but are not read: misspelt days, other languages, places.

The bot refuses a time with such a word after it. A colon between the two is the way out.
"""

import re
import unicodedata

from bot.domain.text.likeness import distance
from bot.domain.times.days import MONTHS, NAMES
from bot.domain.times.words import several

_PARTS_OF_DAY = frozenset(
    several(
        # English
        "am pm a.m p.m o'clock oclock morning mornin afternoon evening night nite noon midnight "
        "noonish noon-ish lunchtime arvo tonite 2nite tonight uhr uur hrs hs klo "
        # Romance languages
        "tarde noche manana madrugada mediodia medianoche manha noite soir soiree matin apres-midi "
        "l'apres-midi midi minuit sera mattina pomeriggio notte mezzogiorno mezzanotte seara "
        "dimineata "
        # Germanic languages
        "nachmittags nachmittag vormittags vormittag abends abend morgens fruh "
        "nachts mittags middag ochtend avond nacht kvall kvallen eftermiddag aften formiddag kveld "
        # Others in Latin letters
        "pagi siang sore malam petang umaga hapon gabi rano wieczorem popoludniu vecer odpoledne "
        "delutan este illalla iltapaivalla aksam sabah ogleden sang chieu toi "
        # Other alphabets
        "μμ μ.μ πμ π.μ утра дня вечера ночи ранку вечора ночі مساء صباحا शाम सुबह रात बजे"
    )
)
_DAYS_ELSEWHERE = frozenset(
    several(
        "mañana manana pasado demain apres-demain aujourd'hui morgen ubermorgen heute domani "
        "dopodomani oggi amanha hoje hoy besok bukas lusa jutro pojutrze zajtra zitra holnap "
        "huomenna imorgon imorgen idag yarin bugun "
        "lunes martes miercoles jueves viernes sabado domingo "
        "lundi mardi mercredi jeudi vendredi samedi dimanche "
        "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
        "lunedi martedi mercoledi giovedi venerdi sabato domenica "
        "segunda terca quarta quinta sexta segunda-feira terca-feira quarta-feira quinta-feira "
        "sexta-feira "
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
        "mandag tirsdag onsdag torsdag fredag lordag lørdag sondag søndag tisdag "
        "senin selasa rabu kamis jumat jum'at minggu isnin khamis jumaat ahad "
        "poniedziałek wtorek sroda środa czwartek piatek sobota niedziela "
        "pazartesi sali carsamba persembe cuma cumartesi pazar "
        "завтра сегодня послезавтра понедельник вторник среда среду четверг пятница пятницу "
        "суббота субботу воскресенье понеділок вівторок αυριο σημερα غدا اليوم कल आज"
    )
)
_WITHOUT_SPACES = tuple(
    several(
        "上午 下午 晚上 早上 中午 凌晨 今天 今晚 今日 明天 明日 明早 后天 後天 星期 礼拜 "
        "下周 下週 周 週 午前 午後 月曜 火曜 水曜 木曜 金曜 土曜 日曜 오전 오후 내일 오늘 모레 "
        "월요일 화요일 수요일 목요일 금요일 토요일 일요일"
    )
)
_SMALL = frozenset(several("de la el da do di du del della le a in am der the dem en om na"))
PLACES = frozenset(
    several(
        "london dublin singapore berlin paris madrid rome milan lisbon amsterdam brussels vienna "
        "zurich geneva stockholm oslo copenhagen helsinki warsaw prague budapest bucharest sofia "
        "athens istanbul moscow kyiv kiev belfast edinburgh manchester barcelona munich hamburg "
        "frankfurt dubai riyadh doha cairo nairobi lagos accra johannesburg karachi lahore kolkata "
        "mumbai delhi bangalore bengaluru hyderabad chennai dhaka colombo kathmandu bangkok hanoi "
        "saigon jakarta manila cebu taipei tokyo osaka seoul beijing shanghai shenzhen guangzhou "
        "hongkong sydney melbourne brisbane perth adelaide auckland wellington honolulu "
        "anchorage seattle portland denver phoenix chicago austin dallas houston detroit boston "
        "atlanta miami toronto vancouver montreal ottawa bogota lima santiago caracas nyc sf kl hk "
        "eastern pacific"
    )
) | {
    *("new york", "los angeles", "san francisco", "mexico city", "sao paulo", "buenos aires"),
    *("kuala lumpur", "hong kong", "new delhi", "ho chi", "tel aviv", "abu dhabi", "cape town"),
    *("east coast", "west coast", "bay area", "rio de", "san jose", "las vegas"),
}
"""Cities as people name them after a time, at most two words each."""
_BEFORE_TIME = frozenset(
    several("local standard daylight summer winter savings coast european lumpur york kong eastern")
)
_COUNTRIES = frozenset(several("uk us usa eu hq dc la ny uae"))
"""These are places only at the end or before a day: `17:00 UK`, but not `17:00 UK report`."""
_ZONES = re.compile(r"(?:[ecmp][sd]?t|utc|gmt)/(?:[ecmp][sd]?t|utc|gmt)")
_BETWEEN = re.compile(r"[-/,.&+]")
_TOMORROW = re.compile(r"2m[or][a-z]*")
_LONG, _SHORTEST = 7, 5
_NAMES = tuple(sorted(name for name in NAMES if len(name) >= _SHORTEST))


def bare(word: str) -> str:
    """Return the word without accents, so that `miércoles` equals `miercoles`."""
    apart = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def part_of_day(words: tuple[str, ...]) -> bool:
    """Recognise a part of the day: `p .m.`, `PMSGT`, `nachmittags`, `de la tarde`."""
    at = 0
    while at < min(2, len(words) - 1) and bare(words[at]) in _SMALL:
        at += 1
    return any(_names_a_part(word) for word in (words[at : at + 1] + words[:1]))


def _names_a_part(word: str) -> bool:
    begins = word.startswith(("pm", "p.m", "a.m", *_WITHOUT_SPACES))
    return begins or word == "p" or bare(word) in _PARTS_OF_DAY or word in _PARTS_OF_DAY


def day_elsewhere(word: str) -> bool:
    known = bare(word) in _DAYS_ELSEWHERE or word in _DAYS_ELSEWHERE
    return known or word.startswith(_WITHOUT_SPACES)


def misspelt_day(word: str) -> bool:
    return _nearly(word, _NAMES) or _TOMORROW.fullmatch(word) is not None


def misspelt_month(word: str) -> bool:
    return _nearly(word, MONTHS)


def _nearly(word: str, names: tuple[str, ...]) -> bool:
    """Allow one wrong letter in names of five letters or more, two in names of seven or more."""
    if len(word) < _SHORTEST:
        return False
    return any(
        distance(word, name) <= (2 if min(len(word), len(name)) >= _LONG else 1) for name in names
    )


def several_days(word: str) -> bool:
    """Recognise `mon-fri`, `Mon/Wed`, `tue,thu`."""
    first, *more = _BETWEEN.split(word)
    return bool(more) and first in NAMES and more[0] in NAMES


def place(words: tuple[str, ...]) -> bool:
    """Recognise `London`, `New York`, `UK time`, `Priya's time`, `central european time`."""
    known = " ".join(words[:1]) in PLACES or " ".join(words[:2]) in PLACES
    told = words[1:2] == ("time",) or (words[2:3] == ("time",) and words[1] in _BEFORE_TIME)
    alone = words[0] in _COUNTRIES and (len(words) == 1 or words[1] in NAMES)
    zones = _ZONES.fullmatch(words[0]) is not None
    return known or told or alone or zones
