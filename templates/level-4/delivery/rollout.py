"""Rolls a version out in production: blue-green, step by step, with a way back.

    python -m delivery.rollout canary --version 7

<%_ if (online) { _%>
start     the new deployment beside the old one, without traffic
smoke     asked by name: one finite prediction per row
mirror    copies of live requests; their answers go to nobody
canary    a small share of live requests
half      half of them
full      all of them
soak      the old one still stands
finish    the old one is deleted, and the registry records the version
<%_ } else { _%>
start     the new deployment beside the old one
smoke     scores the sample, and the last real input beside the old one: the results are compared
full      it becomes the default
finish    the old one is deleted, and the registry records the version
<%_ } _%>
<%_ if (online && batch) { _%>

A batch endpoint has no live requests to share out: its new deployment scores the last real input
beside the old one and is compared (smoke), then becomes the default (full).
<%_ } _%>

all       one after the other
restore   the old one answers everything, and the new one is deleted
back      the old one answers everything, at once; while it still stands beside the new one and
          holds the version that is asked for

Every phase is judged; when it fails, or is interrupted, all targets are restored. Only `finish`
does not go back once it began to say so in Azure: the new version answers everything everywhere by
then, and it is run again. All state is in Azure, in tags of the endpoint: `stable` names the old
deployment, `phase` the last phase that passed. So a phase that was cut off is run again, and one
whose predecessor is missing is refused.
The first release to an endpoint has nothing beside it: start, smoke, full, finish.
"""

import argparse
import contextlib
import sys
import time
from collections.abc import Callable
<%_ if (online) { _%>
from dataclasses import asdict
from datetime import datetime, timezone
<%_ } _%>
from pathlib import Path
from typing import Any

import yaml

from <%= pkg %>.azure import AzureError, az

from . import <% if (online) { %>metrics, <% } %>registry, smoke
from .endpoints import Az<% if (batch) { %>, Batch, JobFailed<% } %><% if (online) { %>, Online<% } %>, Sleep
<%_ if (online) { _%>
from .metrics import Limits, Measured
<%_ } _%>
from .release import (
    REFUSED,
    Change,
    Rejected,
    Release,
    Unfinished,
    describe,
    go_back,
    testing,
)
from .report import JOURNAL, Journal
from .targets import Target, load, settings

CONFIG = Path("config/rollout.yml")
PHASES = ("start", "smoke", "mirror", "canary", "half", "full", "soak", "finish")
# In place of a phase that passed: the last one has begun.
ENDING = "finishing"
# Phases that need an old deployment, live requests, or both.
SHARED = ("mirror", "canary", "half", "soak")
# What each key of config/rollout.yml may be: least and most, or a type.
KEYS: dict[str, Any] = {
<%_ if (online) { _%>
    "mirror": {"percent": (1, 50), "minutes": (0, 40)},
    "canary": {"percent": (1, 50), "minutes": (0, 40)},
    "half": {"minutes": (0, 40)},
    "full": {"minutes": (0, 40)},
    "soak": {"minutes": (0, 40)},
    "probes": (1, 1000),
    "metrics_minutes": (0, 40),
    "limits": {
        "error_share": (0, 1),
        "p95_ms": (0, 180_000),
        "slower_than_old_factor": (1, 100),
        "slower_than_old_ms": (0, 180_000),
    },
<%_ } _%>
<%_ if (batch) { _%>
<%_ if (classification) { _%>
    "batch": {"input": str, "max_changed_share": (0, 1)},
<%_ } else { _%>
    "batch": {"input": str, "max_relative_difference": (0, 100)},
<%_ } _%>
<%_ } _%>
}
WHOLE = ("percent", "probes")
<%_ if (online) { _%>
POLL = 30.0
<%_ } _%>

Config = dict[str, Any]


class Ending(Unfinished):
    """The last phase was cut off: the new version is live everywhere, and there is no way back."""


class Refused(RuntimeError):
    """A phase was asked for out of turn; nothing was changed."""


