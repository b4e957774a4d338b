"""Endpoints of Azure ML, and the rules that hold for their traffic: the only user of az for them.

<%_ if (online) { _%>
An endpoint that exists is never made again: that would drop its traffic. The live traffic of an
endpoint that has any sums to 100 after every call. At most half of it is mirrored, to one
deployment that has no live traffic.
<%_ } else { _%>
An endpoint that exists is never made again: that would drop its deployments.
<%_ } _%>
"""

<%_ if (batch) { _%>
import csv
<%_ } _%>
<%_ if (online) { _%>
import json
<%_ } _%>
<%_ if (batch) { _%>
import secrets
import tempfile
<%_ } _%>
import time
from collections.abc import Callable<% if (online) { %>, Mapping<% } %>
from pathlib import Path
from typing import Any

from <%= pkg %>.azure import AzureError, az

from .targets import Target

Az = Callable[..., Any]
Sleep = Callable[[float], None]

<%_ if (online) { _%>
MIRROR_LIMIT = 50
<%_ } _%>
POLL = 15.0
PATIENCE = 3600.0
# States that Azure leaves by itself. A deployment in one of them can't be deleted yet.
UNDER_WAY = ("Creating", "Updating", "Scaling", "Deleting")
<%_ if (batch || level >= 4) { _%>
JOB_UNDER_WAY = (
    "NotStarted",
    "Queued",
    "Preparing",
    "Provisioning",
    "Starting",
    "Running",
    "Finalizing",
)
<%_ } _%>
<%_ if (batch) { _%>
# Begins the names of the scoring jobs that are started here: their input is no real one.
CHECK = "check-"
# So many jobs of the workspace are looked through for the last real input.
RECENT = "200"
<%_ } _%>


<%_ if (batch) { _%>
class JobFailed(AzureError):
    """A deployment could not score what it was given."""


<%_ } _%>
class Endpoint:
    """What online and batch endpoints have in common."""

    kind = ""

    def __init__(self, name: str, az: Az = az, *, sleep: Sleep = time.sleep) -> None:
        """Name an endpoint, which need not exist yet; az and sleep can be stood in for."""
        self.name = name
        self.az = az
        self.sleep = sleep

    def exists(self) -> bool:
        """Say whether there is such an endpoint."""
        found = self.az("ml", f"{self.kind}-endpoint", "list")
        return self.name in [endpoint["name"] for endpoint in found]

    def create(self, file: Path) -> None:
        """Make the endpoint as its endpoint.yml says; raises ValueError if it exists."""
        if self.exists():
            raise ValueError(f"{self.name} exists, and an endpoint is never made again")
        self.az("ml", f"{self.kind}-endpoint", "create", "--file", str(file), "--name", self.name)

    def show(self) -> dict[str, Any]:
        """Give what az says of the endpoint."""
        answer = self.az("ml", f"{self.kind}-endpoint", "show", "--name", self.name)
        if not isinstance(answer, dict):
            raise AzureError(f"{self.name}: az says nothing of it: {answer!r}")
        return answer

    def tags(self) -> dict[str, str]:
        """Give the tags of the endpoint."""
        return dict(self.show().get("tags") or {})

    def tag(self, **tags: str) -> None:
        """Set tags of the endpoint; what is so already is not asked for."""
        there = self.tags()
        changed = [f"tags.{key}={value}" for key, value in tags.items() if there.get(key) != value]
        if changed:
            self.az("ml", f"{self.kind}-endpoint", "update", "--name", self.name, "--set", *changed)

    def deployments(self) -> dict[str, dict[str, Any]]:
        """Give what az says of each deployment, by name."""
        found = self.az("ml", f"{self.kind}-deployment", "list", "--endpoint-name", self.name)
        return {deployment["name"]: deployment for deployment in found}

    def create_deployment(self, file: Path, name: str) -> None:
        """Make a deployment, without traffic; raises ValueError if there is one of this name."""
        if name in self.deployments():
            raise ValueError(f"{self.name} has a deployment {name}")
        self.az(
            *("ml", f"{self.kind}-deployment", "create", "--file", str(file)),
            *("--name", name, "--endpoint-name", self.name),
        )

    def delete_deployment(self, name: str) -> None:
        """Delete a deployment; one that is being made is awaited first.

        Raises:
            ValueError: Somebody would miss it: it has traffic, or is the default.
        """
        if name in self.in_use():
            raise ValueError(f"{name} of {self.name} is in use, so it is not deleted")
        if self.settled(name) is None:
            return
        self.az(
            *("ml", f"{self.kind}-deployment", "delete", "--name", name),
            *("--endpoint-name", self.name, "--yes"),
        )

    def settled(self, name: str) -> dict[str, Any] | None:
        """Wait until nothing happens to a deployment; give it, or None if there is none.

        Raises:
            AzureError: It stays as it is for longer than PATIENCE.
        """
        waited = 0.0
        while True:
            deployment = self.deployments().get(name)
            if deployment is None or deployment.get("provisioning_state") not in UNDER_WAY:
                return deployment
            if waited >= PATIENCE:
                state = deployment["provisioning_state"]
                raise AzureError(f"{name} of {self.name} is {state} after {waited:.0f} seconds")
            self.sleep(POLL)
            waited += POLL

    def in_use(self) -> list[str]:
        """Give the deployments that somebody would miss, the most used one first."""
        raise NotImplementedError

    def live(self) -> str | None:
        """Give the deployment that answers, or most of the time; None if there is none."""
        return next(iter(self.in_use()), None)

    def switch(self, name: str) -> None:
        """Let one deployment answer everything."""
        raise NotImplementedError


