"""The alert rules by Prometheus's own tool: each fires where it should, and is quiet elsewhere."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT

FILE = ROOT / "ops" / "alerts.yml"
RULES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
CASES = yaml.safe_load(Path(__file__).with_name("alert_cases.yml").read_text(encoding="utf-8"))
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
_LABEL = re.compile(r"\$labels\.(\w+)")
_BY = re.compile(r"\b(?:by|on) \(([^)]*)\)")
_AGGREGATED = re.compile(r"\b(?:sum|max|min|count|avg|group|absent) *(by \([^)]*\))? *\(")


def test_prometheus_takes_the_rules_and_finds_none_twice(promtool: str) -> None:
    checked = subprocess.run(
        [promtool, "check", "rules", "--lint-fatal", FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_and_is_quiet_as_its_cases_say(
    alert: str, promtool: str, tmp_path: Path
) -> None:
    cases = [case for case in CASES if case["alert"] == alert]
    assert {bool(case.get("fires")) for case in cases} == {True, False}, "both need a case"
    # What an alert says is left out: no case repeats its sentences.
    rule = {name: said for name, said in ALERTS[alert].items() if name != "annotations"}
    (tmp_path / "rule.yml").write_text(
        yaml.safe_dump({"groups": [{"name": "tocsin", "rules": [rule]}]})
    )
    tests = {
        "rule_files": ["rule.yml"],
        "evaluation_interval": "15s",
        "tests": [as_test(case, rule) for case in cases],
    }
    file = tmp_path / "tests.yml"
    file.write_text(yaml.safe_dump(tests))
    tested = subprocess.run(
        [promtool, "test", "rules", file], capture_output=True, text=True, check=False
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr


def as_test(case: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    """Write a case as promtool wants it."""
    series = [{"series": name, "values": values} for name, values in case["series"].items()]
    fired = [{"exp_labels": {**one, **rule["labels"]}} for one in case.get("fires", ())]
    expected = {"eval_time": case["at"], "alertname": case["alert"], "exp_alerts": fired}
    return {
        "name": case["case"],
        "interval": case.get("every", "15s"),
        "input_series": series,
        "alert_rule_test": [expected],
    }


def test_every_case_is_of_an_alert_that_there_is() -> None:
    assert {case["alert"] for case in CASES} == set(ALERTS)


@pytest.mark.parametrize("alert", ALERTS.values(), ids=ALERTS)
def test_no_alert_adds_one_deployment_to_another(alert: dict[str, Any]) -> None:
    """But where nothing at all is to be seen: then there is no job to tell of."""
    for aggregated in _AGGREGATED.finditer(alert["expr"].replace("absent(tocsin_build_info)", "")):
        assert "job" in (aggregated[1] or ""), alert["expr"]


@pytest.mark.parametrize("alert", ALERTS.values(), ids=ALERTS)
def test_an_alert_names_only_labels_that_it_has(alert: dict[str, Any]) -> None:
    named = set(_LABEL.findall(" ".join(alert["annotations"].values())))
    by = {label.strip() for said in _BY.findall(alert["expr"]) for label in said.split(",")}
    whole = not _AGGREGATED.search(alert["expr"])
    assert named <= by | {"job"} | ({"instance"} if whole or "up{" in alert["expr"] else set())