def read_config(path: Path = CONFIG) -> Config:
    """Read config/rollout.yml.

    Raises:
        ValueError: A key is missing, unknown, or out of bounds; the message names it.
        OSError: The file cannot be read.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    _check(str(path), content, KEYS)
    return dict(content)


def _check(where: str, value: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        if not isinstance(value, dict) or set(value) != set(expected):
            given = ", ".join(map(str, value)) if isinstance(value, dict) else repr(value)
            raise ValueError(f"{where}: must hold {', '.join(expected)}; holds {given}")
        for key, below in expected.items():
            _check(f"{where}: {key}", value[key], below)
    elif isinstance(expected, tuple):
        least, most = expected
        kind = int if where.endswith(WHOLE) else (int, float)
        if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
            raise ValueError(f"{where}: {value!r} is not from {least} to {most}")
    elif not isinstance(value, expected):
        raise ValueError(f"{where}: {value!r} is no text")


<%_ if (batch) { _%>
def compare(new: list[list[str]], old: list[list[str]], limits: Config) -> list[str]:
    """Say why what the new deployment scored differs too much from what the old one did.

    Args:
        new: Lines of file, row, prediction.
        old: The same, of the same input.
        limits: The part `batch` of config/rollout.yml.
    """
    if [row[:2] for row in new] != [row[:2] for row in old] or not old:
        return [f"{len(new)} rows were scored, {len(old)} by the old deployment, or other ones"]
    pairs = [(mine[2], theirs[2]) for mine, theirs in zip(new, old, strict=True)]
    if bad := [mine for mine, _ in pairs if not smoke.usable(mine)]:
        return [f"{len(bad)} of {len(pairs)} rows have no prediction, as {bad[0]!r}"]
<%_ if (classification) { _%>
    share = sum(mine != theirs for mine, theirs in pairs) / len(pairs)
    limit = float(limits["max_changed_share"])
    if share > limit:
        return [f"changed predictions: share {share:.3f} of {len(pairs)} rows, limit {limit:.3f}"]
<%_ } else { _%>
    moved = sum(abs(float(mine) - float(theirs)) for mine, theirs in pairs)
    size = sum(abs(float(theirs)) for _, theirs in pairs)
    limit = float(limits["max_relative_difference"])
    if not moved <= limit * size:  # nan is not below anything
        share = moved / size if size else float("inf")
        return [f"relative difference {share:.3f} over {len(pairs)} rows, limit {limit:.3f}"]
<%_ } _%>
    return []


<%_ } _%>
class Move(Change):
    """One target on its way through the phases."""

    def __init__(
        self,
        target: Target,
        release: Release,
        config: Config,
        az: Az = az,
        *,
        root: Path = Path(),
        sleep: Sleep,
    ) -> None:
        """Nothing is asked or done yet."""
        super().__init__(target, release, az, root=root, sleep=sleep)
        self.az, self.config, self.sleep = az, config, sleep
        self.passed: str | None = None
        self.there: dict[str, dict[str, Any]] = {}
        self.done = ""
<%_ if (online) { _%>
        self.since: datetime | None = None
        self.measure: str | None = None
        self.note = ""
        self.found: tuple[Measured, Measured | None] | None = None
<%_ } _%>

    def look(self) -> None:
        """Read the state that earlier phases left in Azure; raises Refused if there is none."""
        if not self.endpoint.exists():
            raise Refused(f"{self.target.endpoint} does not exist: begin with start")
        tags = self.endpoint.tags()
        self.passed = tags.get("phase")
        self.there = self.endpoint.deployments()
        stable = tags.get("stable")
        self.settle_on(stable if stable in self.there else None, self.there)

    def phases(self) -> list[str]:
        """Give the phases that apply, in order."""
<%_ if (online && batch) { _%>
        alone = self.old is None or self.target.kind == "batch"
        return [phase for phase in PHASES if not (alone and phase in SHARED)]
<%_ } else if (online) { _%>
        return [phase for phase in PHASES if self.old is not None or phase not in SHARED]
<%_ } else { _%>
        return [phase for phase in PHASES if phase not in SHARED]
<%_ } _%>

    def in_turn(self, phase: str) -> None:
        """Raise Refused if the phase before, or this very one, was not the last that passed."""
        phases = self.phases()
        if phase == "start" or phase not in phases or not self.needed:
            return
        before = phases[phases.index(phase) - 1]
        new = self.there.get(self.new)
        passed = phase if self.passed == ENDING and phase == PHASES[-1] else self.passed
        if new is None or not self.wanted(new) or passed not in (before, phase):
            raise Refused(
                f"{self.target.endpoint}: {phase} comes after {before} of version "
                f"{self.release.version}, but the last phase that passed is "
                f"{self.passed or 'none'}: begin with start"
            )

    def enter(self, phase: str) -> None:
        """Begin a phase other than the last: change what it changes, send what it is judged by.

        Raises:
            Rejected: The new deployment did not pass.
            AzureError: Azure refused.
        """
<%_ if (online) { _%>
        self.since = None
<%_ } _%>
        if phase in self.phases():
            self.done = getattr(self, f"_{phase}")()

    def leave(self, phase: str) -> str:
        """End a phase other than the last; say in one line of Markdown how it went.

        Raises:
            Rejected: The new deployment is not good enough, or nobody can tell.
            AzureError: Azure refused.
        """
        told = f"- `{self.target.endpoint}` {phase}:"
        if phase not in self.phases():
            return f"{told} not applicable, {self._why_not()}"
        done = self.done
<%_ if (online) { _%>
        if self.since is not None:
            done = f"{done}: {self._judge(phase)}"
            # Azure counts answers, and does not read them: once more, before more depends on it.
            self.smoke()
            self.online.set_mirror({})
<%_ } _%>
        if self.needed:
            self.endpoint.tag(phase=phase)
        return f"{told} {done}"

    def _why_not(self) -> str:
<%_ if (online && batch) { _%>
        if self.target.kind == "batch":
            return "a batch endpoint has no live requests to share out"
        return "nothing was live before"
<%_ } else if (online) { _%>
        return "nothing was live before"
<%_ } else { _%>
        return "a batch endpoint has no live requests to share out"
<%_ } _%>

    def _same(self) -> str:
        return f"version {self.release.version} is live on `{self.new}`, nothing to change"

    def ending(self) -> bool:
        """Say whether the last phase of a rollout was cut off here."""
        return self.endpoint.exists() and self.endpoint.tags().get("phase") == ENDING

    def begin(self, cut_off: bool = False) -> None:
        """Make the endpoint if it is missing, and settle which deployment is the old one.

        Args:
            cut_off: The last phase of a rollout was cut off, here or at another target: what is
                live is the old one, whatever the tags say.

        Raises:
            Refused: An A/B test runs; a rollout would end it.
        """
        if not self.endpoint.exists():
            self.endpoint.create(self.root / self.target.files / "endpoint.yml")
        self.look()
        if testing(self.endpoint.tags()):
            raise Refused(f"{self.target.endpoint}: an A/B test runs; stop it first")
        if self.old is None or cut_off:
            # Released by something that leaves no tag: what is live is what to go back to.
            self.settle_on(self.endpoint.live(), self.there)
        if self.old is not None:
            self.endpoint.tag(stable=self.old, **({"phase": PHASES[-1]} if cut_off else {}))

    def _start(self) -> str:
        self.deploy()
        if not self.needed:
            return self._same()
        return f"version {self.release.version} stands on `{self.new}`, without traffic"

    def _smoke(self) -> str:
        if not self.needed:
            return self._same()
        self.smoke()
<%_ if (batch) { _%>
<%_ if (online) { _%>
        if isinstance(self.endpoint, Batch):
            return self._beside(self.endpoint)
<%_ } else { _%>
        assert isinstance(self.endpoint, Batch)
        return self._beside(self.endpoint)
<%_ } _%>
<%_ } _%>
<%_ if (online) { _%>
        return f"`{self.new}` answers"
<%_ } _%>
<%_ if (batch) { _%>

    def _beside(self, endpoint: Batch) -> str:
        """Let both deployments score the last real input, and compare."""
        if self.old is None:
            return f"`{self.new}` scores the sample; there is nothing to compare it with"
        given = str(self.config["batch"]["input"])
        found = (given, "uri_file" if given.endswith(".csv") else "uri_folder") if given else None
        found = found or endpoint.last_input()
        data, kind = found or (str(self.root / smoke.ROWS), "uri_file")
        new = endpoint.score(self.new, data, kind)
        what = "the last real input" if found else "the sample, as nothing real was scored yet"
        try:
            old = endpoint.score(self.old, data, kind)
        except JobFailed as error:
            # What cannot score at all is no measure, and must not keep its own cure out.
            return f"`{self.new}` scores {what}; `{self.old}` does not: {error}"
        if reasons := compare(new, old, self.config["batch"]):
            raise Rejected(f"{self.new} of {self.target.endpoint} on {what}: {'; '.join(reasons)}")
        return f"`{self.new}` scores {what}, {len(new)} rows, as `{self.old}` does within limits"
<%_ } _%>
<%_ if (online) { _%>

    @property
    def online(self) -> Online:
        """The endpoint, where a phase is for online ones only."""
        assert isinstance(self.endpoint, Online)
        return self.endpoint

    def _mirror(self) -> str:
        if not self.needed or self.old is None:
            return self._same()
        percent = self.config["mirror"]["percent"]
        self.online.set_traffic({self.old: 100})
        self.online.set_mirror({self.new: percent})
        self._probe()
        return f"`{self.new}` gets copies of {percent} % of the requests"

    def _canary(self) -> str:
        return self._share(self.config["canary"]["percent"])

    def _half(self) -> str:
        return self._share(50)

    def _share(self, percent: int) -> str:
        if not self.needed or self.old is None:
            return self._same()
        self.online.set_mirror({})
        self.online.set_traffic({self.old: 100 - percent, self.new: percent})
        self._probe()
        return f"`{self.new}` gets {percent} % of the requests"

    def _soak(self) -> str:
        if not self.needed:
            return self._same()
        self._probe()
        return f"`{self.old}` still stands"
<%_ } _%>

    def _full(self) -> str:
        if not self.needed:
            return self._same()
        self.switch()
<%_ if (online && batch) { _%>
        if self.target.kind == "batch":
            return f"`{self.new}` is the default"
<%_ } _%>
<%_ if (online) { _%>
        if self.old is None:
            return f"`{self.new}` gets all requests: no old one to compare it with"
        self._probe()
        return f"`{self.new}` gets all requests"
<%_ } else { _%>
        return f"`{self.new}` is the default"
<%_ } _%>

    def last_check(self) -> None:
        """Raise Rejected unless the new deployment answers everything<% if (online) { %>, and well<% } %>."""
        if self.needed and self.endpoint.in_use() != [self.new]:
            raise Rejected(f"{self.target.endpoint}: {self.new} does not answer everything")
<%_ if (online) { _%>
        if self.target.kind == "online":
            self.smoke()  # the last moment with a way back
<%_ } _%>

    def seal(self) -> None:
        """Say in Azure that from here on nothing goes back."""
        if self.needed:
            self.endpoint.tag(phase=ENDING)

    def settle(self) -> None:
        """Say in Azure that the new deployment is what to go back to from now on."""
        if self.needed:
            self.endpoint.tag(stable=self.new, phase=PHASES[-1])

    def ended(self) -> str:
        """Say in one line of Markdown how the rollout ended."""
        told = f"- `{self.target.endpoint}` {PHASES[-1]}:"
        if not self.needed:
            return f"{told} {self._same()}"
        gone = f", `{self.old}` is deleted" if self.old else ""
        return f"{told} version {self.release.version} is live on `{self.new}`{gone}"

    def give_back(self) -> bool:
        """Let the old deployment answer everything again; say whether there is one to tidy up."""
        if not self.endpoint.exists() or testing(self.endpoint.tags()):
            return False
        self.look()
        if self.old is not None:
            self.endpoint.switch(self.old)
        if self.passed in PHASES[:-1]:
            # Before the new one is deleted, which can fail: no phase may go on with it.
            self.endpoint.tag(phase="restored")
        return super().give_back()

    def back(self, version: str) -> str | None:
        """Let the old deployment answer everything at once.

        Returns:
            What was done; None if nothing can be done at once. The old one has to hold the version
            that is asked for, and another one has to answer: after the last phase, or after a
            rollout that was restored, `stable` names what is live, not what was before.
        """
        if not self.endpoint.exists() or testing(self.endpoint.tags()):
            return None
        self.look()
        if self.old is None or set(self.endpoint.in_use()) <= {self.old}:
            return None
        if registry.tags_of(self.there[self.old]).get("version") != version:
            return None
        self.endpoint.switch(self.old)
        self.endpoint.tag(phase="back")
        return f"- `{self.target.endpoint}`: `{self.old}` answers everything again"
<%_ if (online) { _%>

    def _probe(self) -> None:
        """Send probes to both deployments; from now on they are watched."""
        assert self.old is not None
        self.since = datetime.now(timezone.utc)
        self.measure, self.note, self.found = self.old, "", None
        probes = self.config["probes"]
        for _ in range(probes):
            self.smoke()
        try:
            for _ in range(probes):
                smoke.check(self.endpoint, self.old, self.root)
        except AzureError as error:
            # What does not answer is no measure, and must not keep its own cure out.
            self.measure = None
            self.note = f"; `{self.old}` does not answer, so it is no measure: {error}"

    def counted(self) -> bool:
        """Measure what is watched; say whether all probes are counted, as far as any were sent."""
        if self.since is None:
            return True
        place, since = str(self.endpoint.show()["id"]), self.since
        new = metrics.measure(place, self.new, since, self.az)
        old = metrics.measure(place, self.measure, since, self.az) if self.measure else None
        self.found = new, old
        known, probes = [one for one in self.found if one], self.config["probes"]
        return all(one.requests >= probes and one.p95_ms is not None for one in known)

    def measured(self, phase: str) -> dict[str, Any]:
        """Give what was counted in a phase, for the journal."""
        assert self.found is not None
        new, old = self.found
        return {
            "phase": phase,
            "endpoint": self.target.endpoint,
            "names": {"new": self.new, "old": self.old},
            "new": asdict(new),
            "old": asdict(old) if old else None,
            "limits": metrics.bounds(old, Limits(**self.config["limits"])),
        }

    def _judge(self, phase: str) -> str:
        """Judge what was counted; raises Rejected if it is not good enough, or nobody can tell."""
        assert self.found is not None
        new, former = self.found
        probes = self.config["probes"]
        reasons = metrics.judge(new, former, Limits(**self.config["limits"]))
        for name, found in ((self.new, new), (self.old, former)):
            if found is not None and found.requests < probes:
                reasons.append(
                    f"missing metrics: {found.requests} requests of {name} counted, at least "
                    f"{probes} were sent"
                )
        if reasons:
            raise Rejected(f"{self.new} of {self.target.endpoint}, {phase}: {'; '.join(reasons)}")
        beside = f" (`{self.old}`: {former})" if former else ""
        return f"{new}{beside}{self.note}"


def watch(moves: list[Move], phase: str, config: Config, sleep: Sleep) -> None:
    """Wait as long as a phase is watched, once for all targets, then until metrics are there.

    Metrics come minutes late. What is not there after `metrics_minutes` is judged as missing.
    """
    left = [move for move in moves if move.since is not None]
    if not left:
        return
    sleep(config[phase]["minutes"] * 60)
    waited, patience = 0.0, config["metrics_minutes"] * 60
    while (left := [move for move in left if not move.counted()]) and waited < patience:
        sleep(POLL)
        waited += POLL
<%_ } _%>


def run(
    phases: list[str],
    version: str,
    targets: list[Target],
    place: str,
    config: Config,
    az: Az = az,
    *,
    again: bool = False,
    root: Path = Path(),
    sleep: Sleep = time.sleep,
    tell: Callable[[str], None] = print,
    journal: Journal | None = None,
) -> None:
    """Run phases of the rollout of a version, for all targets.

    Args:
        phases: Some of PHASES, in their order.
        version: Of the model in the registry.
        targets: Where to.
        place: The name of the registry.
        config: What read_config() gives.
        az: Runs az.
        again: The version may be older than the one in production: this is a rollback.
        root: The root of the repository.
        sleep: Waits, in seconds.
        tell: Takes one line of Markdown per target and phase.
        journal: Takes what happens, for the report.

    Raises:
        Refused: A phase is not in turn; nothing was changed.
        Rejected: The new deployment did not pass; the old ones answer everything.
        AzureError: Azure refused; the old ones answer everything.
        Unfinished: Going back failed as well.
        Ending: The last phase was cut off; the new ones answer everything.
        ValueError: There is no such version, or production holds a newer one.
    """
    journal = journal or Journal()
    az = journal.watching(az)
    if PHASES[0] in phases:
        journal.begin()
    if not again:
        registry.no_step_back(version, place, az)
    what = describe(version, place, az, root=root)
    moves = [Move(target, what, config, az, root=root, sleep=sleep) for target in targets]
    for phase in phases:
        journal.note("phase", phase=phase, version=version)
        try:
            cut_off = phase == "start" and any(move.ending() for move in moves)
            for move in moves:
                move.begin(cut_off) if phase == "start" else move.look()
                move.in_turn(phase)
            if phase == PHASES[-1]:
                finish(moves, place, az)
                told = [move.ended() for move in moves]
                for line in told:
                    tell(line)
            else:
                # All targets first, then one wait: a step of the workflow has a limit.
                for move in moves:
                    move.enter(phase)
<%_ if (online) { _%>
                watch(moves, phase, config, sleep)
                for move in moves:
                    if move.since is not None:
                        journal.note("measured", **move.measured(phase))
<%_ } _%>
                told = []
                for move in moves:
                    told.append(move.leave(phase))
                    tell(told[-1])
            journal.note("passed", phase=phase, told=told)
        except (Refused, Ending) as error:
            how = "refused" if isinstance(error, Refused) else "ending"
            journal.note(how, phase=phase, why=str(error))
            raise
        except (Exception, KeyboardInterrupt) as error:
            journal.note("failed", phase=phase, why=str(error) or type(error).__name__)
            restored(moves, error, phase, journal)
            raise


def restored(moves: list[Move], why: BaseException, phase: str, journal: Journal) -> None:
    """Restore all targets; the journal says whether that worked."""
    try:
        retreat(moves, why)
    except Unfinished as error:
        how = "ending" if isinstance(error, Ending) else "stuck"
        journal.note(how, phase=phase, why=str(error))
        raise
    journal.note("restored", phase=phase)


def finish(moves: list[Move], place: str, az: Az = az) -> None:
    """End a rollout: what is live is what to go back to, everywhere, and the old ones go.

    Raises:
        Rejected: A new deployment does not answer everything; nothing was changed.
        Ending: It was cut off. The new version answers everything; run it again.
    """
    for move in moves:
        move.last_check()
    try:
        # Everywhere before any old one is given up: else two versions could be left.
        for move in moves:
            move.seal()
        for move in moves:
            move.settle()
        registry.mark(moves[0].release.version, place, az, code=moves[0].code())
        for move in moves:
            move.clean()
    except (AzureError, ValueError) as error:
        raise Ending(f"the new version is live, but the rest is not done: {error}") from error


def retreat(moves: list[Move], why: BaseException) -> None:
    """Restore all targets, or raise Ending if the last phase has begun at one of them."""
    for move in moves:
        # One that can't be asked can't be restored either, which is said then.
        with contextlib.suppress(AzureError):
            if move.ending():
                raise Ending(f"{why}; {move.target.endpoint} was about to finish") from why
    go_back(list(moves), why)


def main(argv: list[str] | None = None, az: Az = az, sleep: Sleep = time.sleep) -> None:
    """Run one phase; exit code 1: failed and restored, 3: refused, or nothing to go back to."""
    parser = argparse.ArgumentParser(description="Roll a version out in production, step by step.")
    parser.add_argument("phase", choices=(*PHASES, "all", "restore", "back"))
    parser.add_argument("--version", help="in the registry; or former, but not for back")
    parser.add_argument("--target", help="only this target of config/targets.yml")
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument(
        "--again", action="store_true", help="a rollback: production may hold a newer version"
    )
    parser.add_argument("--journal", type=Path, default=JOURNAL, help="for delivery.report")
    arguments = parser.parse_args(argv)
    phase, version, again = arguments.phase, arguments.version, arguments.again
    if version is None and phase != "restore":
        parser.error(f"{phase} needs --version")
    if version == "former" and phase == "back":
        parser.error("back needs the number of the version: delivery.registry former names it")
    journal = Journal(arguments.journal)
    try:
        place = settings()
        targets = load(suffix=place.suffix, only=arguments.target)
        config = read_config(arguments.config)
        if phase == "restore":
            _restore(targets, config, journal.watching(az), sleep, journal)
        elif phase == "back":
            _go_back(version, targets, config, az, sleep)
        else:
            if version == "former":
                version, again = registry.former(place.registry, az), True
            phases = list(PHASES) if phase == "all" else [phase]
            given = (phases, version, targets, place.registry, config, az)
            run(*given, again=again, sleep=sleep, journal=journal)
    except (Refused, registry.NothingBefore) as error:
        print(f"- Refused: {error}")
        sys.exit(REFUSED)
    except Ending as error:
        print(f"- {phase} failed: {error}")
        sys.exit("The new version is live, nothing went back: run delivery.rollout finish again.")
    except Unfinished as error:
        print(f"- {phase} failed: {error}")
        sys.exit("Going back failed too: run delivery.rollout restore, or look at the endpoint.")
    except Rejected as error:
        print(f"- {phase} failed: {error}")
        sys.exit("The rollout failed; what was live before answers everything.")
    except (AzureError, OSError, ValueError) as error:
        if journal.last not in ("failed", "restored"):
            journal.note("failed", phase=phase, version=version, why=str(error))
        print(f"- {phase} failed: {error}")
        sys.exit("The rollout failed.")


def _restore(targets: list[Target], config: Config, az: Az, sleep: Sleep, journal: Journal) -> None:
    nothing = Release("none", "", "", {})
    moves = [Move(target, nothing, config, az, sleep=sleep) for target in targets]
    restored(moves, Rejected("restore"), "restore", journal)
    print("\n".join(f"- `{move.target.endpoint}`: restored" for move in moves))


def _go_back(version: str, targets: list[Target], config: Config, az: Az, sleep: Sleep) -> None:
    nothing = Release("none", "", "", {})
    moves = [Move(target, nothing, config, az, sleep=sleep) for target in targets]
    told = [move.back(version) for move in moves]
    print("\n".join(line for line in told if line))
    if missing := [m.target.endpoint for m, line in zip(moves, told, strict=True) if not line]:
        print(
            f"- Nothing to go back to at `{'`, `'.join(missing)}`: no old deployment of version "
            f"{version} stands beside what is live. Release the version."
        )
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
