"""Reads the environment into one frozen object. No code further down reads the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.configuration import database_url
from bot.configuration.database_url import HIGHEST_PORT
from bot.configuration.length_faults import fault_of_length
from bot.configuration.setting_names import emptied
from bot.domain.errors import BadInput, TocsinError
from bot.domain.times.durations import DAY, SECOND, parse_duration
from bot.domain.upkeep.retention import Keep
from bot.network.certificates import trusting
from bot.network.proxies import Proxies, unusable_proxy

DEFAULT_API_URL = "https://slack.com/api/"
LOG_FORMATS = ("text", "json")
SHORTEST_LINK_SECRET = 16
_NOT_IN_PUBLIC_URL = re.compile(r"[\s?#@]")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")


@dataclass(frozen=True, slots=True)
class Watch:
    """How an outage of Tocsin itself is noticed: the heartbeat and the canary."""

    heartbeat_url: str | None = None
    heartbeat_every: timedelta = timedelta(seconds=30)
    canary_every: timedelta | None = None
    canary_channel: str = ""

    def __repr__(self) -> str:
        return f"Watch(heartbeat={self.heartbeat_url is not None}, canary={self.canary_every!r})"


class SettingsError(TocsinError):
    """A setting is wrong or missing. The text names the setting and says how to set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process runs. Secrets never appear in its repr."""

    bot_token: str
    signing_secret: str
    app_token: str | None
    api_url: str
    database_url: str
    policy_path: Path
    host: str
    port: int
    log_format: str
    clock_offset_file: Path | None = None
    keep: Keep = field(default_factory=Keep)
    gateways_path: Path | None = None
    public_url: str | None = None
    link_secret: str = ""
    watch: Watch = field(default_factory=Watch)
    proxies: Proxies = field(default_factory=Proxies)
    certificates: Path | None = None

    @property
    def socket_mode(self) -> bool:
        return self.app_token is not None

    def __repr__(self) -> str:
        return f"Settings(host={self.host!r}, port={self.port}, socket_mode={self.socket_mode})"


def read_settings(environment: Mapping[str, str], *, slack_needed: bool = True) -> Settings:
    """Return the settings; raises SettingsError with one clear sentence.

    With `slack_needed=False` the tokens may be absent (`migrate`, `manifest`, `verify`).
    """
    for problem in (emptied(environment), unusable_proxy(environment)):
        if problem is not None:
            raise SettingsError(problem)
    app_token = environment.get("SLACK_APP_TOKEN") or None
    if app_token and not (app_token.startswith("xapp-") and _is_plain(app_token)):
        raise SettingsError(
            "SLACK_APP_TOKEN does not look like an app-level token: it begins with 'xapp-' "
            "(Slack: your app, 'Basic Information', 'App-Level Tokens')."
        )
    secret_needed = slack_needed and app_token is None
    return Settings(
        bot_token=_token(environment, needed=slack_needed),
        signing_secret=_secret(environment, needed=secret_needed),
        app_token=app_token,
        api_url=_api_url(environment),
        database_url=_database_url(environment),
        policy_path=Path(environment.get("ESCALATION_POLICY") or "escalation.toml"),
        host=environment.get("HOST") or "0.0.0.0",
        port=_port(environment),
        log_format=_log_format(environment),
        clock_offset_file=_clock_file(environment),
        keep=_keep(environment),
        gateways_path=_optional_path(environment, "FALLBACK_GATEWAYS"),
        public_url=_public_url(environment),
        link_secret=_link_secret(environment, needed=slack_needed),
        watch=_watch(environment),
        proxies=Proxies.of(environment),
        certificates=_certificates(environment),
    )


def _token(environment: Mapping[str, str], *, needed: bool) -> str:
    token = environment.get("SLACK_BOT_TOKEN", "")
    if not token and needed:
        raise SettingsError(
            "SLACK_BOT_TOKEN is not set: take the 'Bot User OAuth Token' from your Slack app's "
            "'OAuth & Permissions' page (or run 'make demo', which needs none)."
        )
    if token and not (token.startswith("xoxb-") and _is_plain(token)):
        raise SettingsError("SLACK_BOT_TOKEN is not a bot token: those begin with 'xoxb-'.")
    return token


def _secret(environment: Mapping[str, str], *, needed: bool) -> str:
    secret = environment.get("SLACK_SIGNING_SECRET", "")
    if not secret and needed:
        raise SettingsError(
            "SLACK_SIGNING_SECRET is not set: take it from your Slack app's 'Basic Information' "
            "page, or set SLACK_APP_TOKEN to use Socket Mode instead of HTTP."
        )
    if not _is_plain(secret):
        raise SettingsError(
            "SLACK_SIGNING_SECRET is not one of Slack's: those have only letters and digits."
        )
    return secret


def _api_url(environment: Mapping[str, str]) -> str:
    url = environment.get("SLACK_API_URL") or DEFAULT_API_URL
    if not _is_address(url):
        raise SettingsError(
            f"SLACK_API_URL is '{url[:100]}': it must be an address such as {DEFAULT_API_URL}"
        )
    return url if url.endswith("/") else f"{url}/"


def _is_address(text: str) -> bool:
    return _names_host(text) and _is_plain(text)


def _names_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme in ("http", "https")


def _is_plain(text: str) -> bool:
    """Tell whether the text may go into an HTTP header: visible ASCII only."""
    return text.isascii() and text.isprintable() and " " not in text


def _database_url(environment: Mapping[str, str]) -> str:
    url = environment.get("DATABASE_URL", database_url.DEFAULT)
    if (problem := database_url.problem_with(url)) is not None:
        raise SettingsError(f"DATABASE_URL {problem}")
    return url


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT") or "3000"
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= HIGHEST_PORT):
        raise SettingsError(f"PORT is '{text[:20]}': it must be a number from 0 to 65535.")
    return int(text)


def _log_format(environment: Mapping[str, str]) -> str:
    chosen = environment.get("LOG_FORMAT") or "text"
    if chosen not in LOG_FORMATS:
        raise SettingsError(f"LOG_FORMAT is '{chosen[:20]}': it must be 'text' or 'json'.")
    return chosen


def _public_url(environment: Mapping[str, str]) -> str | None:
    url = (environment.get("PUBLIC_URL") or "").rstrip("/")
    if url and not is_public_address(url):
        raise SettingsError(
            f"PUBLIC_URL is '{url}': it must be the address at which people's browsers find the "
            "bot, such as https://tocsin.example.com"
        )
    return url or None


def is_public_address(text: str) -> bool:
    """Tell whether the address is one at which a browser, or Slack, could find the bot."""
    return _names_host(text) and text.isprintable() and not _NOT_IN_PUBLIC_URL.search(text)


def _link_secret(environment: Mapping[str, str], *, needed: bool) -> str:
    """Return the secret that signs links: LINK_SECRET, or else Slack's signing secret."""
    own = environment.get("LINK_SECRET") or ""
    if own and len(own.strip()) < SHORTEST_LINK_SECRET:
        raise SettingsError(
            f"LINK_SECRET is too short: it needs {SHORTEST_LINK_SECRET} characters or more. "
            "Make one with 'openssl rand -hex 32'."
        )
    secret = own or environment.get("SLACK_SIGNING_SECRET") or ""
    if needed and environment.get("PUBLIC_URL") and not secret:
        raise SettingsError(
            "LINK_SECRET is not set: PUBLIC_URL makes the bot send links, and without "
            "SLACK_SIGNING_SECRET (Socket Mode) it needs a secret to sign them with. Make one with "
            "'openssl rand -hex 32', and use the same one for every replica."
        )
    return secret


