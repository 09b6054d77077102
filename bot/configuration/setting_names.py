"""The names of all settings, and suggestions for names that are nearly right."""

from collections.abc import Iterable, Mapping

from bot.domain.text.likeness import distance, mistyped

KNOWN = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_API_URL",
    "DATABASE_URL",
    "ESCALATION_POLICY",
    "HOST",
    "PORT",
    "LOG_FORMAT",
    "KEEP_DONE",
    "KEEP_DEAD",
    "KEEP_REQUESTS",
    "FALLBACK_GATEWAYS",
    "PUBLIC_URL",
    "LINK_SECRET",
    "HEARTBEAT_URL",
    "HEARTBEAT_EVERY",
    "CANARY_EVERY",
    "CANARY_CHANNEL",
    "SSL_CERT_FILE",
    "CLOCK_OFFSET_FILE",
)
_NEVER_EMPTY = {
    "ESCALATION_POLICY": "use escalation.toml",
    "HOST": "listen on every address of this machine",
    "FALLBACK_GATEWAYS": "have no way outside Slack",
    "PUBLIC_URL": "send no links",
    "LINK_SECRET": "sign links with SLACK_SIGNING_SECRET",
    "HEARTBEAT_URL": "send no heartbeat",
    "CANARY_EVERY": "send no canary",
}
"""Settings that may be absent but not empty, and what the bot does without each.

An empty value is probably a mistake: a person forgot the value, or the deployment lost it.
"""
_OURS = "TOCSIN_"
_TELLING = frozenset({"DATABASE", "ESCALATION", "HEARTBEAT", "CANARY"})
"""Words that name a setting on their own. `URL`, `TOKEN` or `PORT` may be another program's."""
_SHORT = 6
"""A name with fewer letters than this resembles too many others."""


def emptied(environment: Mapping[str, str]) -> str | None:
    """Return a sentence about the first setting that is empty and must not be; None if none is."""
    for name, without in _NEVER_EMPTY.items():
        if name in environment and not environment[name].strip():
            return f"{name} is empty: give it a value, or remove the line to {without}."
    return None


def misspelt(names: Iterable[str]) -> list[str]:
    """Return a sentence for each name that resembles a setting's name but has no effect."""
    return [
        f"{name} is not a setting of Tocsin and has no effect. Did you mean {meant}?"
        for name in names
        if name not in KNOWN and (meant := _meant(name.upper().removeprefix(_OURS))) is not None
    ]


def _meant(name: str) -> str | None:
    if name in KNOWN:
        return name
    near = [known for known in KNOWN if _is_near(name, known)]
    return min(
        near, key=lambda known: (not _is_mistyped(name, known), distance(name, known)), default=None
    )


def _is_near(name: str, known: str) -> bool:
    return _is_mistyped(name, known) or _lacks_words(name, known)


def _is_mistyped(name: str, known: str) -> bool:
    return len(name) >= _SHORT and len(known) >= _SHORT and mistyped(name, known)


def _lacks_words(name: str, known: str) -> bool:
    """Tell whether `name` is the setting's name without some of its words."""
    words = name.split("_")
    return set(words) < set(known.split("_")) and (len(words) > 1 or words[0] in _TELLING)
