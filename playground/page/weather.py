"""The 'Slack weather' panel: faults and rate limits to switch on, and a log of the traffic."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from playground.facade import Playground
from playground.page.shown import dates
from playground.page.shown.reader import Reader
from playground.page.templating import join, keyed, render
from playground.web.faults import FaultKind, FaultRule

#: How many lines of the log to show.
_LINES = 60


@dataclass(frozen=True)
class Weather:
    """A fault with its texts, and the fields of its rule."""

    name: str
    title: str
    about: str
    kind: FaultKind
    method: str = "*"
    probability: float = 1.0
    error: str = "internal_error"
    seconds: float = 2.0

    def rule(self) -> FaultRule:
        return FaultRule(
            self.kind,
            method=self.method,
            probability=self.probability,
            error=self.error,
            seconds=self.seconds,
        )

    def is_on(self, rules: list[FaultRule]) -> bool:
        mine = self.rule()
        return any(
            (rule.kind, rule.method, rule.error, rule.probability)
            == (mine.kind, mine.method, mine.error, mine.probability)
            for rule in rules
        )


KINDS = (
    Weather("slow", "Slow", "Every answer takes 2 s", FaultKind.DELAY),
    Weather(
        "errors",
        "Server errors",
        "One call in four fails with 500",
        FaultKind.HTTP_500,
        probability=0.25,
    ),
    Weather(
        "lost",
        "Lost answers",
        "Half of the posts arrive, but the answer does not",
        FaultKind.RESET_STORED,
        "chat.postMessage",
        probability=0.5,
    ),
    Weather(
        "limited",
        "Rate limited",
        "Half of the calls get 429, retry after 2 s",
        FaultKind.RATE_LIMITED,
        probability=0.5,
    ),
    Weather(
        "garbage",
        "Wrong bodies",
        "One answer in four is an HTML page",
        FaultKind.HTML_BODY,
        probability=0.25,
    ),
    Weather(
        "channels",
        "No new channels",
        "Apps may not create channels in this workspace",
        FaultKind.ERROR,
        "conversations.create",
        error="restricted_action",
    ),
    Weather(
        "revoked",
        "Token revoked",
        "Every call answers token_revoked",
        FaultKind.ERROR,
        error="token_revoked",
    ),
    Weather("down", "Outage", "Every call fails with 500", FaultKind.HTTP_500),
)


def switched(rules: list[FaultRule], names: set[str]) -> list[FaultRule]:
    """Return the rules with exactly these kinds on. Rules set elsewhere stay."""
    others = [rule for rule in rules if not any(kind.is_on([rule]) for kind in KINDS)]
    return others + [kind.rule() for kind in KINDS if kind.name in names]


def draw(playground: Playground, reader: Reader) -> Markup:
    return render(
        "weather.html",
        base=f"/client/{reader.me.id}",
        switches=draw_switches(playground, reader),
        log=draw_log(playground, reader),
    )


def draw_switches(playground: Playground, reader: Reader) -> Markup:
    rules = playground.faults.rules
    body = render(
        "weather_switches.html",
        base=f"/client/{reader.me.id}",
        kinds=[(kind, kind.is_on(rules)) for kind in KINDS],
        limits=playground.rates.on,
        others=sum(not any(kind.is_on([rule]) for kind in KINDS) for rule in rules),
    )
    return keyed("div", "switches", body)


def draw_log(playground: Playground, reader: Reader) -> Markup:
    """The app's Web API calls and the deliveries to it, the newest first."""
    calls = islice(reversed(playground.workspace.api_log), _LINES)
    deliveries = islice(reversed(playground.workspace.delivery_log), _LINES)
    lines = [
        (call.at, f"call-{call.seq}", "out", call.method, call.ok, call.error or call.fault, None)
        for call in calls
    ] + [
        (sent.at, f"sent-{sent.seq}", "in", sent.type, not sent.error, sent.error, sent.seq)
        for sent in deliveries
    ]
    lines.sort(reverse=True)
    drawn = [
        keyed(
            "li",
            key,
            render(
                "weather_line.html",
                base=f"/client/{reader.me.id}",
                time=f"{dates.local(at, reader.me.tz):%H:%M:%S}",
                way=way,
                what=what,
                ok=ok,
                words=words,
                seq=seq,
            ),
        )
        for at, key, way, what, ok, words, seq in lines[:_LINES]
    ]
    return join(drawn) or keyed("li", "none", Markup('<span class="quiet">Nothing yet</span>'))
