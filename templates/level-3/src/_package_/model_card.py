"""The model card of one version: what people wrote, and then the numbers of its run.

    python -m <%= pkg %>.model_card --evaluation evaluation.json --tests tests.json \
        --fairness fairness.json --verdict verdict.json --fact version=3 --card model-card.md

The text is docs/model-card.md as it stands; the numbers follow it, so that nobody copies them.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

TEXT = Path("docs/model-card.md")
# How the places are marked that only people can fill in; in quotes it only names the mark.
OPEN = re.compile(r'(?<!")\bto fill in\b', re.IGNORECASE)
COLUMNS_SHOWN = 15


def shown(value: Any) -> str:
    """Return a value for a cell of a table: numbers short, and nothing that ends the cell."""
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:.4f}"
    return " ".join(str(value).split()).replace("|", "\\|")


def table(head: list[str], rows: list[list[Any]]) -> list[str]:
    """Return the lines of a Markdown table; none without rows."""
    if not rows:
        return []
    lines = [head, ["---"] * len(head), *([shown(cell) for cell in row] for row in rows)]
    return ["", *(f"| {' | '.join(cells)} |" for cells in lines)]


def card(
    text: str,
    evaluation: dict[str, Any],
    tests: dict[str, Any],
    fairness: dict[str, Any],
    verdict: dict[str, Any],
    facts: list[tuple[str, str]],
) -> str:
    """Return the card: the text, then facts, metrics, slices, importance, tests and fairness.

    Raises:
        KeyError: A report lacks what the card must show.
    """
    selection = evaluation["selection"]
    chosen = [
        [name, score, "chosen" if name == selection["chosen"] else ""]
        for name, score in selection["scores"].items()
    ]
    left = len(OPEN.findall(text))
    places = {0: "Nothing is left for people to fill in.", 1: "One place is left to fill in."}
    lines = [
        text.rstrip("\n"),
        "",
        "## The numbers of this version",
        "",
        f"Written by a machine. {places.get(left, f'{left} places are left to fill in.')}",
        *table(["Fact", "Value"], [list(fact) for fact in facts]),
        "",
        "### Metrics on held-out rows",
        *table(["Metric", "Value"], [list(pair) for pair in evaluation["metrics"].items()]),
        "",
        f"{evaluation['rows']['train']} rows trained it, {evaluation['rows']['test']} judge it. "
        f"{evaluation['primary']} decides; cross-validated on the training rows:",
        *table(["Candidate", "Score", ""], chosen),
        "",
        "### The gate",
        "",
        f"Verdict: {shown(verdict['verdict'])}.",
        "",
        *(f"- {shown(reason)}" for reason in verdict["reasons"]),
        "",
        "### Model tests",
        "",
        f"Verdict: {shown(tests['verdict'])}.",
        *table(
            ["Test", "Passed", "What was seen"],
            [
                [entry["name"], "yes" if entry["passed"] else "no", entry["detail"]]
                for entry in tests["tests"]
            ],
        ),
        "",
        "### Fairness",
        "",
        f"Verdict: {shown(fairness['verdict'])}.",
        "",
        *(f"- {shown(reason)}" for reason in fairness["reasons"]),
        *table(
            ["Column", "Group", "Rows", "Score"],
            [
                [column["column"], group["value"], group["rows"], group["score"]]
                for column in fairness["columns"]
                for group in column["groups"]
            ],
        ),
        "",
        mitigated(fairness["mitigation"]),
        "",
        "### Slices",
        *table(
            ["Column", "Value", "Rows", "Score"],
            [
                [part["column"], part["value"], part["rows"], part["score"]]
                for part in evaluation["slices"]
            ],
        ),
        "",
        "### What the model uses",
        "",
        "How much the score falls when the values of one column are shuffled.",
        *table(
            ["Column", "Loss"],
            [[part["column"], part["mean"]] for part in evaluation["importance"][:COLUMNS_SHOWN]],
        ),
    ]
    return "\n".join(lines) + "\n"


def mitigated(record: dict[str, Any] | None) -> str:
    """Say in one line what mitigation did when the model was trained."""
    if record is None:
        return "Mitigation: the run that trained this model tried none."
    told = {
        "not applicable": "no column is named sensitive.",
        "not measured": "no two groups are large enough to be compared.",
        "not needed": "the gap in training was within what is allowed.",
        "no help": "reweighting was tried and did not close the gap; the model is the original.",
        "reweighted": "the groups were reweighted in training, which closed the gap.",
    }
    return f"Mitigation: {told[record['status']]}"


def fact(text: str) -> tuple[str, str]:
    """Split NAME=VALUE of the command line; the value may be empty."""
    name, sign, value = text.partition("=")
    if not (name and sign):
        raise argparse.ArgumentTypeError(f"write NAME=VALUE, not {text}")
    return name, value or "none"


def main(argv: list[str] | None = None) -> None:
    """Write the card of one version."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reports = ("evaluation", "tests", "fairness", "verdict")
    for name in reports:
        parser.add_argument(f"--{name}", type=Path, required=True, help="JSON file to read")
    parser.add_argument("--fact", type=fact, action="append", default=[], help="NAME=VALUE")
    parser.add_argument("--text", type=Path, default=TEXT, help="what people wrote (Markdown)")
    parser.add_argument("--card", type=Path, required=True, help="Markdown file to write")
    options = parser.parse_args(argv)
    try:
        documents = {
            name: json.loads(getattr(options, name).read_text(encoding="utf-8")) for name in reports
        }
        written = options.text.read_text(encoding="utf-8")
        text = card(written, facts=options.fact, **documents)
    except KeyError as error:
        sys.exit(f"no card: a report does not say {error}")
    except (OSError, ValueError) as error:
        sys.exit(f"no card: {error}")
    options.card.parent.mkdir(parents=True, exist_ok=True)
    options.card.write_text(text, encoding="utf-8")
    print(f"Model card: {options.card}")


if __name__ == "__main__":
    main()
