"""What `serve` says before it begins: the same findings as the doctor's, in the same words.

Only what this machine alone decides. The database and Slack may be away for a while: that must
not keep a bot from starting, since it reaches people by other ways meanwhile.
"""

import logging
from collections.abc import Iterator

from bot.policy import Policy
from bot.settings import Settings, SettingsError
from commandline.doctor_canary import setting_findings as canary_findings
from commandline.doctor_fallback import fallback_findings
from commandline.doctor_findings import Finding, Level
from commandline.doctor_settings import exposure_findings
from commandline.doctor_slack import secret_finding
from commandline.doctor_store import file_findings

log = logging.getLogger(__name__)


def local_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    """Look at settings, gateways and files; no one else is asked."""
    yield from exposure_findings(settings)
    yield from fallback_findings(settings, policy)
    yield from canary_findings(settings)
    yield from file_findings(settings.database_url)
    if not settings.socket_mode:
        yield secret_finding(settings.signing_secret)


def refuse_or_warn(settings: Settings, policy: Policy) -> None:
    """Log each warning; raises SettingsError with a line for each failure."""
    found = list(local_findings(settings, policy))
    failed = [finding.what for finding in found if finding.level is Level.FAIL]
    if failed:
        raise SettingsError("\n".join(failed))
    for finding in found:
        if finding.level is Level.WARN:
            said = f"{finding.check}: {finding.what}"
            log.warning(said, extra={"advice": finding.advice})
