"""Chart specifications: kept as built, drawn from named data, bound to no other host."""

import json
import re
import subprocess
import sys

import pytest

from course import charts
from course.charts import specs
from course.errors import InputError

NAMES = charts.spec_names()


def test_the_kept_specifications_are_what_altair_builds():
    kept = {name: (specs.FOLDER / f"{name}.json").read_text(encoding="utf-8") for name in NAMES}
    assert kept == specs.build()


def test_writing_again_changes_nothing_and_mends_what_was_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(specs, "FOLDER", tmp_path)
    assert sorted(specs.write()) == NAMES
    assert specs.write() == []
    (tmp_path / f"{NAMES[0]}.json").write_text("{}", encoding="utf-8")
    (tmp_path / "left-over.json").write_text("{}", encoding="utf-8")
    assert sorted(specs.write()) == sorted([NAMES[0], "left-over"])
    assert charts.spec_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_specification_names_another_host_or_fetches_data(name):
    text = json.dumps(charts.spec(name))
    assert "//" not in text
    assert '"url"' not in text


def _data_names(node) -> set[str]:
    if isinstance(node, dict):
        own = {node["data"]["name"]} if set(node.get("data") or {}) == {"name"} else set()
        return own.union(*map(_data_names, node.values()))
    return set().union(*map(_data_names, node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_draws_a_named_data_set_and_holds_no_rows(name):
    spec = charts.spec(name)
    assert _data_names(spec)
    assert "datasets" not in spec
    assert '"values": [{' not in json.dumps(spec)
    assert spec["width"] == "container"


@pytest.mark.parametrize("name", NAMES)
def test_colours_come_from_the_page_with_one_to_fall_back_on(name):
    text = json.dumps(charts.spec(name))
    inside = re.findall(r"var\(--sva-([\w-]+), (#[0-9a-f]{6})\)", text)
    assert {(token, value) for token, value in inside} <= set(charts.theme.COLOURS.items())
    outside = re.sub(r"var\([^)]*\)", "", text)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", outside) == []


def test_reading_a_specification_needs_no_altair():
    code = "import sys, course.explorers as x; x.weights_and_formula(); print('altair' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_an_unknown_chart_is_named_in_a_sentence():
    with pytest.raises(InputError, match="no chart “pie”"):
        charts.spec("pie")


def test_a_chart_can_be_drawn_as_svg_without_a_page():
    rows = {
        "segments": [
            {"bidder": "Alder", "criterion": "price", "start": 0, "end": 40, "middle": 20, "text": "40.0"}
        ],
        "bar_totals": [{"bidder": "Alder", "end": 40, "text": "40.00"}],
    }
    svg = charts.chart_svg(charts.spec("award-bars"), rows)
    assert svg.startswith("<svg")
    assert "Alder" in svg
    assert "var(" not in svg
    assert charts.theme.COLOURS["part-price"] in svg