def _optional_path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    return Path(value) if value else None


def _clock_file(environment: Mapping[str, str]) -> Path | None:
    """Return the file's path. The file may not exist yet: the playground writes it."""
    path = _optional_path(environment, "CLOCK_OFFSET_FILE")
    try:
        if path is not None and path.exists():
            float(path.read_text(encoding="ascii") or "0")
    except OSError as error:
        raise SettingsError(
            f"CLOCK_OFFSET_FILE names {path}, which cannot be read: {error.strerror}."
        ) from None
    except ValueError:
        raise SettingsError(
            f"CLOCK_OFFSET_FILE names {path}, which does not hold a number of seconds."
        ) from None
    return path


def _certificates(environment: Mapping[str, str]) -> Path | None:
    path = _optional_path(environment, "SSL_CERT_FILE")
    if path is None:
        return None
    try:
        trusting(path)
    except OSError as error:  # OpenSSL raises this for a file without certificates too.
        raise SettingsError(
            f"SSL_CERT_FILE names {path}, which is not a file of certificates in PEM format: "
            f"{error.strerror}."
        ) from None
    except ValueError:
        raise SettingsError("SSL_CERT_FILE is not a path: it must name a file.") from None
    return path


def _keep(environment: Mapping[str, str]) -> Keep:
    # At least a day: Slack repeats requests for an hour; the bot looks up lost answers for a day.
    return Keep(
        done=_length(environment, "KEEP_DONE", least=DAY) or Keep().done,
        dead=_length(environment, "KEEP_DEAD", least=DAY) or Keep().dead,
        requests=_length(environment, "KEEP_REQUESTS", least=DAY) or Keep().requests,
    )


def _watch(environment: Mapping[str, str]) -> Watch:
    url = environment.get("HEARTBEAT_URL") or None
    if url is not None and not _is_address(url):
        # The error does not quote the address: it may hold a secret.
        raise SettingsError("HEARTBEAT_URL must be an address such as https://hc.example.com/id")
    channel = environment.get("CANARY_CHANNEL", "")
    every = _length(environment, "CANARY_EVERY")
    if every is not None and not _CHANNEL.fullmatch(channel):
        raise SettingsError(
            "CANARY_EVERY is set, so CANARY_CHANNEL must be the ID of a channel, such as "
            "C0123456789. Slack shows it at the bottom of the channel's details."
        )
    if every is not None and _port(environment) == 0 and not environment.get("PUBLIC_URL"):
        raise SettingsError("CANARY_EVERY needs a PORT other than 0, or PUBLIC_URL, for its click.")
    return Watch(
        heartbeat_url=url,
        heartbeat_every=_length(environment, "HEARTBEAT_EVERY") or Watch().heartbeat_every,
        canary_every=every,
        canary_channel=channel,
    )


def _length(
    environment: Mapping[str, str], name: str, *, least: timedelta = SECOND
) -> timedelta | None:
    text = environment.get(name)
    if not text:
        return None
    try:
        length = parse_duration(text, name)
    except BadInput as error:
        raise SettingsError(
            f"{name} is not understood: {fault_of_length(error.problem)}."
        ) from error
    if length < least:
        shortest = "a day ('1d')" if least == DAY else "a second ('1s')"
        raise SettingsError(f"{name} is '{text}': it must be at least {shortest}.")
    return length
