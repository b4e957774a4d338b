"""Tests of the report that the training workflow shows to people."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

SUMMARY = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "summary.py"))
EVALUATION: dict[str, Any] = {
    "primary": "r2",
    "metrics": {"mae": 12.5, "r2": 0.81234},
    "slices": [{"column": "place", "value": "a|b", "rows": 40, "score": None}],
    "fairness": {"status": "not applicable"},
}


def report(champion: dict[str, Any], **others: Any) -> str:
    verdict = {"verdict": "keep champion", "reasons": ["Equal to the champion."]}
    return str(SUMMARY["report"](EVALUATION, champion, verdict, **{"facts": [], **others}))


def test_the_primary_metric_comes_first_beside_the_champions() -> None:
    lines = report({"metrics": {"r2": 0.8, "mae": 13.0}}).splitlines()
    assert lines[0] == "## Training: keep champion"
    assert "- Equal to the champion." in lines
    first = lines.index("| r2 | 0.8123 | 0.8000 |")
    assert lines[first + 1] == "| mae | 12.5000 | 13.0000 |"


def test_without_a_champion_its_column_is_empty() -> None:
    assert "| r2 | 0.8123 | - |" in report({"champion": None}).splitlines()


def test_text_from_outside_is_shown_and_not_interpreted() -> None:
    text = report({}, facts=["Reason=<img src=x> | **now**"], note="a_b")
    assert "- Reason: \\<img src=x\\> \\| \\*\\*now\\*\\*" in text
    assert "a\\_b" in text
    assert "| place = a\\|b | 40 | - |" in text


def test_facts_without_a_value_are_left_out_and_addresses_are_links() -> None:
    lines = report({}, facts=["Reason=", "Job=https://example.org/a_b?c=d"]).splitlines()
    assert "- Job: <https://example.org/a_b?c=d>" in lines
    assert not [line for line in lines if line.startswith("- Reason")]


def test_the_command_reads_the_files_and_prints_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "evaluation": EVALUATION,
        "champion": {"champion": None},
        "verdict": {"verdict": "reject", "reasons": ["Too low."]},
    }
    words = []
    for name, content in files.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        words += [f"--{name}", str(path)]
    SUMMARY["main"]([*words, "--fact", "Data=3"])
    printed = capsys.readouterr().out
    assert printed.startswith("## Training: reject")
    assert "- Data: 3" in printed
