"""Seeded faults in `az` calls are found, and good calls pass."""

from __future__ import annotations

import json

import pytest

from az_calls.__main__ import check, main
from az_calls.shell import az_calls

GOOD = """
az login --identity
az ml job create --file job.yml --set inputs.rate=0.1 --query name --output tsv
az ml online-endpoint update --name e --traffic "blue=90 green=10"
az ml online-endpoint update --name e --mirror-traffic "green=50"
az ml model create --file model.yml --registry-name r
az storage fs file upload --source a --path b --file-system c --auth-mode login
name="$(az ml job show --name "$job" --query 'status' -o tsv)"
if ! az ml online-endpoint show --name e >/dev/null 2>&1; then az ml online-endpoint create -f e.yml; fi
cat <<EOF
$(az account show --query id -o tsv)
EOF
for kind in online batch; do az ml "$kind-endpoint" show --name e; done
az role assignment create --role Reader --scope "$scope" "${more[@]}"
az identity federated-credential create --name a --identity-name b --resource-group g --subject "$s" --issuer i
timeout 60 az group show --name g
echo "az is not called here: az ml nonsense"
# az ml nonsense
"""

BAD = {
    "az ml jbo create --file j.yml": "unknown-command",
    "az ml job create --fiel j.yml": "unknown-option",
    "az ml job create": "missing-required",
    "az ml job create --file": "missing-value",
    "az ml job show --name j --output jsn": "bad-choice",
    "az ml job show j": "unexpected-argument",
    "az ml job show --name j --query 'a['": "bad-jmespath",
    "az ml online-endpoint update --name e --traffic 'blue=90 green=5'": "bad-traffic",
    "az ml online-endpoint update --name e --traffic 'blue=90,green=10'": "bad-traffic",
    "az ml online-endpoint update --name e --mirror-traffic green=60": "bad-traffic",
    "az ml job create --file j.yml --set rate": "bad-set",
    "az ml online-deployment create --fil d.yml": "abbreviated-option",
    "az ml online-deployment create --file d.yml --all-traffic --no-wait": "all-traffic-no-wait",
    "az ml online-endpoint create": "missing-required",
    "az storage fs file upload --source a --path b": "missing-required",
    "az role assignment create --role Reader": "missing-required",
    "x=$(az ml job shwo --name j)": "unknown-command",
    "az group exists --nmae g | grep true": "unknown-option",
    "foo && az ml job show": "missing-required",
    "az extension add ml": "unexpected-argument",
    "az aks list": "uncovered",
    "bash -c 'az ml jbo list'": "unknown-command",
}


def codes(folder, **options):
    return [f.code for f in check([folder], ["group", "workspace"], **options).findings if f.level != "note"]


def test_good_calls_pass(tmp_path):
    (tmp_path / "good.sh").write_text(GOOD)
    checker = check([tmp_path], ["group", "workspace"])
    assert [f for f in checker.findings if f.level != "note"] == []
    assert checker.count["calls"] == 14


@pytest.mark.parametrize(("line", "code"), BAD.items())
def test_a_fault_is_found(tmp_path, line, code):
    (tmp_path / "bad.sh").write_text(line + "\n")
    assert code in codes(tmp_path)


def test_every_place_where_a_call_can_stand_is_read(tmp_path):
    (tmp_path / "w.yml").write_text("jobs:\n  a:\n    steps:\n      - run: |\n          az ml jbo list\n")
    (tmp_path / "a.yml").write_text(
        "runs:\n  using: composite\n  steps:\n    - run: az ml jbo list\n      shell: bash\n"
    )
    (tmp_path / "d.md").write_text("text\n\n```bash\naz ml jbo list\n```\n\n```python\naz ml jbo list\n```\n")
    (tmp_path / "p.py").write_text(
        'az("ml", "jbo", "list")\nazure.az("ml", "job", "show", f"--nmae={x}", *rest)\n'
        'az(*("ml", "job"), *("shwo", "--name", x))\n'
    )
    (tmp_path / "r.jsonl").write_text(json.dumps(["ml", "jbo", "list"]) + "\n")
    cell = {"cell_type": "code", "source": ["!az ml jbo list\n"]}
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": [cell]}))
    found = [(f.file.rsplit("/", 1)[-1], f.line, f.code) for f in check([tmp_path], ["group", "workspace"]).findings]
    expected = [("a.yml", 4), ("d.md", 4), ("n.ipynb", 1), ("p.py", 1), ("p.py", 3), ("r.jsonl", 1), ("w.yml", 5)]
    assert [(file, line) for file, line, code in found if code == "unknown-command"] == expected
    assert ("p.py", 2, "unknown-option") in found


def test_workspace_and_group_have_to_come_from_somewhere(tmp_path):
    (tmp_path / "a.sh").write_text("az ml job list\n")
    assert [f.code for f in check([tmp_path]).findings] == ["missing-required"] * 2
    (tmp_path / "a.sh").write_text("az configure --defaults group=g workspace=w\naz ml job list\n")
    assert check([tmp_path]).findings == []


def test_files_named_have_to_exist(tmp_path):
    (tmp_path / "a.sh").write_text("az ml job create --file jobs/a.yml\n")
    assert codes(tmp_path, root=True) == ["file-missing"]
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs/a.yml").write_text("")
    assert codes(tmp_path, root=True) == []


def test_words_are_read_as_bash_reads_them():
    (call,) = az_calls('az ml job create --name "a b"\'c\'d --set x="$y" \\\n  --web 2>/dev/null')
    texts = [w.text for w in call.words]
    assert texts[:6] == ["ml", "job", "create", "--name", "a bcd", "--set"]
    assert texts[7:] == ["--web"] and call.words[6].opaque


def test_exit_code(tmp_path, capsys):
    (tmp_path / "a.sh").write_text("az version\n")
    assert main([str(tmp_path)]) == 0
    (tmp_path / "a.sh").write_text("az versoin\n")
    assert main([str(tmp_path)]) == 1
    assert "did you mean" in capsys.readouterr().out
