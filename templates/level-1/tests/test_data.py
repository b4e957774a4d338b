"""The data: reading, the contract's check, the split, and the gathering of it."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from <%= pkg %> import azure, data, synthetic
from <%= pkg %>.data import (
    Contract,
    columns,
    convert,
    inputs,
    labels,
    outcome,
    problems,
    read_csv,
    read_folder,
    split,
)

Rows = Callable[..., pd.DataFrame]
ALL = ("whole", "decimal", "boolean", "category", "date", "text", "id")
MORE = "a column that nobody knows"
THERE = ("a column is missing", "a column is too much")
UNSEEN = {"category": "never seen", "whole": "123456789"}
DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def put(frame: pd.DataFrame, column: dict[str, Any], value: str) -> pd.DataFrame:
    """The frame with one value in the third row of one column."""
    spoilt = frame.copy()
    spoilt.loc[2, column["name"]] = value
    return spoilt


def far_away(frame: pd.DataFrame, column: dict[str, Any]) -> pd.DataFrame:
    """The frame with a value in another unit, as it were."""
    low, high = column["min"], column["max"]
    return put(frame, column, str(2 * abs(high) + 1000 * (high - low) + 1))


# What is done to the frame, to which types of column, and what the check has to say about it.
BAD = {
    "a column is missing": (
        ALL,
        lambda frame, column: frame.drop(columns=column["name"]),
        "column {name!r} is missing",
    ),
    "a column is too much": (
        ALL,
        lambda frame, column: pd.DataFrame({**frame, MORE: "1"}),
        f"column {MORE!r} is not in the contract",
    ),
    "a word in place of a number": (
        ("whole", "decimal", "boolean", "date"),
        lambda frame, column: put(frame, column, "many"),
        "column {name!r}: 1 values, the first in row 3: is not of type {type}",
    ),
    "a fraction in place of a whole number": (
        ("whole",),
        lambda frame, column: put(frame, column, "0.5"),
        "column {name!r}: 1 values, the first in row 3: is not of type whole",
    ),
    "another unit": (
        ("whole", "decimal"),
        far_away,
        "column {name!r}: 1 values, the first in row 3: is far outside {min} to {max}",
    ),
    "mostly missing": (
        ALL,
        lambda frame, column: pd.DataFrame({**frame, column["name"]: float("nan")}),
        "column {name!r}: 100.0% missing",
    ),
    "a new category": (
        ("category", "whole"),
        lambda frame, column: put(frame, column, UNSEEN[column["type"]]),
        "column {name!r}: 1 values, the first in row 3: is a category",
    ),
}


def test_good_data_has_no_problems(rows: Rows, contract: Contract) -> None:
    assert problems(rows(contract, 40), contract) == []


@pytest.mark.parametrize("what", BAD)
def test_bad_data_is_found_in_every_column(what: str, rows: Rows, contract: Contract) -> None:
    types, spoil, words = BAD[what]
    frame = rows(contract, 40)
    for column in contract["columns"]:
        # What a check needs of the contract, which does not tell it of every column.
        checked = {
            "another unit": column.get("max") is not None,
            "a new category": bool(column.get("categories")),
            "mostly missing": column["missing"] < 0.9,
        }
        if column["role"] == "ignored" and what not in THERE:
            assert problems(put(frame, column, "whatever it holds"), contract) == []
            continue
        if column["type"] not in types or not checked.get(what, True):
            continue
        found = problems(spoil(frame, column), contract)
        assert any(problem.startswith(words.format(**column)) for problem in found), (column, found)


def test_no_rows_are_a_problem(rows: Rows, contract: Contract) -> None:
    assert problems(rows(contract, 40).head(0), contract) == ["there are no rows"]


def test_some_more_missing_values_than_usual_are_borne(rows: Rows, contract: Contract) -> None:
    frame = rows(contract, 40)
    frame.loc[:2, :] = float("nan")
    assert problems(frame, contract) == []


def test_values_in_a_message_stay_private(rows: Rows, contract: Contract) -> None:
    for column in contract["columns"]:
        found = problems(put(rows(contract, 40), column, "Jane Doe"), contract)
        assert "Jane Doe" not in " ".join(found)


def test_types_are_what_the_contract_says_not_what_a_file_looks_like() -> None:
    text = pd.Series(["007", None, "1.0"])
    assert convert(text, "category").tolist()[::2] == ["007", "1.0"]
    assert convert(text, "decimal").tolist()[::2] == [7.0, 1.0]
    assert convert(pd.Series(["yes", "FALSE", "?"]), "boolean").tolist()[:2] == [1.0, 0.0]
    assert convert(pd.Series(["1970-01-03", "x"]), "date").tolist()[:1] == [2.0]
    assert convert(pd.Series(["a", None]), "text").tolist() == ["a", ""]
    for kind in ("whole", "decimal", "boolean", "date"):
        assert convert(pd.Series(["inf", "-inf", "", "word"]), kind).isna().all()


def test_a_label_is_the_same_however_it_is_written() -> None:
    whole = labels(pd.Series(["1", "1.0", " 2", "-0.0", None, "1.5", "many"]), "whole")
    assert whole.tolist()[:4] == ["1", "1", "2", "0"]
    assert whole.isna().tolist()[4:] == [True, True, True]
    assert labels(pd.Series(["true", "TRUE", "False"]), "boolean").tolist() == [
        *("true", "true", "false")
    ]
    assert labels(pd.Series(["007", "1.0", "True"]), "category").tolist() == ["007", "1.0", "True"]


def test_labels_are_text_that_the_contract_lists(rows: Rows, contract: Contract) -> None:
    for column in contract["columns"]:
        if column.get("categories"):
            named = labels(rows(contract, 80)[column["name"]], column["type"])
            assert sorted(named.unique()) == sorted(column["categories"])


def test_converting_twice_changes_nothing(rows: Rows, contract: Contract) -> None:
    once = inputs(rows(contract, 40), contract)
    pd.testing.assert_frame_equal(inputs(once, contract), once)


def test_the_model_is_fed_features_only(rows: Rows, contract: Contract) -> None:
    fed = inputs(rows(contract, 40), contract)
    assert list(fed.columns) == columns(contract, "feature")
    assert contract["target"] not in fed.columns
    assert not set(contract["sensitive"]) & set(fed.columns)


def test_the_newest_dated_folder_is_read(rows: Rows, contract: Contract, tmp_path: Path) -> None:
    frame = rows(contract, 12)
    for day, count in (("2026-01-31", 3), ("2026-02-01", 5), ("notes", 12)):
        (tmp_path / day).mkdir()
        frame.head(count).to_csv(tmp_path / day / "a.csv", index=False)
    (tmp_path / "2026-02-01" / "b.csv").write_text(frame.tail(2).to_csv(index=False))
    expected = pd.concat([frame.head(5), frame.tail(2)], ignore_index=True)
    pd.testing.assert_frame_equal(read_folder(tmp_path), expected)


def test_a_gap_is_a_gap_however_it_is_written(tmp_path: Path) -> None:
    gaps = ["", "NA", "n/a", "#N/A", "nan", "NULL", "None", "<NA>", "?", "-", ".", " NaN"]
    lines = "".join(f"{number}, {gap}\n" for number, gap in enumerate(gaps))
    (tmp_path / "a.csv").write_text(f"number, value\n{lines}-1, no gap\n")
    frame = read_folder(tmp_path)
    assert list(frame.columns) == ["number", "value"]
    assert frame["value"].isna().tolist() == [True] * len(gaps) + [False]
    assert frame["value"].iloc[-1] == "no gap"


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="no CSV file"):
        read_folder(tmp_path)
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x,z\n1,2\n")
    with pytest.raises(ValueError, match=r"b\.csv: its header differs"):
        read_folder(tmp_path)
    for content in (b"", b"\xff\xfe\x00", b'x,y\n"1,2\n'):
        (tmp_path / "a.csv").write_bytes(content)
        with pytest.raises(ValueError, match=r"a\.csv"):
            read_folder(tmp_path)


def test_a_contract_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_text('{"version": 2}')
    with pytest.raises(ValueError, match="version 2"):
        data.load_contract(tmp_path / "contract.json")


def test_the_split_keeps_every_row_once(rows: Rows, contract: Contract) -> None:
    frame = pd.DataFrame({**rows(contract, 80), MORE: range(80)})
    train, test = split(frame, contract)
    assert sorted([*train[MORE], *test[MORE]]) == list(range(80))
    assert len(test) == 20
    again, _ = split(frame, contract)
    other, _ = split(frame, contract, seed=1)
    assert list(again[MORE]) == list(train[MORE]) != list(other[MORE])
<%_ if (classification) { _%>
    shares = outcome(test, contract).value_counts(normalize=True)
    assert (shares - outcome(frame, contract).value_counts(normalize=True)).abs().max() < 0.05
<%_ } else { _%>
    assert outcome(test, contract).notna().all()
<%_ } _%>


def test_rows_without_a_target_are_not_split(rows: Rows, contract: Contract) -> None:
    frame = rows(contract, 40)
    frame.loc[:9, contract["target"]] = float("nan")
    train, test = split(frame, contract)
    assert len(train) + len(test) == 30
    with pytest.raises(ValueError, match="only 3 rows"):
        split(frame.head(13), contract)


def test_made_up_rows_come_again_from_the_same_seed(rows: Rows, contract: Contract) -> None:
    once, again, other = rows(contract, 40), rows(contract, 40), rows(contract, 40, seed=1)
    pd.testing.assert_frame_equal(once, again)
    assert not once.equals(other)
    assert list(once.columns) == [column["name"] for column in contract["columns"]]


def test_the_command_makes_rows_up_that_training_takes(tmp_path: Path) -> None:
    out = tmp_path / "raw" / "made-up.csv"
    for _ in range(2):  # its own file is written anew
        synthetic.main(["--rows", "50", "--out", str(out)])
    frame = read_folder(out.parent)
    assert len(frame) == 50
    assert problems(frame, data.load_contract(data.CONTRACT)) == []


def test_nothing_is_made_up_beside_real_rows(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("x,y\n1,2\n")
    with pytest.raises(SystemExit, match=r"holds real\.csv"):
        synthetic.main(["--out", str(tmp_path / "made-up.csv")])
    with pytest.raises(SystemExit, match="8 is the least"):
        synthetic.main(["--rows", "7", "--out", str(tmp_path / "raw" / "made-up.csv")])
    with pytest.raises(SystemExit, match=r"holds real\.csv"):
        synthetic.main(["--out", str(tmp_path / "real.csv")])
    assert [file.name for file in tmp_path.iterdir()] == ["real.csv"]
    assert (tmp_path / "real.csv").read_text() == "x,y\n1,2\n"


def test_made_up_rows_are_never_read_along_with_real_ones(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make synthetic"):
        data.expect_rows(tmp_path)
    synthetic.main(["--rows", "50", "--out", str(tmp_path / "synthetic.csv")])
    data.expect_rows(tmp_path)
    (tmp_path / "former").mkdir()
    (tmp_path / "former" / "old.csv").write_text("x,y\n1,2\n")
    data.expect_rows(tmp_path)
    (tmp_path / "real.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match=r"synthetic\.csv is made up"):
        data.expect_rows(tmp_path)


@pytest.fixture
def config(tmp_path: Path, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a place on this machine and one in the cloud; its contract in use."""
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    monkeypatch.setattr(data, "CONTRACT", tmp_path / "contract.json")
    monkeypatch.setenv("TEST_ACCOUNT", "stexample")
    file = tmp_path / "source.yml"
    file.write_text(
        f"""
        laptop: {{ source: '{tmp_path / "in"}', destination: '{tmp_path / "out"}' }}
        azure:
          source: "abfss://landing@${{TEST_ACCOUNT}}.dfs.core.windows.net/export"
          destination: "abfss://gathered@${{TEST_ACCOUNT}}.dfs.core.windows.net/"
        unset: {{ source: "abfss://a@${{NOT_SET}}.dfs.core.windows.net/", destination: out }}
        half: {{ source: somewhere }}
        ftp: {{ source: "ftp://example.org/a.csv", destination: out }}
        """
    )
    (tmp_path / "in").mkdir()
    return file


