"""The gate: may this model take the champion's place?

The laptop, the pipeline and the workflow all ask this module, with the limits of ``gate.yml``::

    python -m <%= pkg %>.gate --evaluation F --champion F --verdict F

The exit code is 0 for every verdict: a rejected model is an answer, not a crash. Who acts on the
answer reads the verdict file. A number that is missing, NaN or infinite is never skipped: it
rejects. Zero is a number.
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import yaml

PROMOTE = "promote"
KEEP = "keep champion"
REJECT = "reject"

# Whether a check is met, and the sentence that says so to a person.
Finding = tuple[bool, str]


def number(value: object) -> float | None:
    """Return a finite number as it is, and None for everything else (booleans and text too)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def load_limits(path: Path) -> dict[str, Any]:
    """Read gate.yml; see ``check_limits`` for what it must hold."""
    limits = yaml.safe_load(path.read_text(encoding="utf-8"))
    check_limits(limits)
    return limits


def check_limits(limits: dict[str, Any]) -> None:
    """Raise ValueError, naming the key, when a limit is missing or is not a number of its range.

    A limit of NaN would turn every comparison false, and with it the check off.
    """
    if not isinstance(limits, dict):
        raise ValueError("the limits must be a mapping: see gate.yml")
    if "floor" not in limits or (limits["floor"] is not None and number(limits["floor"]) is None):
        raise ValueError("floor must be a number, or null for 'better than a constant prediction'")
    keys = ("margin", "band", "unseen_rows", "slices.rows", "slices.tolerance", "fairness.gap")
    for key in keys:
        value: Any = limits
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        limit = number(value)
        if limit is None or limit < 0:
            raise ValueError(f"{key} must be a number of at least 0, it is {value!r}")


def score_of(evaluation: object) -> float | None:
    """Return the primary metric of an evaluation, None when there is no finite one."""
    if not isinstance(evaluation, dict) or not isinstance(evaluation.get("metrics"), dict):
        return None
    return number(evaluation["metrics"].get(evaluation.get("primary")))


def decide(
    candidate: dict[str, Any], champion: dict[str, Any] | None, limits: dict[str, Any]
) -> dict[str, Any]:
    """Judge a candidate's evaluation against the limits, then against the champion's evaluation.

    Both evaluations are as ``evaluate`` writes them, higher scores are better, ``champion`` is None
    when no model was ever promoted. The two are compared on test rows that neither learned from,
    as ``evaluate`` measured them; where there are too few, by the champion's stored score. Returns
    ``{"verdict": ..., "reasons": [...]}``; the reasons that reject come first. Raises ValueError
    for limits that cannot be used.
    """
    check_limits(limits)
    score = score_of(candidate)
    if score is None:
        return _answer(REJECT, ["The candidate's evaluation holds no finite primary metric."])
    findings = [
        *_floor(candidate, score, limits),
        *_slices(candidate, score, limits["slices"]),
        _fairness(candidate, limits["fairness"]),
    ]
    failed = [sentence for met, sentence in findings if not met]
    passed = [sentence for met, sentence in findings if met]
    if failed:
        return _answer(REJECT, failed + passed)
    verdict, reason = _against(champion, candidate, score, limits)
    return _answer(verdict, [reason, *passed])


def _answer(verdict: str, reasons: list[str]) -> dict[str, Any]:
    return {"verdict": verdict, "reasons": reasons}


def _floor(candidate: dict[str, Any], score: float, limits: dict[str, Any]) -> list[Finding]:
    """Compare with the absolute floor, or with a constant prediction when there is none."""
    primary = candidate["primary"]
    if limits["floor"] is not None:
        floor = float(limits["floor"])
        return [(score >= floor, f"{primary} is {score:.4f}, the floor is {floor:.4f}.")]
    selection = candidate.get("selection")
    scores = selection.get("scores") if isinstance(selection, dict) else None
    scores = scores if isinstance(scores, dict) else {}
    constant = number(scores.get("constant"))
    validated = number(scores.get(selection.get("chosen"))) if isinstance(selection, dict) else None
    if constant is None or validated is None:
        return [(False, "The cross-validated scores of the model or of a constant are missing.")]
    needed = constant + float(limits["margin"])
    asked = f"a constant prediction scores {constant:.4f}, so {needed:.4f} is asked"
    return [
        (value >= needed, f"{primary} {how} is {value:.4f}; {asked}.")
        for how, value in (("in cross-validation", validated), ("on the test rows", score))
    ]


