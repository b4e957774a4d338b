"""The training pipeline: each step, the small runner, and the whole on data made up here."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest
import run_pipeline
import yaml
from mlflow import MlflowClient
from run_pipeline import Pipeline, Stop

from <%= pkg %> import (
    data,
    evaluate,
    gate,
    prepare,
    register,
    scoring,
    tracking,
    train,
)
from <%= pkg %>.data import (
    CONTRACT,
    Contract,
    columns,
    inputs,
    load_contract,
    outcome,
)
from <%= pkg %>.evaluate import PRIMARY

Rows = Callable[..., pd.DataFrame]
ROOT = Path(__file__).parents[1]
LIMITS = gate.load_limits(Path(gate.__file__).with_name("gate.yml"))


class Place:
    """A folder with gathered data, a store and a registry, where pipelines can be run."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made yet."""
        self.folder = folder
        self.store = folder / "mlruns.db"
        self.model = folder / "model"

    def train(self, run: str, *more: str) -> Path:
        """Run the training pipeline as on the command line; returns what its steps wrote."""
        work = self.folder / run
        run_pipeline.main(
            [
                *("--datastore", f"gathered={self.folder / 'gathered'}"),
                *("--work", str(work), "--store", str(self.store), "--model", str(self.model)),
                *more,
            ]
        )
        return work

    @property
    def client(self) -> MlflowClient:
        """The store, to be asked."""
        address = tracking.local_store(self.store)
        return MlflowClient(address, address)

    def versions(self) -> list[Any]:
        """All registered versions of the model."""
        return list(self.client.search_model_versions(f"name = '{tracking.EXPERIMENT}'"))

    def run_ids(self) -> list[str]:
        """All runs, the newest first."""
        experiment = self.client.get_experiment_by_name(tracking.EXPERIMENT)
        assert experiment is not None
        return [run.info.run_id for run in self.client.search_runs([experiment.experiment_id])]


def verdict_of(work: Path) -> str:
    """The gate's word in the folder of a run."""
    return str(json.loads((work / "gate" / "verdict").read_text(encoding="utf-8"))["verdict"])


