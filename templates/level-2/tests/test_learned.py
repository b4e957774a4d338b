"""Which rows a model learned from, and the comparison with the champion on those of neither."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest

from <%= pkg %> import evaluate, gate, learned
from <%= pkg %>.data import Contract, columns, replaced
from <%= pkg %>.evaluate import PRIMARY

Rows = Callable[..., pd.DataFrame]
ROOT = Path(__file__).parents[1]
LIMITS = gate.load_limits(Path(gate.__file__).with_name("gate.yml"))


def kept(folder: Path, champion: Any, frame: pd.DataFrame, contract: Contract) -> Path:
    """Lay a champion and the rows it learned from down as az downloads them."""
    model = folder / "named-outputs" / "model"
    model.mkdir(parents=True)
    joblib.dump(champion, model / "model.pkl")
    learned.write(frame, contract, folder / "named-outputs" / "learned" / "learned")
    return folder


def test_rows_are_told_by_what_they_hold_however_it_is_written(
    rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    frame = rows(contract, 30).astype(object)
    keys = learned.keys(frame, contract)
    assert len(set(keys)) == len(frame)
    numbers = [
        column["name"]
        for column in contract["columns"]
        if column["role"] != "ignored" and column["type"] in ("whole", "decimal")
    ]
    written = {name: frame[name].map(lambda value: repr(float(value))) for name in numbers}
    assert learned.keys(replaced(frame, written), contract) == keys
    frame.to_csv(tmp_path / "data.csv", index=False)
    assert learned.keys(pd.read_csv(tmp_path / "data.csv", dtype=str), contract) == keys
    # Nothing reads a column that is ignored, so it makes no other row.
    ignored = replaced(frame, dict.fromkeys(columns(contract, "ignored"), "else"))
    assert learned.keys(ignored, contract) == keys
    assert learned.keys(frame[::-1], contract) == keys[::-1]


def test_rows_of_other_data_are_unseen(rows: Rows, contract: Contract, tmp_path: Path) -> None:
    known, new = rows(contract, 30), rows(contract, 20, seed=1)
    file = tmp_path / "new" / "learned"
    learned.write(known, contract, file)
    both = pd.concat([known[:10], new], ignore_index=True)
    found = learned.unseen(both, contract, file)
    assert found is not None
    pd.testing.assert_frame_equal(found.reset_index(drop=True), both[10:].reset_index(drop=True))
    none = learned.unseen(known, contract, file)
    assert none is not None and none.empty
    # Learned from one column more or less, or of another type: these hashes tell nothing.
    *others, last = contract["columns"]
    assert learned.unseen(both, {**contract, "columns": others}, file) is None
    changed = {**contract, "columns": [*others, {**last, "type": "text"}]}
    assert learned.unseen(both, changed, file) is None


def test_both_are_scored_on_the_rows_of_neither(
    model: Any, rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    known, new = rows(contract, 30), rows(contract, 60, seed=7)
    test = pd.concat([known, new], ignore_index=True)
    folder = kept(tmp_path, model, known, contract)
    score = evaluate.metrics(model, new, contract)[PRIMARY]
    found = evaluate.against(model, folder, test, contract)
    assert found == {"rows": 60, "candidate": pytest.approx(score), "champion": found["champion"]}
    assert found["candidate"] == found["champion"]


def test_harder_rows_do_not_make_an_equal_model_look_worse(
    model: Any, rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    hard = rows(contract, 80, seed=7)
    hard[contract["target"]] = hard[contract["target"]].to_numpy()[::-1]
    known = {"scores": {}, "chosen": None, "rows": None}
    candidate = evaluate.evaluate(model, hard, contract, known)
    candidate["champion"] = evaluate.against(
        model, kept(tmp_path, model, rows(contract, 30), contract), hard, contract
    )
    easy = evaluate.metrics(model, rows(contract, 80), contract)
    assert easy[PRIMARY] > candidate["metrics"][PRIMARY] + LIMITS["band"]
    champion = {**candidate, "metrics": easy}
    score = candidate["metrics"][PRIMARY]
    assert gate._against(champion, candidate, score, LIMITS)[0] == gate.KEEP
    stored = {**candidate, "champion": None}
    assert gate._against(champion, stored, score, LIMITS)[0] == gate.REJECT


class Broken:
    """A model of older code: nothing of it can be called any more."""


def test_without_a_champion_that_can_be_scored_there_is_nothing_to_tell(
    model: Any, rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    known, new = rows(contract, 30), rows(contract, 60, seed=7)
    assert evaluate.against(model, ROOT / "config" / "no-champion", new, contract) is None
    broken = kept(tmp_path / "broken", Broken(), known, contract)
    assert evaluate.against(model, broken, new, contract) is None
    # Trained before the hashes were stored.
    older = kept(tmp_path / "older", model, known, contract)
    (older / "named-outputs" / "learned" / "learned").unlink()
    assert evaluate.against(model, older, new, contract) is None
    columns_since = kept(tmp_path / "other", model, known, contract)
    file = columns_since / "named-outputs" / "learned" / "learned"
    file.write_text(file.read_text().replace('"', '"x', 1))
    assert evaluate.against(model, columns_since, new, contract) is None
    all_known = kept(tmp_path / "known", model, new, contract)
    found = evaluate.against(model, all_known, new, contract)
    assert found == {"rows": 0, "candidate": None, "champion": None}
    assert gate.on_unseen(found, LIMITS) is None
    assert math.isfinite(LIMITS["unseen_rows"])
