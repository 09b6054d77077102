"""The ids in a form's `private_metadata` and in a button's value.

A handover begins from a page or from the incident. The subject says which.
"""

from bot.domain.controls import IN_THE_LIST
from bot.domain.errors import NotYours
from bot.domain.followups.cadence import Snooze
from bot.domain.incidents.severity import Severity

LONGEST_KEY = 32
_INCIDENT = "incident:"


def about_incident(incident_id: str) -> str:
    return _INCIDENT + incident_id


def incident_in(subject: str) -> str | None:
    """Return the incident of a handover's subject; None if the subject is a page."""
    return subject.removeprefix(_INCIDENT) if subject.startswith(_INCIDENT) else None


def snooze_in(value: str) -> tuple[Snooze, str]:
    """Read `30m:<id>`. Raises NotYours for a forged value."""
    length, _, subject = value.partition(":")
    if length not in list(Snooze) or not subject:
        raise NotYours
    return Snooze(length), subject


def reminder_in(value: str) -> tuple[str, int | None, bool]:
    """Read `<times>:<id>`, and whether the reminder is in the list.

    Buttons of earlier releases contain the id alone.
    """
    times, parted, rest = value.partition(":")
    if not parted:
        return value, None, False
    reminder_id, _, place = rest.partition(":")
    if not times.isdecimal() or not reminder_id:
        raise NotYours
    return reminder_id, int(times[:9]), place == IN_THE_LIST


def typed_as(key: str, severity: Severity, title: str, needs: str = "") -> str:
    """Return typed text as a button's value: the title, and the needs on the lines after it.

    All buttons that offer the same text share one `key`. However many of them are pressed, it is
    opened once.
    """
    line = " ".join(title.split())
    return f"{key}:{severity}:{line}\n{needs}" if needs else f"{key}:{severity}:{line}"


def typed_in(value: str) -> tuple[str, Severity, str, str]:
    """Read `<key>:P0:<title>` and the needs. Raises NotYours for a forged value."""
    key, _, rest = value.partition(":")
    severity, _, typed = rest.partition(":")
    if severity not in list(Severity) or not (0 < len(key) <= LONGEST_KEY and key.isalnum()):
        raise NotYours
    title, _, needs = typed.partition("\n")
    return key, Severity(severity), title, needs
