#!/usr/bin/env python3
"""Write the report of a training run in Markdown, for the summary of a workflow or for a person.

    python3 scripts/summary.py --evaluation evaluation.json --champion champion.json \
        --verdict verdict.json --fact "Data=3"

Reads what ``evaluate`` and ``gate`` write. Standard library only: it runs where the package is not
installed.
"""

import argparse
import json
from pathlib import Path
from typing import Any


def text(value: Any) -> str:
    """Return a value for a table cell: four digits, a dash for nothing, no Markdown but links."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4f}"
    words = " ".join(str(value).split())
    if words.startswith("https://") and not set(words) & set(" <>|"):
        return f"<{words}>"
    for mark in "\\`*_[]<>|#":
        words = words.replace(mark, "\\" + mark)
    return words


def table(head: list[str], rows: list[list[Any]]) -> list[str]:
    """Return a Markdown table: the first column is words, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *([text(c) for c in row] for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]


def fold(title: str, lines: list[str]) -> list[str]:
    """Return lines that GitHub shows when the title is clicked."""
    return [f"<details><summary>{title}</summary>", "", *lines, "</details>", ""]


def report(
    evaluation: dict[str, Any],
    champion: dict[str, Any],
    verdict: dict[str, Any],
    *,
    note: str = "",
    facts: list[str],
) -> str:
    """Return the whole report; ``facts`` are ``NAME=VALUE``, those without a value are left out."""
    primary = evaluation["primary"]
    theirs = champion.get("metrics") or {}
    lines = [f"## Training: {text(verdict['verdict'])}", ""]
    lines += [text(note), ""] if note else []
    lines += [f"- {text(reason)}" for reason in verdict["reasons"]] + [""]
    names = sorted(evaluation["metrics"], key=lambda name: (name != primary, name))
    rows = [[name, evaluation["metrics"][name], theirs.get(name)] for name in names]
    lines += table(["Metric", "This run", "Champion"], rows)
    lines += [f"The gate compares {text(primary)}; higher is better.", ""]
    pairs = [fact.partition("=")[::2] for fact in facts]
    lines += [f"- {name}: {text(value)}" for name, value in pairs if value.strip()] + [""]
    if slices := evaluation.get("slices"):
        rows = [[f"{s['column']} = {s['value']}", s["rows"], s["score"]] for s in slices]
        lines += fold("Slices", table(["Slice", "Rows", text(primary)], rows))
    fairness = evaluation.get("fairness") or {}
    if groups := fairness.get("groups"):
        rows = [[f"{fairness['column']} = {g['value']}", g["rows"], g["score"]] for g in groups]
        title = f"Fairness: the gap is {text(fairness.get('gap'))}"
        lines += fold(title, table(["Group", "Rows", text(primary)], rows))
    if importance := evaluation.get("importance"):
        rows = [[i["column"], i["mean"], i["std"]] for i in importance]
        lines += fold("Permutation importance", table(["Column", "Mean", "Deviation"], rows))
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    """Read the files, print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluation", type=Path, required=True, help="of this run (JSON)")
    parser.add_argument("--champion", type=Path, required=True, help="its evaluation (JSON)")
    parser.add_argument("--verdict", type=Path, required=True, help="of the gate (JSON)")
    parser.add_argument("--note", default="", help="a sentence below the title")
    parser.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(argv)
    files = (options.evaluation, options.champion, options.verdict)
    evaluation, champion, verdict = (json.loads(file.read_text("utf-8")) for file in files)
    print(report(evaluation, champion, verdict, note=options.note, facts=options.fact))


if __name__ == "__main__":
    main()