def gather(config: Path, place: str) -> None:
    """Run the command."""
    data.main(["--place", place, "--config", str(config)])


def test_good_data_is_published_in_a_dated_folder(
    config: Path, tmp_path: Path, rows: Rows, contract: Contract
) -> None:
    frame = rows(contract, 40)
    frame.to_csv(tmp_path / "in" / "export.csv", index=False)
    gather(config, "laptop")
    gather(config, "laptop")  # the same day again: replaced, not doubled
    assert [path.name for path in (tmp_path / "out").glob(f"{DAY}/*")] == ["data.csv"]
    pd.testing.assert_frame_equal(read_folder(tmp_path / "out"), frame)


def test_data_gathered_again_on_a_day_can_have_a_folder_of_its_own(
    config: Path, tmp_path: Path, rows: Rows, contract: Contract
) -> None:
    out = tmp_path / "out"
    export = tmp_path / "in" / "export.csv"
    for folder, seed in (("2026-01-31", 1), ("2026-01-31.10", 2), ("2026-01-31.9", 3)):
        frame = rows(contract, 40, seed=seed)
        frame.to_csv(export, index=False)
        data.main(["--place", "laptop", "--config", str(config), "--folder", folder])
        pd.testing.assert_frame_equal(read_folder(out / folder), frame)
    assert len(list(out.iterdir())) == 3
    pd.testing.assert_frame_equal(read_folder(out), read_folder(out / "2026-01-31.10"))