def _slices(candidate: dict[str, Any], score: float, limits: dict[str, Any]) -> list[Finding]:
    """Find the slices with enough rows that fall too far below the whole."""
    slices = candidate.get("slices")
    if not isinstance(slices, list):
        return [(False, "The scores of the slices are missing.")]
    needed = score - float(limits["tolerance"])
    findings: list[Finding] = []
    judged = 0
    for part in slices:
        name = f"{part.get('column')} = {part.get('value')}"
        rows, value = number(part.get("rows")), number(part.get("score"))
        if rows is None:
            findings.append((False, f"Slice {name}: the number of rows is missing."))
        elif rows < limits["rows"]:
            continue
        elif value is None:
            findings.append((False, f"Slice {name}: the score is missing."))
        elif value < needed:
            findings.append((False, f"Slice {name} scores {value:.4f}, {needed:.4f} is asked."))
        else:
            judged += 1
    if not findings:
        told = f"{judged} judged, none below {needed:.4f}" if judged else "none, so none is judged"
        findings.append((True, f"Slices of at least {limits['rows']} rows: {told}."))
    return findings


def _fairness(candidate: dict[str, Any], limits: dict[str, Any]) -> Finding:
    """Compare the widest gap between groups of the sensitive column with the limit."""
    fairness = candidate.get("fairness")
    status = fairness.get("status") if isinstance(fairness, dict) else None
    if status == "not applicable":
        return True, "Fairness: not applicable, no column is named sensitive."
    gap = number(fairness.get("gap")) if isinstance(fairness, dict) else None
    if status != "measured" or gap is None:
        return False, "Fairness: the gap between groups is missing."
    allowed = float(limits["gap"])
    return gap <= allowed, f"Fairness: the gap between groups is {gap:.4f}, {allowed:.4f} allowed."


def on_unseen(
    measured: object, limits: dict[str, Any]
) -> tuple[float | None, float | None, str] | None:
    """Give the scores of a model and of the champion on the test rows that neither learned from.

    Args:
        measured: What ``evaluate.against`` gives.
        limits: What gate.yml holds.

    Returns:
        The two scores, None in place of what is no finite number, and the words that say where they
        are from. None when there are too few such rows, or nobody knows which they are.
    """
    if not isinstance(measured, dict):
        return None
    rows = number(measured.get("rows"))
    if rows is None or rows < limits["unseen_rows"]:
        return None
    told = f", both on the {rows:.0f} test rows that neither learned from"
    return number(measured.get("candidate")), number(measured.get("champion")), told


def _against(
    champion: dict[str, Any] | None, candidate: dict[str, Any], score: float, limits: dict[str, Any]
) -> tuple[str, str]:
    """Compare with the champion; within the band the two count as equal."""
    band = float(limits["band"])
    primary = candidate["primary"]
    if champion is None:
        return PROMOTE, f"First model: {primary} is {score:.4f}, there is no champion to beat."
    for key in ("task", "primary"):
        # Neither promoting nor keeping would be honest: the two numbers measure different things.
        if champion.get(key) != candidate.get(key):
            return REJECT, (
                f"Not comparable: the champion's {key} is {champion.get(key)}, the candidate's is "
                f"{candidate.get(key)}. After a change meant so, start over without a champion."
            )
    # The stored score is of other rows once the data has changed: harder ones would look like a
    # worse model.
    stored = score, score_of(champion), ""
    own, best, where = on_unseen(candidate.get("champion"), limits) or stored
    if best is None:
        return REJECT, f"The champion's evaluation holds no finite primary metric{where}."
    if own is None:
        return REJECT, f"The candidate's evaluation holds no finite primary metric{where}."
    # Rounded, so that 0.90 - 0.89 is 0.01 and lies inside a band of 0.01.
    difference = round(own - best, 9)
    told = f"{primary} is {own:.4f}, the champion's is {best:.4f}{where}"
    if difference > band:
        return PROMOTE, f"Better than the champion: {told}."
    if difference < -band:
        return REJECT, f"Worse than the champion: {told}."
    return KEEP, f"Equal to the champion within {band}: {told}."


def load_champion(path: Path) -> dict[str, Any] | None:
    """Read the champion's evaluation; ``{"champion": null}`` says that there is none.

    Raises ValueError when the file holds anything but a JSON object, so that a failed download is
    not taken for the absence of a champion.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError(f"{path} holds no evaluation")
    return None if document == {"champion": None} else document


def main(argv: list[str] | None = None) -> None:
    """Read two evaluations, write the verdict, print it with its reasons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluation", type=Path, required=True, help="of the candidate (JSON)")
    parser.add_argument("--champion", type=Path, required=True, help="its evaluation (JSON)")
    parser.add_argument("--verdict", type=Path, required=True, help="file to write (JSON)")
    parser.add_argument("--limits", type=Path, default=Path(__file__).with_name("gate.yml"))
    options = parser.parse_args(argv)
    candidate = json.loads(options.evaluation.read_text(encoding="utf-8"))
    answer = decide(candidate, load_champion(options.champion), load_limits(options.limits))
    options.verdict.parent.mkdir(parents=True, exist_ok=True)
    options.verdict.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")
    print(answer["verdict"])
    for reason in answer["reasons"]:
        print(f"- {reason}")


if __name__ == "__main__":
    main()
