"""What a form is about, as its `private_metadata` carries it, and what a button's value names.

A handover begins from a page or from the incident; the subject says which.
"""

from bot.domain.clockwork import Snooze
from bot.domain.errors import NotFound

_INCIDENT = "incident:"


def about_incident(incident_id: str) -> str:
    return _INCIDENT + incident_id


def incident_in(subject: str) -> str | None:
    """Return the incident of a handover's subject; None when it is a page."""
    return subject.removeprefix(_INCIDENT) if subject.startswith(_INCIDENT) else None


def snooze_in(value: str) -> tuple[Snooze, str]:
    """Read `30m:<id>`; raises NotFound for a forged value."""
    length, _, subject = value.partition(":")
    if length not in list(Snooze) or not subject:
        raise NotFound("reminder", "")
    return Snooze(length), subject


def asker_in(value: str) -> tuple[str, str]:
    """Read `<incident id>:<the asker's id>`; raises NotFound for a forged value."""
    incident_id, _, asker = value.partition(":")
    if not incident_id or not asker.isalnum():
        raise NotFound("request", "")
    return incident_id, asker
