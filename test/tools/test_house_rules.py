"""Each house rule: a workflow that keeps it passes, one that breaks it is found."""

from __future__ import annotations

import pytest

from workflows.house_rules import ACTIONS, Repository

CHECKOUT = ACTIONS["actions/checkout"]["uses"]
LOGIN = ACTIONS["azure/login"]["uses"]
GOOD = f"""on: push
permissions: {{}}
defaults:
  run:
    shell: bash
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    environment: development
    permissions:
      id-token: write
    concurrency:
      group: a
      cancel-in-progress: false
    outputs:
      verdict: ${{{{ steps.gate.outputs.verdict }}}}
    steps:
      - uses: {CHECKOUT}
      - uses: ./.github/actions/sign-in
      - run: az ml online-endpoint update --name e --traffic blue=100
      - id: gate
        run: echo "verdict=promote" >> "$GITHUB_OUTPUT"
  call:
    uses: ./.github/workflows/called.yml
    permissions:
      contents: read
    with:
      place: b
"""
CALLED = """on: workflow_call
permissions: {}
jobs:
  a:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
    concurrency:
      group: deploy-${{ inputs.place }}
      cancel-in-progress: false
    steps:
      - run: echo
        shell: bash
"""
SIGN_IN = f"runs:\n  using: composite\n  steps:\n    - uses: {LOGIN}\n"

FAULTS = [
    (CHECKOUT, "actions/checkout@v7", "not pinned"),
    (CHECKOUT, CHECKOUT.replace("# v7.0.1", "# v7.0.0"), "not known to be"),
    (CHECKOUT, CHECKOUT.split(" #")[0], "no '# vX.Y.Z' comment"),
    (CHECKOUT, CHECKOUT.replace("actions/checkout", "actions/chekout"), "not in actions.json"),
    ("runs-on: ubuntu-24.04", "runs-on: ubuntu-latest", "fixed image"),
    ("    timeout-minutes: 5\n", "", "no timeout-minutes"),
    ("shell: bash", "shell: sh", "without shell: bash"),
    ("    environment: development\n", "", "without an environment"),
    ("      id-token: write\n", "      contents: read\n", "without id-token"),
    ("      - uses: ./.github/actions/sign-in\n", "", "without azure/login"),
    ("cancel-in-progress: false", "cancel-in-progress: true", "concurrency group that queues"),
    ('echo "verdict=', 'echo "verdcit=', "never writes output verdict"),
    ("- run: az ml", "- run: echo ${{ secrets.KEY }}; az ml", "secret KEY"),
    ("- run: az ml", '- run: echo a=b >> "$GITHUB_ENV"; az ml', "GITHUB_ENV"),
    ("on: push", "on: pull_request_target", "trigger pull_request_target"),
    ("permissions: {}\n", "permissions: read-all\n", "not at the top"),
    ("      contents: read\n", "      issues: read\n", "the caller does not grant it"),
    ("on: push", "on: push\nconcurrency: deploy-b", "waits for itself: called.yml has the group deploy-b"),
    ("    with:\n", "    concurrency:\n      group: deploy-b\n    with:\n", "waits for itself"),
    ("./.github/workflows/called.yml", "other/repo/.github/workflows/called.yml@main", "no workflow of this"),
]


def repository(folder, text):
    for path, body in {
        ".github/workflows/main.yml": text,
        ".github/workflows/called.yml": CALLED,
        ".github/actions/sign-in/action.yml": SIGN_IN,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(body)
    return Repository(folder).check()


def test_a_good_repository_passes(tmp_path):
    assert repository(tmp_path, GOOD) == []


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_is_found(tmp_path, old, new, message):
    assert old in GOOD
    assert any(message in finding for finding in repository(tmp_path, GOOD.replace(old, new)))


@pytest.mark.parametrize("command", ["release --version 1", "rollout canary", "ab_test stop"])
def test_the_package_that_calls_az_is_held_to_the_same(tmp_path, command):
    good = GOOD.replace("az ml online-endpoint update --name e --traffic blue=100", f"python -m delivery.{command}")
    assert repository(tmp_path / "good", good) == []
    for old, message in (
        ("      - uses: ./.github/actions/sign-in\n", "without azure/login"),
        ("    concurrency:\n      group: a\n      cancel-in-progress: false\n", "group that queues"),
    ):
        found = repository(tmp_path / message.split()[0], good.replace(old, ""))
        assert any(message in line for line in found), found


def test_a_secret_in_a_composite_action_is_found(tmp_path):
    repository(tmp_path, GOOD)
    action = tmp_path / ".github/actions/sign-in/action.yml"
    action.write_text(SIGN_IN + "    - run: echo ${{ secrets.KEY }}\n      shell: bash\n")
    assert any("secret KEY" in finding for finding in Repository(tmp_path).check())
