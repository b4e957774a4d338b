"""The application against a real endpoint: at each release, against the one in staging.

<%_ if (online) { _%>
    SCORING_URI=http://127.0.0.1:5001/score python -m pytest app/test_integration.py

<%_ } _%>
asks what the environment names:<% if (online) { %> the endpoint at SCORING_URI<% } %><% if (online && batch) { %> and<% } %><% if (batch) { %> the batch endpoint BATCH_ENDPOINT<% } %>.
Where ENDPOINT_SUFFIX is set instead, as in the workflows, the name is made with that. With none of
them there is nothing to ask, and the tests are skipped, unless INTEGRATION=required. A variable
that is there but empty is how GitHub hands over one that was never set: that fails.
"""

<%_ if (batch) { _%>
import csv
<%_ } _%>
<%_ if (online) { _%>
import json
<%_ } _%>
<%_ if (online || regression) { _%>
import math
<%_ } _%>
import os
from pathlib import Path
<%_ if (online) { _%>
from typing import Any
<%_ } _%>

import pytest

import <%= app %> as app

SAMPLES = Path(__file__).parents[1] / "samples"


def named(variable: str, target: str) -> str | None:
    """Find out what to ask: the value of a variable, else None and the name of the endpoint.

    Args:
        variable: What names the endpoint outright.
        target: Its name in config/targets.yml.

    Returns:
        The value of the variable; None when the endpoint has the name that ``endpoint`` makes.
    """
    if os.environ.get(variable):
        return os.environ[variable]
    if os.environ.get("ENDPOINT_SUFFIX"):
        return None
    told = f"neither {variable} nor ENDPOINT_SUFFIX is set, so {target} cannot be asked"
    given = [name for name in (variable, "ENDPOINT_SUFFIX") if name in os.environ]
    if given or os.environ.get("INTEGRATION") == "required":
        pytest.fail(told)
    pytest.skip(told)


def usable(prediction: object) -> bool:
    """Say whether a prediction is <% if (classification) { %>a label<% } else { %>a finite number<% } %>."""
