"""The gate, as a table of cases, and its command line."""

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

from <%= pkg %> import gate

LIMITS: dict[str, Any] = {
    "floor": None,
    "margin": 0.05,
    "band": 0.01,
    "unseen_rows": 50,
    "slices": {"rows": 20, "tolerance": 0.2},
    "fairness": {"gap": 0.1},
}
GOOD: dict[str, Any] = {
    "task": "a task",
    "primary": "score",
    "metrics": {"score": 0.8, "other": 0.1},
    "selection": {"scores": {"constant": 0.3, "simple": 0.75, "richer": 0.7}, "chosen": "simple"},
    "slices": [
        {"column": "a", "value": "x", "rows": 40, "score": 0.7},
        {"column": "a", "value": "y", "rows": 30, "score": 0.9},
    ],
    "fairness": {"status": "measured", "column": "b", "gap": 0.05, "groups": []},
}
NOT_APPLICABLE: dict[str, Any] = {"status": "not applicable", "column": None, "gap": None}


def changed(path: str, value: Any, document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy with one value set; ``path`` is words and list positions joined by dots."""
    copied = copy.deepcopy(document)
    *words, last = path.split(".")
    place: Any = copied
    for word in words:
        place = place[int(word) if isinstance(place, list) else word]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copied


def scored(value: Any) -> dict[str, Any]:
    """Return the good evaluation with another primary metric."""
    return changed("metrics.score", value, GOOD)


# What is changed in the good candidate, and a word of the reason that must be given.
REJECTED = [
    ("metrics.score", None, "primary metric"),
    ("metrics.score", math.nan, "primary metric"),
    ("metrics.score", math.inf, "primary metric"),
    ("metrics.score", True, "primary metric"),
    ("metrics.score", "0.9", "primary metric"),
    ("metrics.score", ..., "primary metric"),
    ("metrics", ..., "primary metric"),
    ("primary", "missing", "primary metric"),
    ("metrics.score", 0.349, "on the test rows"),
    ("metrics.score", 0.0, "on the test rows"),
    ("selection.scores.simple", 0.349, "in cross-validation"),
    ("selection.scores.simple", math.nan, "missing"),
    ("selection.scores.constant", None, "missing"),
    ("selection", ..., "missing"),
    ("slices.0.score", 0.599, "a = x"),
    ("slices.0.score", None, "a = x"),
    ("slices.0.score", math.nan, "a = x"),
    ("slices.0.rows", ..., "a = x"),
    ("slices", ..., "slices"),
    ("fairness.gap", 0.101, "Fairness"),
    ("fairness.gap", None, "Fairness"),
    ("fairness.gap", math.nan, "Fairness"),
    ("fairness.status", "skipped", "Fairness"),
    ("fairness", ..., "Fairness"),
]


@pytest.mark.parametrize(("path", "value", "word"), REJECTED)
def test_what_is_bad_or_missing_rejects(path: str, value: Any, word: str) -> None:
    """It rejects without a champion and against the weakest champion alike, and says why."""
    candidate = changed(path, value, GOOD)
    for champion in (None, scored(0.0)):
        answer = gate.decide(candidate, champion, LIMITS)
        assert answer["verdict"] == gate.REJECT
        assert word in answer["reasons"][0]


@pytest.mark.parametrize(
    ("champion", "verdict", "word"),
    [
        (None, gate.PROMOTE, "First model"),
        (0.7, gate.PROMOTE, "Better"),
        (0.789, gate.PROMOTE, "Better"),
        (0.79, gate.KEEP, "Equal"),
        (0.8, gate.KEEP, "Equal"),
        (0.81, gate.KEEP, "Equal"),
        (0.811, gate.REJECT, "Worse"),
        (0.9, gate.REJECT, "Worse"),
        (0.0, gate.PROMOTE, "Better"),
        (None, gate.PROMOTE, "First model"),
        (math.nan, gate.REJECT, "champion's evaluation"),
        ("0.7", gate.REJECT, "champion's evaluation"),
    ],
)
def test_the_candidate_is_compared_with_the_champion(
    champion: Any, verdict: str, word: str
) -> None:
    """Better by more than the band, equal within it (its edge too), worse, or not to compare."""
    answer = gate.decide(GOOD, None if champion is None else scored(champion), LIMITS)
    assert answer["verdict"] == verdict
    assert word in answer["reasons"][0]


MEASURED = [
    # on rows of neither: how many and both scores; the verdict where 0.9 is stored; a word of it
    ({"rows": 50, "candidate": 0.62, "champion": 0.6}, gate.PROMOTE, "the 50 test rows"),
    ({"rows": 50, "candidate": 0.61, "champion": 0.6}, gate.KEEP, "that neither learned from"),
    ({"rows": 50, "candidate": 0.6, "champion": 0.62}, gate.REJECT, "Worse"),
    ({"rows": 50, "candidate": None, "champion": 0.6}, gate.REJECT, "candidate's evaluation"),
    ({"rows": 50, "candidate": math.nan, "champion": 0.6}, gate.REJECT, "candidate's evaluation"),
    ({"rows": 50, "candidate": 0.6, "champion": None}, gate.REJECT, "champion's evaluation"),
    # The stored score is all there is.
    ({"rows": 49, "candidate": 0.62, "champion": 0.6}, gate.REJECT, "champion's is 0.9000."),
    ({"rows": None, "candidate": 0.62, "champion": 0.6}, gate.REJECT, "champion's is 0.9000."),
    (None, gate.REJECT, "champion's is 0.9000."),
]


@pytest.mark.parametrize(("measured", "verdict", "word"), MEASURED)
def test_rows_that_neither_learned_from_decide_where_there_are_enough(
    measured: Any, verdict: str, word: str
) -> None:
    """Newer data may be harder: then the score that was stored with the champion is no measure."""
    answer = gate.decide({**GOOD, "champion": measured}, scored(0.9), LIMITS)
    assert answer["verdict"] == verdict
    assert word in answer["reasons"][0]


def test_swapping_champion_and_candidate_flips_the_verdict() -> None:
    """The two are not interchangeable."""
    better, worse = scored(0.85), scored(0.75)
    assert gate.decide(better, worse, LIMITS)["verdict"] == gate.PROMOTE
    assert gate.decide(worse, better, LIMITS)["verdict"] == gate.REJECT


@pytest.mark.parametrize("key", ["task", "primary"])
def test_numbers_that_measure_different_things_are_not_compared(key: str) -> None:
    """Even a champion that scores worse does not lose to a number of another kind."""
    other = changed("metrics", {"score": 0.5, "else": 0.5}, GOOD)
    answer = gate.decide(GOOD, changed(key, "else", other), LIMITS)
    assert answer["verdict"] == gate.REJECT
    assert "Not comparable" in answer["reasons"][0]


def test_an_empty_champion_file_is_not_the_absence_of_a_champion() -> None:
    """A champion whose evaluation was lost must not be overrun."""
    assert gate.decide(GOOD, {}, LIMITS)["verdict"] == gate.REJECT


@pytest.mark.parametrize(
    ("floor", "score", "verdict"),
    [(0.8, 0.8, gate.PROMOTE), (0.801, 0.8, gate.REJECT), (0.0, 0.0, gate.PROMOTE)],
)
def test_a_floor_takes_the_place_of_the_constant(floor: float, score: float, verdict: str) -> None:
    """A floor of zero is a floor, and a score of zero reaches it."""
    assert gate.decide(scored(score), None, {**LIMITS, "floor": floor})["verdict"] == verdict


def test_a_slice_with_few_rows_is_not_judged() -> None:
    """One row fewer than the limit, and a bad or missing score does not count."""
    for score in (0.0, None):
        small = {"column": "a", "value": "z", "rows": 19, "score": score}
        candidate = changed("slices", [*GOOD["slices"], small], GOOD)
        assert gate.decide(candidate, None, LIMITS)["verdict"] == gate.PROMOTE


def test_without_a_slice_of_enough_rows_the_gate_says_so() -> None:
    """Nothing to judge is no failure, but it must not read like a success."""
    for slices in ([], [{"column": "a", "value": "z", "rows": 19, "score": 1.0}]):
        answer = gate.decide(changed("slices", slices, GOOD), None, LIMITS)
        assert answer["verdict"] == gate.PROMOTE
        assert any("none is judged" in reason for reason in answer["reasons"])


def test_fairness_is_not_applicable_without_a_sensitive_column() -> None:
    """The words matter: what was not measured has not passed."""
    answer = gate.decide(changed("fairness", NOT_APPLICABLE, GOOD), None, LIMITS)
    assert answer["verdict"] == gate.PROMOTE
    assert any("not applicable" in reason for reason in answer["reasons"])
    assert not any("passed" in reason for reason in answer["reasons"])


NUMBERS = ["margin", "band", "unseen_rows", "slices.rows", "slices.tolerance", "fairness.gap"]


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [None, math.nan, -1, True, "0.1", ...])
def test_limits_that_cannot_be_used_are_refused(key: str, value: Any) -> None:
    """A limit of NaN would let everything pass."""
    with pytest.raises(ValueError, match=key):
        gate.decide(GOOD, None, changed(key, value, LIMITS))


@pytest.mark.parametrize("value", [math.nan, "high", ...])
def test_a_floor_that_cannot_be_used_is_refused(value: Any) -> None:
    """A floor must be named, be it as null."""
    with pytest.raises(ValueError, match="floor"):
        gate.decide(GOOD, None, changed("floor", value, LIMITS))


def test_the_limits_of_this_repository_can_be_used() -> None:
    """The values of gate.yml are numbers of their range."""
    gate.load_limits(Path(gate.__file__).with_name("gate.yml"))


@pytest.mark.parametrize("score", [0.8, 0.1, math.nan])
def test_the_command_writes_what_decide_says(
    score: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One decision for all: the command adds nothing to it, and NaN survives the file."""
    evaluation, limits = tmp_path / "evaluation", tmp_path / "limits.yml"
    evaluation.write_text(json.dumps(scored(score)), encoding="utf-8")
    limits.write_text(json.dumps(LIMITS), encoding="utf-8")
    champion = Path(__file__).parents[1] / "config" / "no-champion.json"
    verdict = tmp_path / "new" / "verdict"
    gate.main(
        [
            *("--evaluation", str(evaluation), "--champion", str(champion)),
            *("--verdict", str(verdict), "--limits", str(limits)),
        ]
    )
    written = json.loads(verdict.read_text(encoding="utf-8"))
    assert written == gate.decide(scored(score), None, LIMITS)
    assert capsys.readouterr().out.splitlines()[0] == written["verdict"]


def test_a_champion_file_that_holds_no_evaluation_stops_the_step(tmp_path: Path) -> None:
    """An error page saved as the champion's evaluation is not taken for "none"."""
    file = tmp_path / "champion"
    file.write_text("null", encoding="utf-8")
    with pytest.raises(ValueError, match="no evaluation"):
        gate.load_champion(file)


@pytest.mark.parametrize("text", ["{}", '{"champion": {}}', '{"error": "not found"}'])
def test_a_champion_file_without_a_score_is_not_taken_for_none(text: str, tmp_path: Path) -> None:
    """There is no champion only if the file says so."""
    file = tmp_path / "champion"
    file.write_text(text, encoding="utf-8")
    champion = gate.load_champion(file)
    assert champion is not None
    assert gate.decide(GOOD, champion, LIMITS)["verdict"] == gate.REJECT