def test_an_export_of_another_format_is_published_as_all_others(
    config: Path, tmp_path: Path, rows: Rows, contract: Contract
) -> None:
    frame = rows(contract, 40)
    written = frame.copy()
    for column in contract["columns"]:
        if column["type"] == "decimal":
            written[column["name"]] = written[column["name"]].str.replace(".", ",")
    text = "\n  \n" + written.to_csv(index=False, sep=";", quotechar="'")
    (tmp_path / "in" / "export.csv").write_bytes(text.encode("utf-16"))
    with pytest.raises(SystemExit, match=r"export\.csv"):
        gather(config, "laptop")
    told = "laptop: { delimiter: ';', quote: \"'\", encoding: utf-16, decimal: ',',"
    config.write_text(config.read_text().replace("laptop: {", told))
    gather(config, "laptop")
    pd.testing.assert_frame_equal(read_folder(tmp_path / "out"), frame)


@pytest.mark.parametrize(
    "wrong", ["delimiter: '::'", "quote: ''", "encoding: klingon", "encoding: rot13", "decimal: x"]
)
def test_a_format_that_there_is_not_is_named(config: Path, wrong: str) -> None:
    config.write_text(config.read_text().replace("laptop: {", f"laptop: {{ {wrong},"))
    with pytest.raises(SystemExit, match=f"place 'laptop': {wrong.split(':')[0]} cannot be"):
        gather(config, "laptop")


