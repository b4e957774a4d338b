"""House rules for workflows that no off-the-shelf linter checks.

    house_rules.py REPOSITORY...      exit 1 and one line per finding

 1 every `uses` of a remote action is a 40-digit SHA with a `# vX.Y.Z` comment that belongs to it (actions.json)
 2 runs-on names a fixed image (a literal of IMAGES; -latest moves)
 3 every job has timeout-minutes; run steps use `shell: bash` (GitHub's default bash lacks pipefail)
 4 a job that logs in to Azure has an environment and id-token: write; no other job has id-token: write
 5 a job that changes an endpoint has a concurrency group that does not cancel
 6 the caller of a reusable workflow grants what the called jobs ask for
 7 an output of a run step is written under that very key, in the step itself
 8 no secret but GITHUB_TOKEN
 9 no pull_request_target, no workflow_run; nothing is written to GITHUB_ENV or GITHUB_PATH
10 permissions: {} at the top of every workflow
11 only local reusable workflows
12 a caller and what it calls have no concurrency group in common: they would wait for each other
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

ALLOWED_SECRETS = {"GITHUB_TOKEN"}
IMAGES = {"ubuntu-22.04", "ubuntu-24.04", "ubuntu-26.04"}
# Written out, or by the emitted package that calls az.
ENDPOINT_CHANGE = re.compile(
    r"\baz ml (online|batch)-(endpoint|deployment) (create|update|delete)\b"
    r"|python3? -m delivery\.(release|rollout|ab_test (start|stop))\b"
)
USES_AZ = re.compile(r"\baz (ml|monitor|storage)\b|python3? -m delivery\.(?!decide\b)")
LEVEL = {"none": 0, "read": 1, "write": 2}
USES = re.compile(r"\s*(?:- )?uses:\s*([^\s#]+)\s*(#.*)?$")
# A script that a run step starts, not one that it only names (to a linter, say).
STARTED = re.compile(r"(?:^|[;&|]\s*|\n\s*)(?:bash |sh |python3? |uv run (?:python )?)?(\.?/?[\w./-]+\.(?:sh|py))\b")
ACTIONS = json.loads(Path(__file__).with_name("actions.json").read_text(encoding="utf-8"))["actions"]


def grants(workflow: dict[str, Any], job: dict[str, Any]) -> dict[str, int]:
    given = job.get("permissions", workflow.get("permissions", {}))
    if isinstance(given, str):
        return {"*": 2 if given == "write-all" else 1}
    return {k: LEVEL[v] for k, v in (given or {}).items() if v in LEVEL}


def groups(workflow: dict[str, Any], job: dict[str, Any]) -> set[str]:
    """The concurrency groups that a job of a workflow holds."""
    found = [holder.get("concurrency") for holder in (workflow, job)]
    return {group if isinstance(group, str) else group["group"] for group in found if group}


def fill(group: str, given: dict[str, Any]) -> str:
    """A group of a called workflow with the inputs of one call in their places."""
    return re.sub(r"\$\{\{ *inputs\.([\w-]+) *\}\}", lambda m: str(given.get(m[1], m[0])), group)


def pin_problem(uses: str, comment: str) -> str | None:
    """What is wrong with one remote `uses`, or None."""
    action, _, ref = uses.partition("@")
    if not re.fullmatch(r"[0-9a-f]{40}", ref):
        return f"{uses} is not pinned to a commit"
    if not re.fullmatch(r"# v\d+\.\d+\.\d+", comment):
        return f"{action} has no '# vX.Y.Z' comment"
    known = ACTIONS.get(action.lower())
    if known is None:
        return f"{action} is not in actions.json: look its commit up and add it"
    pairs = {pin["sha"]: pin["tag"] for pin in (known, known.get("newer")) if pin}
    return None if pairs.get(ref) == comment[2:] else f"{action}@{ref[:8]} is not known to be {comment[2:]}"


class Repository:
    def __init__(self, root: Path) -> None:
        self.root, self.findings = root, []
        files = sorted((root / ".github/workflows").glob("*.y*ml"))
        self.texts = {f.name: f.read_text(encoding="utf-8") for f in files}
        self.workflows = {name: yaml.safe_load(text) for name, text in self.texts.items()}
        actions = sorted(root.glob(".github/actions/*/action.y*ml"))
        self.texts |= {str(f.relative_to(root)): f.read_text(encoding="utf-8") for f in actions}

    def say(self, *parts: str) -> None:
        self.findings.append(f"{self.root}: " + ": ".join(filter(None, parts)))

    def steps(self, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Steps, with those of local composite actions in their place."""
        out: list[dict[str, Any]] = []
        for step in steps:
            folder = self.root / step.get("uses", "")
            inner = next((f for f in (folder / "action.yml", folder / "action.yaml") if f.is_file()), None)
            if step.get("uses", "").startswith("./") and inner:
                out += self.steps(yaml.safe_load(inner.read_text(encoding="utf-8"))["runs"].get("steps", []))
            else:
                out.append(step)
        return out

    def scripts(self, step: dict[str, Any]) -> str:
        """The text of a run step together with the local scripts it starts."""
        text = step.get("run", "")
        files = [self.root / m for m in STARTED.findall(text)]
        return text + "".join(f.read_text(encoding="utf-8") for f in files if f.is_file())

    def check(self) -> list[str]:
        for name, text in self.texts.items():
            self.text(name, text)
        for name, workflow in self.workflows.items():
            on = workflow.get("on", workflow.get(True)) or {}
            for trigger in ("pull_request_target", "workflow_run"):
                if trigger in on:
                    self.say(name, f"trigger {trigger}")
            if workflow.get("permissions") != {}:
                self.say(name, "permissions: {} is not at the top")
            for job_id, job in workflow["jobs"].items():
                if "uses" in job:
                    self.caller(name, workflow, job_id, job)
                else:
                    self.job(name, workflow, job_id, job)
        return self.findings

    def text(self, name: str, text: str) -> None:
        for line in text.splitlines():
            m = USES.match(line)
            if m and not m[1].startswith(("./", "$/")):
                problem = pin_problem(m[1], m[2] or "")
                if problem:
                    self.say(name, problem)
        for secret in sorted(set(re.findall(r"secrets\.(\w+)", text)) - ALLOWED_SECRETS):
            self.say(name, f"secret {secret}")

    def caller(self, name: str, workflow: dict[str, Any], job_id: str, job: dict[str, Any]) -> None:
        called = self.workflows.get(Path(job["uses"]).name) if job["uses"].startswith(("./", "$/")) else None
        if called is None:
            self.say(name, job_id, f"{job['uses']} is no workflow of this repository")
            return
        held = groups(workflow, job)
        for inner in called["jobs"].values():
            for group in held & {fill(g, job.get("with") or {}) for g in groups(called, inner)}:
                self.say(name, job_id, f"waits for itself: {Path(job['uses']).name} has the group {group} too")
        have = grants(workflow, job)
        for inner_id, inner in called["jobs"].items():
            for scope, level in grants(called, inner).items():
                if max(have.get(scope, 0), have.get("*", 0)) < level:
                    where = f"{inner_id} in {Path(job['uses']).name}"
                    self.say(name, job_id, f"{where} asks for {scope}, the caller does not grant it")

    def job(self, name: str, workflow: dict[str, Any], job_id: str, job: dict[str, Any]) -> None:
        have, steps = grants(workflow, job), self.steps(job.get("steps", []))
        login = any(s.get("uses", "").lower().startswith("azure/login@") for s in steps)
        writes_token = have.get("id-token") == 2 or have.get("*") == 2
        defaults = (job.get("defaults") or workflow.get("defaults") or {}).get("run") or {}
        group = job.get("concurrency") or workflow.get("concurrency") or {}
        runs = [s for s in steps if "run" in s]
        rules = {
            f"runs-on {job.get('runs-on')} is not a known fixed image": job.get("runs-on") not in IMAGES,
            "writes to GITHUB_ENV or GITHUB_PATH": any(re.search(r"GITHUB_(ENV|PATH)\b", s["run"]) for s in runs),
            "no timeout-minutes": "timeout-minutes" not in job,
            "run without shell: bash (no pipefail)": any(s.get("shell", defaults.get("shell")) != "bash" for s in runs),
            "logs in to Azure without an environment": login and "environment" not in job,
            "logs in to Azure without id-token: write": login and not writes_token,
            "id-token: write without azure/login": writes_token and not login,
            "uses az without azure/login": not login and any(USES_AZ.search(self.scripts(s)) for s in runs),
            "changes an endpoint without a concurrency group that queues": any(
                ENDPOINT_CHANGE.search(self.scripts(s)) for s in runs
            )
            and (isinstance(group, str) or group.get("cancel-in-progress") is not False),
        }
        for message, broken in rules.items():
            if broken:
                self.say(name, job_id, message)
        text = json.dumps(job)
        for step in runs:
            if "id" in step:
                used = set(re.findall(rf"steps\.{re.escape(step['id'])}\.outputs\.(\w+)", text))
                for key in sorted(used):
                    if not re.search(rf"\b{key}(=|<<)", step["run"]):
                        self.say(name, job_id, f"step {step['id']} never writes output {key}")


def main(argv: list[str]) -> int:
    findings = [line for root in argv for line in Repository(Path(root)).check()]
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
