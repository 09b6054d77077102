"""Reads the policy file and returns a Policy, or reports everything that is wrong with the file."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.domain.errors import PolicyError
from bot.policy.conversion import policy_from
from bot.policy.cross_references import cross_reference_faults
from bot.policy.faults import Fault, shape_faults
from bot.policy.model import Policy
from bot.policy.schema import PolicyFile
from bot.policy.source_lines import line_of, lines_by_path

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_DIGITS = re.compile("[0-9]")
_NESTING = re.compile(r"[\[{.]")
DEEPEST = 20
"""Most levels of tables and lists; a policy has seven."""
_KEY = re.compile(r"""\s*([A-Za-z0-9_."'-]+)\s*=|\s*\[+([^\]]+)\]""")


def load(path: Path) -> Policy:
    """Read and validate a policy file. Raises PolicyError with one line for each mistake."""
    raw = _read(path)
    text = _decoded(path, raw)
    data = _parsed(path, text)
    file, faults = _validated(data)
    misshapen = {fault.path for fault in faults}
    faults += [fault for fault in cross_reference_faults(data) if fault.path not in misshapen]
    if file is None or faults:
        raise PolicyError(_report(path, text, faults))
    digest = hashlib.sha256(raw).hexdigest()[:12]
    return policy_from(file, source=path.name, digest=digest)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PolicyError(
            f"{path}: there is no such file; ESCALATION_POLICY names the policy file"
        ) from None
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError:
        raise PolicyError("ESCALATION_POLICY is not the name of a file") from None


def _decoded(path: Path, raw: bytes) -> str:
    try:
        # TOML allows CRLF. One kind of line end keeps the line numbers right.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{path}, line {line}: expected UTF-8 text") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(_syntax_report(path, text, str(error))) from None
    except ValueError:
        # Python refuses numbers with thousands of digits, and tomllib passes the error on.
        line = _line_with_most(text, _DIGITS)
        raise PolicyError(f"{path}, line {line}: expected a shorter number") from None
    except RecursionError:
        raise _nested_too_deeply(path, text) from None
    if _depth(data) > DEEPEST:
        raise _nested_too_deeply(path, text)
    return data


def _nested_too_deeply(path: Path, text: str) -> PolicyError:
    line = _line_with_most(text, _NESTING)
    return PolicyError(f"{path}, line {line}: nested too deeply; expected a few levels at most")


def _line_with_most(text: str, signs: re.Pattern[str]) -> int:
    """Return the line (from 1) with the most matches."""
    counts = [len(signs.findall(line)) for line in text.split("\n")]
    return counts.index(max(counts)) + 1


def _depth(data: Any) -> int:
    """Count levels without recursion, and stop once there are too many."""
    depth, level = 0, [data]
    while level and depth <= DEEPEST:
        depth += 1
        inside = [one.values() if isinstance(one, dict) else one for one in level]
        level = [value for values in inside for value in values if isinstance(value, dict | list)]
    return depth


def _validated(data: Mapping[str, Any]) -> tuple[PolicyFile | None, list[Fault]]:
    try:
        return PolicyFile.model_validate(data), []
    except ValidationError as error:
        return None, list(shape_faults(error))


def _report(path: Path, text: str, faults: Iterable[Fault]) -> str:
    lines = lines_by_path(text)
    located = {(line_of(lines, fault.path), fault.key, fault.problem) for fault in faults}
    return "\n".join(
        f"{path}, line {line}, {key}: {problem}" for line, key, problem in sorted(located)
    )


def _syntax_report(path: Path, text: str, message: str) -> str:
    """Describe a TOML syntax error with its line, and with the key if the line has one."""
    lines = text.split("\n")
    position = _POSITION.search(message)
    number = int(position[1]) if position and position[1] else len(lines)
    line = lines[number - 1] if number <= len(lines) else ""
    found = _KEY.match(line)
    key = f", {(found[1] or found[2]).strip()}" if found else ""
    problem = _POSITION.sub("", message)
    hint = _hint(line, problem)
    return f"{path}, line {number}{key}: not valid TOML: {problem}{hint}"


def _hint(line: str, problem: str) -> str:
    if problem == "Invalid value":
        return "; expected a text in quotes, a number, true, false, or a list in [ ]"
    if problem.startswith(("Cannot overwrite a value", "Cannot declare")):
        return "; expected this key or table only once"
    if "=" not in line and problem.startswith("Expected '='"):
        return "; expected key = value"
    return ""