def test_bad_data_is_never_published(
    config: Path, tmp_path: Path, rows: Rows, contract: Contract
) -> None:
    first, second = contract["columns"][:2]
    frame = rows(contract, 40).drop(columns=[first["name"], second["name"]])
    frame[MORE] = "so that a column is left"
    frame.to_csv(tmp_path / "in" / "export.csv", index=False)
    with pytest.raises(SystemExit) as stop:
        gather(config, "laptop")
    assert f"{first['name']!r} is missing" in str(stop.value.code)
    assert f"{second['name']!r} is missing" in str(stop.value.code)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("nowhere", "no place 'nowhere'; known: laptop, azure, unset, half, ftp"),
        ("unset", "environment variable 'NOT_SET' is not set"),
        ("half", "place 'half' has no destination"),
        ("ftp", "a source is a folder, an https:// or an abfss:// address"),
        ("laptop", "there is no CSV file in it. Put the files there, or make rows up"),
    ],
)
def test_a_wrong_place_is_named(config: Path, place: str, words: str) -> None:
    with pytest.raises(SystemExit) as stop:
        gather(config, place)
    assert words in str(stop.value.code)


def test_an_empty_variable_counts_as_not_set(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ACCOUNT", "")
    with pytest.raises(SystemExit) as stop:
        gather(config, "azure")
    assert "environment variable 'TEST_ACCOUNT' is not set" in str(stop.value.code)


def test_storage_is_read_and_written_with_the_callers_identity(
    config: Path, rows: Rows, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []
    uploaded: list[pd.DataFrame] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        if "download-batch" in command:
            folder = Path(command[command.index("--destination") + 1]) / "export"
            folder.mkdir()
            rows(contract, 40).to_csv(folder / "a.csv", index=False)
        else:
            uploaded.append(read_csv(Path(command[command.index("--file") + 1])))
        return subprocess.CompletedProcess(command, 0, "[]", "")

    monkeypatch.setattr(azure.shutil, "which", lambda _: "/usr/bin/az")
    monkeypatch.setattr(azure.subprocess, "run", run)
    gather(config, "azure")
    download, upload = calls
    assert download[:4] == ["/usr/bin/az", "storage", "blob", "download-batch"]
    assert upload[:4] == ["/usr/bin/az", "storage", "blob", "upload"]
    for call, container in ((download, "--source landing"), (upload, "--container-name gathered")):
        text = " ".join(call)
        assert "--auth-mode login --account-name stexample" in text
        assert container in text
    assert download[download.index("--pattern") + 1] == "export/*.csv"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/data\.csv", upload[upload.index("--name") + 1])
    assert len(uploaded) == 1
    pd.testing.assert_frame_equal(uploaded[0], rows(contract, 40))


def test_what_az_says_reaches_the_reader(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(azure.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match="az is not installed"):
        gather(config, "azure")
    monkeypatch.setattr(azure.shutil, "which", lambda _: "/usr/bin/az")
    refusal = subprocess.CompletedProcess([], 1, "", "AuthorizationPermissionMismatch")
    monkeypatch.setattr(azure.subprocess, "run", lambda *_, **__: refusal)
    with pytest.raises(SystemExit, match="exit code 1: AuthorizationPermissionMismatch"):
        gather(config, "azure")


THROTTLED = "(TooManyRequests) The request is being throttled."
UPDATING = "(Conflict) The endpoint is in provisioning state Updating."
RESET = "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))"


@pytest.mark.parametrize(
    ("words", "said", "calls"),
    [
        ("ml model list --name m", THROTTLED, 4),
        ("ml job show --name j", RESET, 4),
        ("ml online-endpoint update --name e --traffic blue=100", UPDATING, 4),
        ("ml online-endpoint update --name e --traffic blue=100", "(ResourceNotFound) no e", 1),
        # It may have happened, or be under way.
        ("ml model create --name m", RESET, 1),
        ("ml job create --file list", THROTTLED, 1),
        ("ml online-deployment create --name blue", "(OutOfQuota) 8 of 8 cores are used.", 1),
        # A broken deployment is no trouble that passes.
        ("ml online-endpoint invoke --name e", "(Status code 503)", 1),
    ],
)
def test_only_what_is_harmless_is_asked_again(
    words: str, said: str, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [subprocess.CompletedProcess([], 1, "", said)] * 4
    waited: list[float] = []
    monkeypatch.setattr(azure.shutil, "which", lambda _: "/usr/bin/az")
    monkeypatch.setattr(azure.subprocess, "run", lambda *_, **__: answers.pop())
    monkeypatch.setattr(azure.time, "sleep", waited.append)
    ask = azure.az
    with pytest.raises(azure.AzureError, match=re.escape(said)):
        ask(*words.split())
    assert 4 - len(answers) == calls
    assert waited == list(azure.PAUSES[: calls - 1])
    if calls > 1:
        answers[:] = [
            subprocess.CompletedProcess([], 0, '{"name": "m"}', ""),
            subprocess.CompletedProcess([], 1, "", said),
        ]
        assert ask(*words.split()) == {"name": "m"}