@pytest.fixture(scope="module")
def place(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place with one day of gathered data that the deployed contract describes."""
    place = Place(tmp_path_factory.mktemp("place"))
    day = place.folder / "gathered" / "2026-01-31"
    day.mkdir(parents=True)
    rows(load_contract(CONTRACT), 240).to_csv(day / "data.csv", index=False)
    return place


@pytest.fixture(scope="module")
def first(place: Place) -> Path:
    """What the first run of the pipeline wrote."""
    return place.train("first")


def test_the_first_model_is_promoted_and_registered(place: Place, first: Path) -> None:
    assert verdict_of(first) == "promote"
    [version] = [v for v in place.versions() if v.version == 1 or v.version == "1"]
    assert set(version.tags) == {"run", "data", "commit"}
    assert version.tags["run"] == version.run_id
    assert version.tags["data"].startswith("gathered sha256:")
    assert all(version.tags.values())


def test_a_run_is_tracked(place: Place, first: Path) -> None:
    run_id = place.run_ids()[-1]
    run = place.client.get_run(run_id)
    evaluation = json.loads((first / "evaluate" / "evaluation").read_text(encoding="utf-8"))
    assert run.info.status == "FINISHED"
    assert {"seed", "sample", "rows", "chosen"} < set(run.data.params)
    assert any(key.startswith("model.") for key in run.data.params)
    assert evaluation["metrics"].items() <= run.data.metrics.items()
    assert run.data.metrics["cv_score"] == max(
        run.data.metrics["cv_score"], run.data.metrics["cv_score.constant"]
    )
    assert run.data.tags["verdict"] == "promote"
    files = {file.path for file in place.client.list_artifacts(run_id)}
    assert files == {"model", "learned", "selection.json", "evaluation.json", "verdict.json"}


def test_the_champion_can_be_loaded_where_the_server_looks(place: Place, first: Path) -> None:
    contract = load_contract(CONTRACT)
    model = scoring.load_model(place.model)
    test = data.read_folder(first / "prepare" / "test")
    assert len(scoring.predict(model, inputs(test, contract), contract)) == len(test)
    assert (place.model / "MLmodel").is_file()
    stored = json.loads((place.model / "evaluation.json").read_text(encoding="utf-8"))
    assert [part["column"] for part in stored["importance"]]


def test_the_same_again_keeps_the_champion(place: Place, first: Path) -> None:
    before = len(place.versions())
    work = place.train("again")
    assert verdict_of(work) == "keep champion"
    assert len(place.versions()) == before
    assert scoring.load_model(place.model)
    # The champion is scored again, on the same test rows: they are unseen by both.
    stored = json.loads((work / "evaluate" / "evaluation").read_text(encoding="utf-8"))
    primary = stored["metrics"][stored["primary"]]
    rows = len(data.read_folder(work / "prepare" / "test"))
    assert stored["champion"] == {"rows": rows, "candidate": primary, "champion": primary}


def kept(folder: Path, champion: Any, frame: pd.DataFrame, contract: Contract) -> Path:
    """Lay a champion and the rows it learned from down as az downloads them."""
    model = folder / "named-outputs" / "model"
    model.mkdir(parents=True)
    joblib.dump(champion, model / "model.pkl")
    prepare.write_learned(frame, contract, folder / "named-outputs" / "learned" / "learned")
    return folder


def test_rows_are_told_by_what_they_hold_however_it_is_written(
    rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    frame = rows(contract, 30).astype(object)
    keys = prepare.keys(frame, contract)
    assert len(set(keys)) == len(frame)
    numbers = [
        column["name"]
        for column in contract["columns"]
        if column["role"] != "ignored" and column["type"] in ("whole", "decimal")
    ]
    written = {name: frame[name].map(lambda value: repr(float(value))) for name in numbers}
    assert prepare.keys(frame.assign(**written), contract) == keys
    frame.to_csv(tmp_path / "data.csv", index=False)
    assert prepare.keys(pd.read_csv(tmp_path / "data.csv", dtype=str), contract) == keys
    # Nothing reads a column that is ignored, so it makes no other row.
    ignored = dict.fromkeys(columns(contract, "ignored"), "else")
    assert prepare.keys(frame.assign(**ignored), contract) == keys
    assert prepare.keys(frame[::-1], contract) == keys[::-1]


def test_rows_of_other_data_are_unseen(rows: Rows, contract: Contract, tmp_path: Path) -> None:
    known, new = rows(contract, 30), rows(contract, 20, seed=1)
    file = tmp_path / "new" / "learned"
    prepare.write_learned(known, contract, file)
    both = pd.concat([known[:10], new], ignore_index=True)
    found = prepare.unseen(both, contract, file)
    assert found is not None
    pd.testing.assert_frame_equal(found.reset_index(drop=True), both[10:].reset_index(drop=True))
    none = prepare.unseen(known, contract, file)
    assert none is not None and none.empty
    # Learned from one column more or less, or of another type: these hashes tell nothing.
    *others, last = contract["columns"]
    assert prepare.unseen(both, {**contract, "columns": others}, file) is None
    changed = {**contract, "columns": [*others, {**last, "type": "text"}]}
    assert prepare.unseen(both, changed, file) is None


def test_both_are_scored_on_the_rows_of_neither(
    model: Any, rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    known, new = rows(contract, 30), rows(contract, 60, seed=7)
    test = pd.concat([known, new], ignore_index=True)
    folder = kept(tmp_path, model, known, contract)
    score = pytest.approx(evaluate.metrics(model, new, contract)[PRIMARY])
    found = evaluate.against(model, folder, test, contract)
    assert found == {"rows": 60, "candidate": score, "champion": score}


def test_harder_rows_do_not_make_an_equal_model_look_worse(
    model: Any, rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    hard = rows(contract, 80, seed=7)
    hard[contract["target"]] = hard[contract["target"]].to_numpy()[::-1]
    known: dict[str, Any] = {"scores": {}, "chosen": None, "rows": None}
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
    assert evaluate.against(model, ROOT / "config", new, contract) is None
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


class Instant:
    """Stands in for a pipeline: its steps take no time, and the gate says what it is told to."""

    verdict = "promote"
    sample = 0
    fails = False

    def __init__(self, file: Path, work: Path, assets: Path, datastores: Any) -> None:
        """Keep what the real one would keep."""
        self.job = {"experiment_name": tracking.EXPERIMENT}
        self.work, self.raw = work, datastores["gathered"]

    def inputs(self, given: dict[str, str]) -> dict[str, Any]:
        """Inputs of the real pipeline's names."""
        return {"raw": self.raw, "sample": self.sample, "seed": 0}

    def run(self, inputs: dict[str, Any], variables: dict[str, str]) -> None:
        """Fail, or log what the steps would log."""
        if self.fails:
            raise Stop("step train failed")
        store = MlflowClient(variables["MLFLOW_TRACKING_URI"])
        store.log_dict(variables["MLFLOW_RUN_ID"], {"stood": "in"}, "evaluation.json")

    def outputs(self) -> dict[str, Path]:
        """Write and return the outputs."""
        (self.work / "model").mkdir()
        (self.work / "model" / "MLmodel").write_text("stood in")
        (self.work / "verdict").write_text(json.dumps({"verdict": self.verdict, "reasons": []}))
        (self.work / "learned").write_text("{}\n")
        return {name: self.work / name for name in ("model", "verdict", "learned")}


@pytest.mark.parametrize(
    ("verdict", "sample", "registered"),
    [("promote", 0, 1), ("promote", 50, 0), ("keep champion", 0, 0), ("reject", 0, 0)],
)
def test_only_a_promoted_model_of_all_rows_is_registered(
    verdict: str,
    sample: int,
    registered: int,
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_pipeline, "Pipeline", Instant)
    monkeypatch.setattr(Instant, "verdict", verdict)
    monkeypatch.setattr(Instant, "sample", sample)
    here = Place(tmp_path)
    here.store = place.store
    (tmp_path / "gathered").mkdir()
    before = len(here.versions())
    here.train("run")
    assert len(here.versions()) == before + registered


def test_a_failed_step_fails_the_run(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_pipeline, "Pipeline", Instant)
    monkeypatch.setattr(Instant, "fails", True)
    here = Place(tmp_path)
    here.store = place.store
    (tmp_path / "gathered").mkdir()
    with pytest.raises(SystemExit, match="step train failed"):
        here.train("run")
    assert here.client.get_run(here.run_ids()[0]).info.status == "FAILED"


@pytest.mark.parametrize("verdict", [{"verdict": "reject"}, {"verdict": "keep champion"}, {}])
def test_there_is_no_way_around_the_gate(verdict: dict[str, Any], tmp_path: Path) -> None:
    client = MlflowClient("http://127.0.0.1:9")  # nothing answers there, nothing is asked
    with pytest.raises(ValueError, match="not registered"):
        register.register(client, "name", "run", model=tmp_path, verdict=verdict, tags={})


def test_lineage_knows_commits_and_changes(tmp_path: Path) -> None:
    assert register.commit(tmp_path) == "none"

    def git(*words: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        command = ["git", *identity, "-C", str(tmp_path), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    assert register.commit(tmp_path) == "none"
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "one")
    head = git("rev-parse", "HEAD")
    assert register.commit(tmp_path) == head
    (tmp_path / "file").write_text("two")
    assert register.commit(tmp_path) == f"{head}+changes"


def test_a_fingerprint_tells_names_and_contents(tmp_path: Path) -> None:
    seen = set()
    for name, text in (("a", "1"), ("a", "2"), ("b", "2")):
        folder = tmp_path / f"{name}{text}"
        folder.mkdir()
        (folder / name).write_text(text)
        seen.add(register.fingerprint(folder))
        assert register.fingerprint(folder) in seen
    assert len(seen) == 3


def test_a_step_started_by_hand_is_tracked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI"):
        monkeypatch.setenv(name, "")
    tracking.log(params={"a": "b" * 600}, metrics={"c": 1, "none": None})
    tracking.log(metrics={"c": 2}, documents={"d.json": {"e": 3}}, step=1)
    here = Place(tmp_path)
    [run_id] = here.run_ids()
    run = here.client.get_run(run_id)
    assert run.data.params == {"a": "b" * tracking.LONGEST}
    assert run.data.metrics == {"c": 2}
    assert [point.value for point in here.client.get_metric_history(run_id, "c")] == [1, 2]
    assert [file.path for file in here.client.list_artifacts(run_id)] == ["d.json"]


def test_preparation_splits_all_rows_and_loses_none(
    rows: Rows, contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contract.json").write_text(json.dumps(contract), encoding="utf-8")
    monkeypatch.setattr(prepare, "CONTRACT", tmp_path / "contract.json")
    raw = tmp_path / "raw"
    raw.mkdir()
    frame = rows(contract, 60)
    frame.to_csv(raw / "data.csv", index=False)

    def parts(name: str, *more: str) -> list[pd.DataFrame]:
        folders = {part: tmp_path / name / part for part in ("train", "test")}
        words = [word for key, path in folders.items() for word in (f"--{key}", str(path))]
        prepare.main(["--raw", str(raw), *words, *more])
        return [data.read_folder(path) for path in folders.values()]

    known, unseen = parts("all")
    everything = pd.concat([known, unseen]).sort_values(list(frame.columns))
    expected = data.read_folder(raw).sort_values(list(frame.columns))
    pd.testing.assert_frame_equal(
        everything.reset_index(drop=True), expected.reset_index(drop=True)
    )
    sample = parts("sample", "--sample", "40", "--seed", "1")
    assert sum(map(len, sample)) == 40
    for part, again in zip(sample, parts("same", "--sample", "40", "--seed", "1"), strict=True):
        pd.testing.assert_frame_equal(part, again)
    with pytest.raises(SystemExit, match="sample"):
        parts("negative", "--sample", "-1")


def test_bad_data_stops_at_preparation(rows: Rows, tmp_path: Path) -> None:
    contract = load_contract(CONTRACT)
    frame = rows(contract, 60).drop(columns=[contract["target"]])
    frame.to_csv(tmp_path / "a.csv", index=False)
    words = ["--raw", str(tmp_path)]
    for part in ("train", "test"):
        words += [f"--{part}", str(tmp_path / part)]
    with pytest.raises(SystemExit, match="missing"):
        prepare.main(words)
    assert not (tmp_path / "train").exists()


def test_a_trial_uses_its_settings_and_reports_each_fold(
    rows: Rows, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[tuple[int, float]] = []

    def log(*, metrics: Mapping[str, float], step: int) -> None:
        logged.append((step, metrics["cv_score"]))

    monkeypatch.setattr(tracking, "log", log)
    settings = {"min_samples_leaf": 7, "max_features": 0.5}
    model, selection = train.fit_forest(rows(contract, 60), contract, settings)
    assert settings.items() <= model.named_steps["model"].get_params().items()
    assert selection["chosen"] == "forest"
    assert set(selection["scores"]) == {"constant", "forest"}
    assert [step for step, _ in logged] == list(range(train.FOLDS))
    assert logged[-1][1] == pytest.approx(selection["scores"]["forest"])


def test_importance_tells_used_columns_from_unused_ones(rows: Rows, contract: Contract) -> None:
    known, unseen = rows(contract, 80, seed=1), rows(contract, 60, seed=2)
    used, *unused = columns(contract, "feature")
    for name in unused:
        known[name] = unseen[name] = str(known.at[0, name])
    model = train.candidates(contract)["forest"]
    model.fit(inputs(known, contract), outcome(known, contract))
    found = evaluate.importance(model, unseen, contract)
    assert found[0]["column"] == used
    assert found[0]["mean"] > 0
    assert {part["mean"] for part in found[1:]} == {0}
    assert sorted(part["column"] for part in found) == sorted([used, *unused])


STEP = """
import argparse, os, pathlib
parser = argparse.ArgumentParser()
for name in ("--word", "--out", "--read", "--extra"):
    parser.add_argument(name)
options = parser.parse_args()
text = pathlib.Path(options.read).read_text() if options.read else ""
if options.word == "fail":
    raise SystemExit("this step was told to fail")
if options.word != "silent":
    pathlib.Path(options.out).write_text(f"{text}{options.word}{options.extra}{os.environ['SIGN']}")
pathlib.Path("soiled").write_text("")
"""
COMPONENT: dict[str, Any] = {
    "type": "command",
    "inputs": {
        "word": {"type": "string"},
        "read": {"type": "uri_file", "optional": True},
        "extra": {"type": "integer", "default": 0},
    },
    "outputs": {"out": {"type": "uri_file"}},
    "code": "code folder",
    "environment_variables": {"SIGN": "!"},
    "command": "python below/step.py --word ${{inputs.word}} $[[--read ${{ inputs.read }}]] "
    "--extra ${{inputs.extra}} --out ${{outputs.out}}",
}


def job(first: str, second: str = "two") -> dict[str, Any]:
    """A pipeline whose first step in the file reads what the second one writes."""
    read = "${{parent.jobs.early.outputs.out}}"
    return {
        "type": "pipeline",
        "inputs": {"word": first, "data": {"type": "uri_folder", "path": "azureml:set@latest"}},
        "outputs": {"result": {"type": "uri_file"}},
        "jobs": {
            "late": {
                "component": "component.yml",
                "inputs": {"word": second, "read": {"path": read}, "extra": 7},
                "outputs": {"out": "${{parent.outputs.result}}"},
            },
            "early": {"component": "component.yml", "inputs": {"word": "${{parent.inputs.word}}"}},
        },
    }


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Pipeline]:
    """Write a pipeline with its component, code and data asset, and read it."""

    def write(document: dict[str, Any], **component: Any) -> Pipeline:
        files = {
            "pipeline.yml": document,
            "component.yml": {**COMPONENT, **component},
            "assets/data.yml": {"name": "set", "path": "azureml://datastores/store/paths/set/"},
        }
        code = tmp_path / "code folder" / "below"
        for folder in (code, tmp_path / "assets", tmp_path / "stored" / "set"):
            folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (tmp_path / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        (code / "step.py").write_text(STEP, encoding="utf-8")
        return Pipeline(
            tmp_path / "pipeline.yml",
            tmp_path / "work",
            tmp_path / "assets",
            {"store": tmp_path / "stored"},
        )

    return write


def test_steps_run_in_the_order_of_the_graph(make: Any, tmp_path: Path) -> None:
    """It also proves defaults, optional inputs, variables, nested code and literal values."""
    found = make(job("one"))
    found.run(found.inputs({}), {})
    assert found.outputs() == {"result": tmp_path / "work" / "late" / "out"}
    assert found.outputs()["result"].read_text() == "one0!two7!"
    assert not list((tmp_path / "code folder").rglob("soiled"))


def test_inputs_are_found_and_can_be_replaced(make: Any, tmp_path: Path) -> None:
    found = make(job("one"))
    assert found.inputs({}) == {"word": "one", "data": tmp_path / "stored" / "set"}
    assert found.inputs({"word": "x y", "data": str(tmp_path)})["data"] == tmp_path
    values = found.inputs({"word": "x y; $(touch soiled)"})
    found.run(values, {})
    assert found.outputs()["result"].read_text() == "x y; $(touch soiled)0!two7!"
    with pytest.raises(Stop, match=r"no input named wrod; there are word, data"):
        found.inputs({"wrod": "x"})


@pytest.mark.parametrize("word", ["fail", "silent"])
def test_a_step_that_fails_is_named_with_its_log(word: str, make: Any, tmp_path: Path) -> None:
    found = make(job("one", second=word))
    with pytest.raises(Stop, match="step late") as stopped:
        found.run(found.inputs({}), {})
    log = tmp_path / "work" / "late" / "log.txt"
    assert str(log) in str(stopped.value)
    assert ("told to fail" in str(stopped.value)) == (word == "fail")
    assert log.is_file()


def test_steps_after_a_failed_one_do_not_run(make: Any, tmp_path: Path) -> None:
    found = make(job("fail"))
    with pytest.raises(Stop, match="step early"):
        found.run(found.inputs({}), {})
    assert not (tmp_path / "work" / "late").exists()


@pytest.mark.parametrize(
    ("component", "reason"),
    [
        ({"type": "sweep"}, "type sweep"),
        ({"command": "python below/step.py; rm x"}, "shell syntax"),
        ({"command": "python below/step.py > ${{outputs.out}}"}, "shell syntax"),
        ({"command": "python below/step.py --word ${{inputs.wrod}}"}, "no value for inputs.wrod"),
        ({"command": "python below/step.py --read ${{inputs.read}}"}, "no value for inputs.read"),
        ({"inputs": {"word": {"type": "integer"}}}, "must be of type integer"),
        ({"inputs": {"word": {"type": "string"}, "more": {"type": "string"}}}, "more has no value"),
    ],
)
def test_what_would_not_run_on_azure_ml_is_refused(
    component: dict[str, Any], reason: str, make: Any
) -> None:
    found = make(job("one"), **component)
    with pytest.raises(Stop, match=reason):
        found.run(found.inputs({}), {})


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("azureml:other@latest", "defines the data asset other"),
        ("azureml://datastores/elsewhere/paths/x", "--datastore elsewhere=FOLDER"),
        ("azureml://datastores/store/paths/x", "does not exist"),
        ("https://example.com/data.csv", "lies elsewhere"),
        ("nowhere", "does not exist"),
    ],
)
def test_data_that_cannot_be_found_is_named(path: str, reason: str, make: Any) -> None:
    document = job("one")
    document["inputs"]["data"]["path"] = path
    with pytest.raises(Stop, match=reason):
        make(document).inputs({})


def test_steps_that_wait_for_each_other_are_refused() -> None:
    read = {"inputs": {"x": "${{parent.jobs.b.outputs.y}}"}}
    with pytest.raises(Stop, match="wait"):
        run_pipeline.order({"a": read, "b": {"inputs": {"x": "${{parent.jobs.a.outputs.y}}"}}})
    with pytest.raises(Stop, match="no step b"):
        run_pipeline.order({"a": read})


def test_the_command_line_refuses_what_it_does_not_understand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, reason in (
        (["--set", "inputs.sample"], "write NAME=VALUE"),
        (["--work", str(ROOT)], "is not empty"),
        ([str(tmp_path / "no.yml")], "does not exist"),
    ):
        with pytest.raises(SystemExit) as stopped:
            run_pipeline.main(["--store", str(tmp_path / "mlruns.db"), *words])
        assert stopped.value.code not in (0, None)
        assert reason in f"{stopped.value.code}{capsys.readouterr().err}"
    assert not (tmp_path / "mlruns.db").exists()
