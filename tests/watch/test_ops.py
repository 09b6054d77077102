"""The dashboard and the alert rules ask for nothing that a bot does not tell."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from bot.domain.delivery.lanes import LaneNames
from bot.worker.metrics.database_metrics import DatabaseMetrics
from bot.worker.metrics.process_metrics import ProcessMetrics
from tests.docs.found_in_code import labels_by_metric
from tests.docs.pages import DOCS, ROOT, anchors, text

RULES = yaml.safe_load((ROOT / "ops" / "alerts.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((ROOT / "ops" / "grafana-dashboard.json").read_text(encoding="utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
OUTER = {"instance", "job"}
"""Labels that Prometheus itself adds to what it scrapes."""
_METRIC = re.compile(r"\b((?:tocsin|process|python)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
_BY = re.compile(r"\b(?:by|on|without)\s*\(([^)]*)\)")


def known() -> dict[str, set[str]]:
    """Every series of a running bot by name, with the names of its labels."""
    figures = ProcessMetrics()
    DatabaseMetrics(figures.registry, LaneNames())
    labels = labels_by_metric(figures.registry)
    # Prometheus's own, for each target.
    series: dict[str, set[str]] = {"up": set()}
    for metric in figures.registry.collect():
        own = set(labels.get(metric.name, ()))
        match metric.type:
            case "counter":
                series[f"{metric.name}_total"] = own
            case "histogram":
                series |= {f"{metric.name}_{end}": own for end in ("count", "sum")}
                series[f"{metric.name}_bucket"] = own | {"le"}
            case _:
                series[metric.name] = own | {name for s in metric.samples for name in s.labels}
    return series


KNOWN = known()


def expressions() -> Iterator[tuple[str, str]]:
    for alert in ALERTS:
        yield alert["alert"], alert["expr"]
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        if "definition" in variable:
            yield variable["name"], variable["definition"]


EXPRESSIONS = list(expressions())


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_an_expression_asks_for_what_there_is(where: str, expression: str) -> None:
    found = _METRIC.findall(expression)
    assert found, where
    for metric, selector in found:
        assert metric in KNOWN, (where, metric)
        assert set(_MATCHER.findall(selector)) <= KNOWN[metric] | OUTER, (where, selector)
    grouped = {label.strip() for said in _BY.findall(expression) for label in said.split(",")}
    assert grouped <= set().union(*(KNOWN[metric] for metric, _ in found)) | OUTER, where


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_an_expression_is_balanced(where: str, expression: str) -> None:
    for opening, closing in ("()", "{}", "[]"):
        depth = 0
        for character in expression:
            depth += (character == opening) - (character == closing)
            assert depth >= 0, where
        assert depth == 0, where
    assert expression.count('"') % 2 == 0


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_is_wrong_what_to_do_and_where_more_is_told(
    alert: dict[str, Any],
) -> None:
    assert set(alert) <= {"alert", "expr", "for", "labels", "annotations"}
    assert alert["labels"]["severity"] in ("page", "warning")
    said = alert["annotations"]
    assert said["summary"].endswith(".")
    assert said["action"].endswith(".")
    path, _, fragment = said["runbook_url"].partition("#")
    assert fragment in anchors(ROOT / path)
    assert f"`{alert['alert']}`" in text(DOCS / "how-to" / "watch-the-bot.md")


def test_the_dashboard_can_be_imported_anywhere() -> None:
    assert DASHBOARD["uid"] == "tocsin"
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in PANELS:
        assert panel["datasource"]["uid"] == "${datasource}", panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]


def test_whatever_is_measured_is_on_the_dashboard_or_in_an_alert() -> None:
    asked = {metric for _, said in EXPRESSIONS for metric, _ in _METRIC.findall(said)}
    ours = {name for name in KNOWN if name.startswith("tocsin_")}
    unseen = {re.sub("_(bucket|sum|count)$", "", name) for name in ours} - {
        re.sub("_(bucket|sum|count)$", "", name) for name in asked
    }
    assert unseen == set()
