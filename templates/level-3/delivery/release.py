"""Releases a version of the model to every target: beside the old one, tested, then in its place.

    python -m delivery.release --version 7 --environment staging

Every target gets a deployment of the other color without traffic. Only when all of them answered
the smoke test do they take over, and only then the old ones are deleted. A failure before leaves
the old ones in place. What is live already is left alone, so a second run changes nothing, and a
run after one that was cut off finishes it.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from <%= pkg %>.azure import AzureError, az

from . import endpoints, registry, smoke
from .endpoints import Az, Endpoint, Sleep
from .targets import Target, content_of, deployment_file, load, settings

COLORS = ("blue", "green")
REFUSED = 3


class Rejected(RuntimeError):
    """What was to be released did not pass; the message says where and why."""


class Unfinished(RuntimeError):
    """A release was cut off where running it again is what helps; the message says where."""


@dataclass(frozen=True)
class Release:
    """What is to be live.

    Attributes:
        version: Of the model in the registry.
        model: Its address.
        environment: The address of the environment it is scored in.
        tags: What a deployment of it is tagged with, besides its content.
    """

    version: str
    model: str
    environment: str
    tags: dict[str, str]


def describe(version: str, place: str, az: Az = az, *, root: Path = Path()) -> Release:
    """Look a version up in the registry `place`, and see to the environment it is scored in.

    Raises:
        ValueError: There is no such version.
    """
    tags = {
        "version": version,
        **registry.lineage(version, place, az),
        # The model was trained from one commit; the code around it is that of another.
        "code": os.environ.get("GITHUB_SHA") or "none",
        "released": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    environment = registry.environment_address(place, root)
    return Release(version, registry.address(version, place), environment, tags)


class Change:
    """One target on its way from the old deployment to the new one."""

    def __init__(
        self, target: Target, release: Release, az: Az = az, *, root: Path = Path(), sleep: Sleep
    ) -> None:
        """Nothing is asked or done yet."""
        self.target, self.release, self.root = target, release, root
        self.endpoint: Endpoint = endpoints.of(target, az, sleep=sleep)
        self.content = content_of(target, root)
        self.old: str | None = None
        self.new = COLORS[0]
        self.needed = True

    def look(self) -> None:
        """Make the endpoint if it is missing; see what is live, and whether that is to change."""
        if not self.endpoint.exists():
            self.endpoint.create(self.root / self.target.files / "endpoint.yml")
        if testing(self.endpoint.tags()):
            raise ValueError(f"{self.target.endpoint}: an A/B test runs; stop it first")
        self.settle_on(self.endpoint.live(), self.endpoint.deployments())

    def settle_on(self, old: str | None, there: dict[str, dict[str, object]]) -> None:
        """Take one of the deployments as the old one, and see whether it is to change."""
        self.old = old
        self.needed = old is None or not self.wanted(there[old])
        self.new = other(old) if self.needed or old is None else old

    def wanted(self, deployment: dict[str, object]) -> bool:
        """Say whether a deployment is what is to be live: same model, same content."""
        tags = deployment.get("tags")
        known = tags if isinstance(tags, dict) else {}
        return (known.get("version"), known.get("content")) == (self.release.version, self.content)

    def deploy(self) -> None:
        """Make the new deployment beside the old one; it gets no traffic."""
        if self.old is not None:
            self.endpoint.switch(self.old)  # a run that was cut off may have left a part of it
        if not self.needed:
            return
        found = self.endpoint.settled(self.new)
        if found is not None:
            if found.get("provisioning_state") == "Succeeded" and self.wanted(found):
                return  # made by a run that was cut off
            self.endpoint.delete_deployment(self.new)
        with deployment_file(
            self.target,
            model=self.release.model,
            environment=self.release.environment,
            tags={**self.release.tags, "content": self.content},
            instances=self.instances(),
            root=self.root,
        ) as file:
            self.endpoint.create_deployment(file, self.new)

    def instances(self) -> int:
        """Give on how many machines the old deployment stands; 0 if nobody knows.

        Load may have grown it beyond what deployment.yml says, and the new one takes it all over.
        """
        live = self.endpoint.deployments().get(self.old or "", {})
        return int(live.get("instance_count") or 0)

    def smoke(self) -> None:
        """Ask the new deployment; raises Rejected if its answer is not good."""
        if self.needed and (reasons := smoke.check(self.endpoint, self.new, self.root)):
            raise Rejected(f"{self.new} of {self.target.endpoint}: {'; '.join(reasons)}")

    def switch(self) -> None:
        """Let the new deployment answer everything."""
        if self.needed:
            self.endpoint.switch(self.new)

    def stay_with(self, name: str | None, **tags: str) -> None:
        """Take a deployment as what a rollout goes back to, where there was a rollout before."""
        if name and "stable" in self.endpoint.tags():
            self.endpoint.tag(stable=name, **tags)

    def give_back(self) -> bool:
        """Let the old deployment answer everything again; say whether there is one to tidy up."""
        if not self.endpoint.exists():
            return False
        self.stay_with(self.old)
        if self.old is not None:
            self.endpoint.switch(self.old)
        return True

    def clean(self) -> None:
        """Delete the deployments that nobody would miss."""
        in_use = self.endpoint.in_use()
        for name in self.endpoint.deployments():
            if name not in in_use and name in (*COLORS, self.old):
                self.endpoint.delete_deployment(name)

    def code(self) -> str:
        """Give the commit that is deployed; a deployment that did not change keeps its own."""
        live = self.endpoint.deployments()[self.new]
        return registry.tags_of(live).get("code") or "none"

    def told(self) -> str:
        """Say in one line of Markdown what became of the target."""
        live = f"- `{self.target.endpoint}`: version {self.release.version} is live on `{self.new}`"
        if not self.needed:
            return f"{live}: nothing to change"
        return f"{live}, in place of `{self.old}`" if self.old else f"{live}, the first there"


def testing(tags: dict[str, str]) -> bool:
    """Say whether an A/B test splits the traffic of an endpoint with these tags."""
    return tags.get("ab_test", "none") != "none"


def go_back(changes: list[Change], why: BaseException) -> None:
    """Restore all targets, also when one of them can't be; raises Unfinished then.

    Deletions take minutes, and GitHub ends a cancelled run after five: so every target answers as
    before ere the first new deployment is deleted. What is left has no traffic; the next release
    deletes it.
    """
    stuck: list[str] = []
    back: list[Change] = []
    for change in changes:
        try:
            if change.give_back():
                back.append(change)
        except (AzureError, ValueError) as error:
            stuck.append(f"{change.target.endpoint}: {error}")
    for change in back:
        try:
            change.clean()
        except (AzureError, ValueError) as error:
            stuck.append(f"{change.target.endpoint}: {error}")
    if stuck:
        raise Unfinished(f"{why}; and going back failed: {'; '.join(stuck)}") from why


def other(color: str | None) -> str:
    """Give the color that is free beside another one."""
    return COLORS[1] if color == COLORS[0] else COLORS[0]


def release(
    version: str,
    targets: list[Target],
    place: str,
    az: Az = az,
    *,
    production: bool = False,
    again: bool = False,
    root: Path = Path(),
    sleep: Sleep = time.sleep,
) -> list[str]:
    """Release a version to all targets, or to none of them.

    Args:
        version: Of the model in the registry.
        targets: Where to.
        place: The name of the registry.
        az: Runs az.
        production: Record in the registry that the version is in production.
        again: The version may be older than the one in production: this is a rollback.
        root: The root of the repository.
        sleep: Waits, in seconds.

    Returns:
        One line of Markdown per target.

    Raises:
        Rejected: A new deployment did not pass; the old ones answer everything.
        AzureError: Azure refused; the old ones answer everything.
        Unfinished: Neither the one nor the other; the message says what answers.
        ValueError: There is no such version, or production holds a newer one.
    """
    if production and not again:
        registry.no_step_back(version, place, az)
    what = describe(version, place, az, root=root)
    changes = [Change(target, what, az, root=root, sleep=sleep) for target in targets]
    begun: list[Change] = []
    try:
        for change in changes:
            change.look()
            begun.append(change)
        for change in changes:
            change.deploy()
        for change in changes:
            change.smoke()
        for change in changes:
            # First, so that a run that is cut off here is not taken back to what is to go.
            # No phase of a rollout goes on after it.
            change.stay_with(change.new, phase="released")
            change.switch()
    except (Exception, KeyboardInterrupt) as error:
        go_back(begun, error)
        raise
    try:
        for change in changes:
            change.clean()
        if production:
            registry.mark(version, place, az, code=changes[0].code())
    except AzureError as error:
        raise Unfinished(f"version {version} is live, but the rest is not done: {error}") from error
    return [change.told() for change in changes]


def main(argv: list[str] | None = None, az: Az = az) -> None:
    """Release a version; exit code 1 if it did not pass, 3 if there is nothing to go back to."""
    parser = argparse.ArgumentParser(description="Release a version of the model to all targets.")
    parser.add_argument("--version", required=True, help="in the registry; or former")
    parser.add_argument("--target", help="only this target of config/targets.yml")
    parser.add_argument(
        "--environment",
        choices=("staging", "production"),
        default="staging",
        help="production: the registry records that the version is in production",
    )
    parser.add_argument(
        "--again", action="store_true", help="a rollback: production may hold a newer version"
    )
    arguments = parser.parse_args(argv)
    version, again = arguments.version, arguments.again
    try:
        place = settings()
        targets = load(suffix=place.suffix, only=arguments.target)
        if version == "former":
            version, again = registry.former(place.registry, az), True
        told = release(
            *(version, targets, place.registry, az),
            production=arguments.environment == "production",
            again=again,
        )
    except registry.NothingBefore as error:
        print(f"- Nothing to go back to: {error}")
        sys.exit(REFUSED)
    except Unfinished as error:
        print(f"- Version {version}: {error}")
        sys.exit("The release was cut off; run it again.")
    except (AzureError, OSError, Rejected, ValueError) as error:
        print(f"- Version {version} was not released: {error}")
        sys.exit("The release failed; what was live before is live.")
    print("\n".join(told))


if __name__ == "__main__":
    main()
