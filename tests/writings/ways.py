"""The ways in which people, their keyboards and Slack write a name, as Slack sends it."""

from collections.abc import Iterable, Iterator

from tests.fuzz.effort import LONG

PLAIN = (
    "{}",
    "*{}*",
    "_{}_",
    "~{}~",
    "`{}`",
    "*_{}_*",
    '"{}"',
    "'{}'",
    "\u201c{}\u201d",
    "\u2018{}\u2019",
    "\u00ab{}\u00bb",
    "({})",
    "[{}]",
    "&lt;{}&gt;",
    "\u200b{}\u200b",
    "\u202e{}\u202c",
    "\ufeff{}",
    "*\u201c{}\u201d*",
    "\U0001f534 {}",
    ":rotating_light: {}",
    "- {}",
    "\u2022 *{}*",
    "\u2192 {}",
)
STOPS = ("{}.", "{},", "{}:", "{};", "{}!", "{}?", "*{}*:", "({}),", "{}\u2026")
WAYS = (*PLAIN, *STOPS)


def pairs(
    some: Iterable[str], others: Iterable[str], *, every: int, first: int = 0
) -> Iterator[tuple[str, str]]:
    """Yield one in `every` of all pairs, and each item equally often. `make fuzz` yields all pairs.

    Another `first` yields other pairs. All values of `first` together yield every pair.
    """
    for number, one in enumerate(some):
        for place, other in enumerate(others):
            if LONG or (number + place - first) % every == 0:
                yield one, other


def put(writings: Iterable[str], *, every: int = 1, first: int = 0) -> Iterator[str]:
    """Yield each text in all its ways, or in one of `every`."""
    for written, way in pairs(writings, WAYS, every=every, first=first):
        yield way.format(written)


FULLWIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def fullwidth(text: str) -> str:
    return text.translate(FULLWIDTH)


def references(number: int) -> tuple[str, ...]:
    """Return ways to write `ESC-5`, without marks around it."""
    return (
        f"ESC-{number}",
        f"esc{number}",
        f"Esc {number}",
        f"#{number}",
        f"#esc-{number}",
        f"escalation {number}",
        f"ESC\u2010{number}",
        f"ESC\u2013{number}",
        f"ESC\u2014{number}",
        f"ESC\u2212{number}",
        f"E\u200bSC-{number}\u2060",
        fullwidth(f"ESC-{number}"),
        f"ESC-00{number}",
        f"<http://ESC-{number}|ESC-{number}>",
    )


NO_REFERENCES = (
    "ESC-abc",
    "ESC-",
    "ESC-5x",
    "ESC-5/6",
    "ESC-5's",
    "esc5th",
    "#5a",
    "ESC-999",
    "*ESC-999*",
    "#999",
    "ESC-99999999999",
    "ESC-5 ESC-6",
    "ESC-5, ESC-6",
    "*ESC-5* and *ESC-6*",
    "ESC-5 &amp; #6",
    "ESC-5+ESC-6",
)
"""Texts that look like a reference, but cannot be taken as one."""


def severities(rank: int, name: str) -> tuple[str, ...]:
    return (
        f"p{rank}",
        f"P{rank}",
        f"p-{rank}",
        f"p {rank}",
        f"p_{rank}",
        f"p\u2013{rank}",
        f"sev{rank}",
        f"SEV-{rank}",
        f"sev {rank}",
        f"severity p{rank}",
        f"severity: {rank}",
        f"priority {rank}",
        f"prio p{rank}",
        fullwidth(f"p{rank}"),
        f"p\u200b{rank}",
        name,
        name.upper(),
        f"severity {name}",
    )


NO_SEVERITIES = ("p4", "P5", "p-7", "p00", "sev9", "sev 9", "severity 12", "p0x", "prio p8")