<%_ if (classification) { _%>
    return isinstance(prediction, str) and bool(prediction.strip())
<%_ } else { _%>
    number = prediction if isinstance(prediction, int | float | str) else math.nan
    try:
        return not isinstance(prediction, bool) and math.isfinite(float(number))
    except ValueError:
        return False
<%_ } _%>
<%_ if (online) { _%>


@pytest.fixture(scope="module")
def uri() -> str:
    """The address of the online endpoint."""
    given = named("SCORING_URI", "<%= name %>")
    if given is not None:
        return given
    name = f"<%= name %>-{os.environ['ENDPOINT_SUFFIX']}"
    return str(app.az("ml", "online-endpoint", "show", "--name", name)["scoring_uri"])


@pytest.fixture(scope="module")
def token(uri: str) -> str | None:
    """What the endpoint lets the application in with."""
    return app.token_for(uri)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """The rows of the sample request."""
    request = json.loads((SAMPLES / "request.json").read_text(encoding="utf-8"))
    assert request["data"]
    return list(request["data"])


def predictions(answers: list[dict[str, Any]]) -> list[Any]:
    """What is predicted, apart from what else an answer holds."""
    return [answer["prediction"] for answer in answers]


def test_every_row_gets_an_answer_of_the_promised_form(
    uri: str, token: str | None, rows: list[dict[str, Any]]
) -> None:
    answers = app.predict(uri, rows, token)
    assert len(answers) == len(rows)
    for answer in answers:
        assert usable(answer["prediction"]), answer
<%_ if (classification) { _%>
        shares = answer["probabilities"]
        assert all(0 <= share <= 1 for share in shares.values())
        assert math.isclose(sum(shares.values()), 1, abs_tol=1e-6)
        assert shares[answer["prediction"]] > 0
<%_ } _%>


def test_an_answer_is_that_of_its_own_row(
    uri: str, token: str | None, rows: list[dict[str, Any]]
) -> None:
    together = predictions(app.predict(uri, rows, token))
    alone = [predictions(app.predict(uri, [row], token))[0] for row in rows]
    turned = predictions(app.predict(uri, rows[::-1], token))
    assert together == pytest.approx(alone)
    assert together == pytest.approx(turned[::-1])


def test_many_rows_are_answered_in_one_request(
    uri: str, token: str | None, rows: list[dict[str, Any]]
) -> None:
    few = predictions(app.predict(uri, rows, token))
    many = [rows[number % len(rows)] for number in range(500)]
    answers = predictions(app.predict(uri, many, token))
    assert answers == pytest.approx([few[number % len(few)] for number in range(500)])


def test_missing_values_are_borne(uri: str, token: str | None, rows: list[dict[str, Any]]) -> None:
    empty = [dict.fromkeys(rows[0]), *rows]
    assert all(usable(answer["prediction"]) for answer in app.predict(uri, empty, token))


def test_a_bad_request_is_refused_with_a_reason_that_names_the_fault(
    uri: str, token: str | None, rows: list[dict[str, Any]]
) -> None:
    name = next(iter(rows[0]))
    without = {key: value for key, value in rows[0].items() if key != name}
    for bad in ([without], [*rows, without], [{**rows[0], name: {}}]):
        with pytest.raises(app.AppError, match="answered 400") as refusal:
            app.predict(uri, bad, token)
        assert repr(name) in str(refusal.value) or json.dumps(name) in str(refusal.value)
        assert f"row {len(bad)}" in str(refusal.value)
    with pytest.raises(app.AppError, match="answered 400"):
        app.predict(uri, [], token)


def test_a_bad_request_does_no_harm_to_the_next(
    uri: str, token: str | None, rows: list[dict[str, Any]]
) -> None:
    before = predictions(app.predict(uri, rows, token))
    with pytest.raises(app.AppError):
        app.predict(uri, [{}], token)
    assert predictions(app.predict(uri, rows, token)) == pytest.approx(before)


def test_the_command_prints_the_answers(
    uri: str,
    rows: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SCORING_URI", uri)
    app.main(["predict", str(SAMPLES / "request.json")])
    assert len(json.loads(capsys.readouterr().out)) == len(rows)
<%_ } _%>
<%_ if (batch) { _%>


@pytest.fixture(scope="module")
def batch() -> tuple[str, str, str]:
    """Name, resource group and workspace of the batch endpoint."""
    given = named("BATCH_ENDPOINT", "<%= name %>-b")
    name = given or f"<%= name %>-b-{os.environ['ENDPOINT_SUFFIX']}"
    group = os.environ.get("AZURE_RESOURCE_GROUP")
    workspace = os.environ.get("AZURE_ML_WORKSPACE")
    if not group or not workspace:
        # Where a workflow signs in, it tells az once and for all.
        defaults = {one["name"]: one["value"] for one in app.az("configure", "--list-defaults")}
        group, workspace = group or defaults["group"], workspace or defaults["workspace"]
    return name, group, workspace


def test_every_row_of_a_file_gets_an_answer(batch: tuple[str, str, str]) -> None:
    with (SAMPLES / "batch.csv").open(newline="", encoding="utf-8") as lines:
        count = len(list(csv.DictReader(lines)))
    result = app.score(SAMPLES / "batch.csv", *batch)
    assert count > 0
    assert [row["row"] for row in result] == [str(row) for row in range(1, count + 1)]
    assert {row["file"] for row in result} == {"batch.csv"}
    for row in result:
        assert usable(row["prediction"]), row
<%_ if (classification) { _%>
        assert 0 < float(row["probability"]) <= 1
<%_ } _%>


def test_a_file_that_cannot_be_scored_fails_as_a_whole(
    batch: tuple[str, str, str], tmp_path: Path
) -> None:
    lines = (SAMPLES / "batch.csv").read_text(encoding="utf-8").splitlines()
    file = tmp_path / "bad.csv"
    # Without the first column, which the model takes.
    file.write_text("".join(line.partition(",")[2] + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(app.AppError, match="Failed"):
        app.score(file, *batch)
<%_ } _%>