<%_ if (online) { _%>
class Online(Endpoint):
    """An endpoint that answers requests over HTTPS."""

    kind = "online"

    def traffic(self) -> dict[str, int]:
        """Give the percents of the deployments that have live traffic."""
        return _shares(self.show().get("traffic"))

    def mirror(self) -> dict[str, int]:
        """Give the percents of the deployments that get copies of live requests."""
        return _shares(self.show().get("mirror_traffic"))

    def in_use(self) -> list[str]:
        """Give the deployments with live traffic, the largest share first."""
        shares = self.traffic()
        return sorted(shares, key=lambda name: (-shares[name], name))

    def set_traffic(self, shares: Mapping[str, int]) -> None:
        """Share live traffic out; what is so already is not asked for.

        Raises:
            ValueError: The percents do not sum to 100, or one of the deployments is not there
                or gets mirrored traffic.
        """
        wanted = _shares(shares)
        if sum(wanted.values()) != 100 or min(shares.values()) < 0:
            raise ValueError(f"{self.name}: live traffic must sum to 100: {dict(shares)}")
        self._known(wanted)
        state = self.show()
        if mirrored := set(wanted) & set(_shares(state.get("mirror_traffic"))):
            raise ValueError(f"{self.name}: {', '.join(mirrored)} still gets mirrored traffic")
        live = _shares(state.get("traffic"))
        if wanted == live:
            return
        # Each share is named: whether az keeps one that is not is nowhere promised.
        asked = dict.fromkeys(live, 0) | wanted
        text = " ".join(f"{name}={share}" for name, share in asked.items())
        self.az("ml", "online-endpoint", "update", "--name", self.name, "--traffic", text)

    def set_mirror(self, shares: Mapping[str, int]) -> None:
        """Copy a share of the live requests to one deployment; an empty mapping stops it.

        Raises:
            ValueError: More than MIRROR_LIMIT percent, more than one deployment, or one that is
                not there or has live traffic.
        """
        wanted = _shares(shares)
        if len(wanted) > 1 or any(not 0 < share <= MIRROR_LIMIT for share in wanted.values()):
            raise ValueError(
                f"{self.name}: {dict(shares)}: at most {MIRROR_LIMIT} %, and to one deployment"
            )
        self._known(wanted)
        state = self.show()
        if live := set(wanted) & set(_shares(state.get("traffic"))):
            raise ValueError(f"{self.name}: {', '.join(live)} has live traffic")
        mirrored = _shares(state.get("mirror_traffic"))
        if wanted == mirrored:
            return
        # Azure stops a mirror when its share is set to 0.
        asked = dict.fromkeys(mirrored, 0) | wanted
        text = " ".join(f"{name}={share}" for name, share in asked.items())
        self.az("ml", "online-endpoint", "update", "--name", self.name, "--mirror-traffic", text)

    def switch(self, name: str) -> None:
        """Give one deployment all live traffic, and stop mirroring."""
        self.set_mirror({})
        self.set_traffic({name: 100})

    def ask(self, deployment: str, request: Path) -> Any:
        """Send a request to one deployment, whatever its traffic; give its answer."""
        answer = self.az(
            *("ml", "online-endpoint", "invoke", "--name", self.name),
            *("--deployment-name", deployment, "--request-file", str(request)),
        )
        # az prints the answer as text inside JSON, and the scoring script may have done so too.
        try:
            while isinstance(answer, str):
                answer = json.loads(answer)
        except ValueError as error:
            raise AzureError(f"{deployment} of {self.name}: no JSON: {answer!r}") from error
        return answer

    def _known(self, shares: Mapping[str, int]) -> None:
        if unknown := set(shares) - set(self.deployments()):
            raise ValueError(f"{self.name} has no deployment {', '.join(sorted(unknown))}")


<%_ } _%>
<%_ if (batch) { _%>
class Batch(Endpoint):
    """An endpoint that scores files."""

    kind = "batch"

    def default(self) -> str | None:
        """Give the deployment that scores what names no other; None if there is none."""
        return (self.show().get("defaults") or {}).get("deployment_name") or None

    def in_use(self) -> list[str]:
        """Give the default deployment."""
        default = self.default()
        return [] if default is None else [default]

    def set_default(self, name: str) -> None:
        """Let one deployment score what names no other; what is so already is not asked for.

        Raises:
            ValueError: There is no such deployment.
        """
        if name not in self.deployments():
            raise ValueError(f"{self.name} has no deployment {name}")
        if name != self.default():
            setting = f"defaults.deployment_name={name}"
            self.az("ml", "batch-endpoint", "update", "--name", self.name, "--set", setting)

    def switch(self, name: str) -> None:
        """Make one deployment the default."""
        self.set_default(name)

    def score(self, deployment: str, data: str, kind: str = "uri_file") -> list[list[str]]:
        """Let one deployment score a file or a folder, and wait for it.

        Args:
            deployment: Its name.
            data: A local path, or one in Azure.
            kind: uri_file or uri_folder.

        Returns:
            The lines of the result: file, row, prediction, and what else there is, by file and row.

        Raises:
            JobFailed: The job ran, and failed.
            AzureError: It took too long, or its result cannot be read.
        """
        job = self.az(
            *("ml", "batch-endpoint", "invoke", "--name", self.name),
            *("--deployment-name", deployment, "--input", data, "--input-type", kind),
            *("--job-name", f"{CHECK}{secrets.token_hex(8)}"),
        )["name"]
        waited = 0.0
        while (status := self.az("ml", "job", "show", "--name", job)["status"]) in JOB_UNDER_WAY:
            if waited >= PATIENCE:
                raise AzureError(f"the job {job} is {status} after {waited:.0f} seconds")
            self.sleep(POLL)
            waited += POLL
        if status != "Completed":
            raise JobFailed(f"the job {job} of {deployment} ended as {status}")
        with tempfile.TemporaryDirectory() as folder:
            self.az(
                *("ml", "job", "download", "--name", job, "--output-name", "score"),
                *("--download-path", folder),
            )
            found = list(Path(folder).rglob("predictions.csv"))
            # An output that is not there is no error to az.
            if len(found) != 1:
                raise AzureError(f"the job {job} wrote {len(found)} files predictions.csv")
            with found[0].open(encoding="utf-8", newline="") as stream:
                rows = [row for row in csv.reader(stream) if row]
        if any(len(row) < 3 or not row[1].isdecimal() for row in rows):
            raise AzureError(f"the job {job} wrote lines that are not file, row, prediction")
        # The machines of a job write in any order.
        return sorted(rows, key=lambda row: (row[0], int(row[1])))
<%_ if (level >= 4) { _%>

    def last_input(self) -> tuple[str, str] | None:
        """Give path and kind of what was handed in last, by others than the checks made here.

        Returns:
            None if nothing was handed in and scored yet.

        Raises:
            AzureError: The job does not say what it scored, or lies too far back to be found.
        """
        jobs = self.az("ml", "batch-endpoint", "list-jobs", "--name", self.name)
        real = {job["name"] for job in jobs if not job["name"].startswith(CHECK)}
        if not real:
            return None
        # The newest first; the jobs of an endpoint come in no promised order.
        newest = self.az("ml", "job", "list", "--max-results", RECENT)
        if not real & {job["name"] for job in newest}:
            raise AzureError(
                f"{self.name}: none of its {len(real)} jobs is among the {RECENT} newest of the "
                "workspace: name the input to compare with in config/rollout.yml"
            )
        for job in newest:
            if job["name"] not in real or job.get("status") != "Completed":
                continue
            shown = self.az("ml", "job", "show", "--name", job["name"])
            inputs = (shown.get("inputs") or {}).values()
            data = [one for one in inputs if isinstance(one, dict) and one.get("path")]
            if len(data) != 1:
                raise AzureError(f"the job {job['name']} names {len(data)} inputs with a path")
            path = str(data[0]["path"])
            # az puts azureml: before what is an address already.
            if path.startswith(("azureml:azureml:", "azureml:http")):
                path = path.removeprefix("azureml:")
            return path, str(data[0].get("type") or "uri_folder")
        return None
<%_ } _%>


<%_ } _%>
<%_ if (online) { _%>
def _shares(shares: Mapping[str, Any] | None) -> dict[str, int]:
    """Leave out the deployments without a share, which Azure lists or not."""
    return {name: int(share) for name, share in (shares or {}).items() if int(share)}


<%_ } _%>
def of(target: Target, az: Az = az, *, sleep: Sleep = time.sleep) -> Endpoint:
    """Give the endpoint of a target."""
<%_ if (online && batch) { _%>
    if target.kind == "online":
        return Online(target.endpoint, az, sleep=sleep)
    return Batch(target.endpoint, az, sleep=sleep)
<%_ } else { _%>
    return <%= online ? 'Online' : 'Batch' %>(target.endpoint, az, sleep=sleep)
<%_ } _%>
