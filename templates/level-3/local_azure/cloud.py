"""A double of the az command line: state in memory, and the rules of Azure that matter here.

A Cloud stands in wherever a function takes ``az``; what is not in COMMANDS it refuses, as az does.
Quotas, throttling and faults of Azure are not played, but ``before`` can raise anything any time.
"""

import argparse
<%_ if (online) { _%>
import math
<%_ } _%>
import re
<%_ if (online) { _%>
from collections import defaultdict
<%_ } _%>
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
<%_ if (online) { _%>
from datetime import datetime
<%_ } _%>
from functools import cache
from pathlib import Path
from typing import Any, NoReturn<% if (online) { %>, Protocol<% } %>

import yaml

from <%= pkg %>.azure import AzureError
<%_ if (online) { _%>

from .endpoint import Counted, LocalEndpoint
<%_ } _%>

# Options by command; behind one, "?": may be left out, "*": takes several values, "-": takes none.
COMMANDS = {
<%_ if (online) { _%>
    "ml online-endpoint list": "",
    "ml online-endpoint show": "--name",
    "ml online-endpoint create": "--name --file",
    "ml online-endpoint update": "--name --traffic? --mirror-traffic? --set?*",
    "ml online-endpoint invoke": "--name --deployment-name? --request-file",
    "ml online-deployment list": "--endpoint-name",
    "ml online-deployment create": "--endpoint-name --name --file",
    "ml online-deployment delete": "--endpoint-name --name --yes-",
    "monitor metrics list": "--resource --metrics* --filter? --aggregation?* --interval?"
    " --start-time?",
<%_ } _%>
<%_ if (batch) { _%>
    "ml batch-endpoint list": "",
    "ml batch-endpoint show": "--name",
    "ml batch-endpoint create": "--name --file",
    "ml batch-endpoint update": "--name --set*",
    "ml batch-endpoint invoke": "--name --deployment-name? --input --input-type --job-name?",
    "ml batch-endpoint list-jobs": "--name",
    "ml batch-deployment list": "--endpoint-name",
    "ml batch-deployment create": "--endpoint-name --name --file",
    "ml batch-deployment delete": "--endpoint-name --name --yes-",
<%_ } _%>
    "ml job list": "--max-results?",
    "ml job show": "--name",
    "ml job download": "--name --output-name --download-path",
    "ml model list": "--name? --registry-name?",
    "ml model update": "--name --version --set* --force-string?- --registry-name?",
    "ml model share": "--name --version --registry-name --share-with-name --share-with-version",
    "ml environment list": "--name? --registry-name?",
    "ml environment create": "--file --name --version --registry-name?",
}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]")
STORED = re.compile(r"azureml://registries/([\w-]+)/(model|environment)s/([\w-]+)/versions/(\w+)")
WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/w"
# What is logged of an endpoint after each call, and what az calls it.
STATE = {<% if (online) { %>"traffic": "traffic", "mirror": "mirror_traffic"<% } %><% if (online && batch) { %>, <% } %><% if (batch) { %>"default": "defaults"<% } %>}

Document = dict[str, Any]
Place = tuple[str, str]
<%_ if (online) { _%>


class Backend(Protocol):
    """A server that answers for one online deployment."""

    address: str

    def stop(self) -> None:
        """Stop it, for good."""
<%_ } _%>


class Cloud(AbstractContextManager["Cloud"]):
    """One workspace and its registries; leaving it as a context stops all that runs.

    Attributes:
        before: Called with the arguments of each call, before it does anything.
        calls: What was asked: ``args``, ``error`` (None when there was none), and by endpoint as
            it was after the call <% if (online) { %>``traffic``, ``mirror``<% } %><% if (online && batch) { %>, <% } %><% if (batch) { %>``default``<% } %>.
        jobs: By name, the newest last. outputs: their files (text by name), by job and output.
    """

    def __init__(
        self,
<%_ if (online) { _%>
        serve: Callable[[Document], Backend] | None = None,
<%_ } _%>
<%_ if (batch) { _%>
        score: Callable[[Document, Path], list[str]] | None = None,
<%_ } _%>
    ) -> None:
<%_ if (online && batch) { _%>
        """Take what starts a server and what scores a file, for a deployment as its YAML says."""
        self.serve, self.score = serve, score
<%_ } else if (online) { _%>
        """Take what starts a server for a deployment as its YAML says."""
        self.serve = serve
<%_ } else { _%>
        """Take what scores a file for a deployment as its YAML says."""
        self.score = score
<%_ } _%>
<%_ if (online) { _%>
        self.doors: dict[str, LocalEndpoint] = {}
        self.backends: dict[Place, Backend] = {}
<%_ } _%>
        self.before: Callable[[tuple[str, ...]], None] | None = None
        self.calls: list[Document] = []
        self.endpoints: dict[Place, Document] = {}
        self.deployments: dict[Place, dict[str, Document]] = {}
        self.assets: dict[tuple[str, ...], Document] = {}
        self.jobs: dict[str, Document] = {}
        self.outputs: dict[Place, dict[str, str]] = {}

    def __exit__(self, *_: object) -> None:
        """Stop every server and every endpoint."""
<%_ if (online) { _%>
        running: list[Backend] = [*self.doors.values(), *self.backends.values()]
        for one in running:
            one.stop()
<%_ } _%>

    def keep(self, kind: str, registry: str, document: Document) -> Document:
        """Store a new model or environment; registry "" is the workspace."""
        key = (kind, registry, document["name"], str(document["version"]))
        self.assets[_unused(self.assets, key)] = {"tags": {}, **document}
        return self.assets[key]

    def __call__(self, *args: str) -> Any:
        """Do what az would do and give what it would answer; raises AzureError when it refuses."""
        call: Document = {"args": args, "error": None}
        self.calls.append(call)
        try:
            if self.before:
                self.before(args)
            (_, thing, verb), options = _understand(args)
            kind, _, rest = thing.partition("-")
            rest = "asset" if kind in ("model", "environment") else rest or kind
            place = (kind, options.get("endpoint_name", options.get("name")))
            return deepcopy(getattr(self, f"_{rest}_{verb.replace('-', '_')}")(place, options))
        except BaseException as error:
            call["error"] = str(error) or type(error).__name__
            raise
        finally:
            for name, key in STATE.items():
                found = {one["name"]: one[key] for one in self.endpoints.values() if key in one}
                call[name] = deepcopy(found)

    def _endpoint_list(self, place: Place, options: Document) -> list[Document]:
        return [found for key, found in self.endpoints.items() if key[0] == place[0]]

    def _endpoint_show(self, place: Place, options: Document) -> Any:
        return _get(self.endpoints, place)

    def _endpoint_create(self, place: Place, options: Document) -> Document:
        kind, name = _unused(self.endpoints, place)
        document = _read(options["file"])
        if document.keys() & {"traffic", "mirror_traffic", "defaults"}:
            raise AzureError("there is no deployment yet that could take what comes in")
        made = {"name": name, "tags": document["tags"], "id": f"{WORKSPACE}/{kind}Endpoints/{name}"}
<%_ if (online && batch) { _%>
        if kind == "online":
            self.doors[name] = LocalEndpoint()
            made |= {"traffic": {}, "mirror_traffic": {}, "scoring_uri": self.doors[name].address}
        else:
            made |= {"defaults": {"deployment_name": None}}
<%_ } else if (online) { _%>
        self.doors[name] = LocalEndpoint()
        made |= {"traffic": {}, "mirror_traffic": {}, "scoring_uri": self.doors[name].address}
<%_ } else { _%>
        made |= {"defaults": {"deployment_name": None}}
<%_ } _%>
        self.endpoints[place], self.deployments[place] = made, {}
        return made

    def _endpoint_update(self, place: Place, options: Document) -> Document:
        changed = _assign(deepcopy(_get(self.endpoints, place)), options)
<%_ if (online) { _%>
        for key in ("traffic", "mirror_traffic"):
            if text := options.get(key):
                if not re.fullmatch(r"[\w-]+=\d+( [\w-]+=\d+)*", text):
                    raise AzureError(f"{text!r} are no shares: write them as 'blue=90 green=10'")
                pairs = [word.split("=") for word in text.split()]
                changed[key] = {name: int(share) for name, share in pairs}
<%_ } _%>
        _check(changed, self.deployments[place])
        self.endpoints[place] = changed
<%_ if (online) { _%>
        self._route(place)
<%_ } _%>
        return changed

    def _endpoint_invoke(self, place: Place, options: Document) -> Any:
        endpoint, name = _get(self.endpoints, place), options["deployment_name"]
<%_ if (online && batch) { _%>
        if place[0] == "online":
            body = Path(options["request_file"]).read_bytes()
            status, answer, _ = self.doors[endpoint["name"]].ask("/score", body, name)
            if status != 200:
                raise AzureError(f"the endpoint answered {status}: {answer.decode()}")
            return answer.decode()  # az gives the answer as text, although it is JSON
<%_ } else if (online) { _%>
        body = Path(options["request_file"]).read_bytes()
        status, answer, _ = self.doors[endpoint["name"]].ask("/score", body, name)
        if status != 200:
            raise AzureError(f"the endpoint answered {status}: {answer.decode()}")
        return answer.decode()  # az gives the answer as text, although it is JSON
<%_ } _%>
<%_ if (batch) { _%>
        deployment = _get(self.deployments[place], name or endpoint["defaults"]["deployment_name"])
        kind, data = options["input_type"], Path(options["input"])
        files = [data] if kind == "uri_file" else sorted(data.glob("*.csv"))
        if not files or not all(file.is_file() for file in files):
            raise AzureError(f"{data} cannot be scored here")
        job = _unused(self.jobs, options["job_name"] or f"batchjob-{len(self.jobs)}")
        given = {"job_input": {"type": kind, "path": str(data)}}
        made = {"name": job, "status": "Completed", "tags": {}, "inputs": given}
        self.jobs[job] = made | {"endpoint": endpoint["name"]}
        try:
            assert self.score, "nothing was given here that scores"
            lines = [f"{line}\n" for file in files for line in self.score(deployment, file)]
            self.outputs[job, "score"] = {"predictions.csv": "".join(lines)}
        except ValueError as error:
            self.jobs[job] |= {"status": "Failed", "error": str(error)}
        return self.jobs[job]

    def _endpoint_list_jobs(self, place: Place, options: Document) -> list[Document]:
        return [job for job in self.jobs.values() if job.get("endpoint") == place[1]]
<%_ } _%>

    def _deployment_list(self, place: Place, options: Document) -> list[Document]:
        return list(_get(self.deployments, place).values())

    def _deployment_create(self, place: Place, options: Document) -> Document:
        name = _unused(_get(self.deployments, place), options["name"])
        document = {**_read(options["file"]), "name": name, "endpoint_name": place[1]}
        for key in ("model", "environment"):
            found = STORED.fullmatch(str(document.get(key)))
            if found is None or found[2] != key:
                raise AzureError(f"{document.get(key)} names no version of a {key} in a registry")
            _get(self.assets, (key, *found.group(1, 3, 4)))
<%_ if (online && batch) { _%>
        if place[0] == "online":
            assert self.serve, "nothing was given here that serves"
            self.backends[place[1], name] = self.serve(document)
<%_ } else if (online) { _%>
        assert self.serve, "nothing was given here that serves"
        self.backends[place[1], name] = self.serve(document)
<%_ } _%>
        self.deployments[place][name] = document | {"provisioning_state": "Succeeded"}
<%_ if (online) { _%>
        self._route(place)
<%_ } _%>
        return self.deployments[place][name]

    def _deployment_delete(self, place: Place, options: Document) -> None:
        endpoint, name = _get(self.endpoints, place), options["name"]
        _get(self.deployments[place], name)
<%_ if (online) { _%>
        if any(endpoint.get(key, {}).get(name) for key in ("traffic", "mirror_traffic")):
            raise AzureError(f"deployment {name} has traffic")
<%_ } _%>
<%_ if (batch) { _%>
        if endpoint.get("defaults", {}).get("deployment_name") == name:
            raise AzureError(f"deployment {name} is the default")
<%_ } _%>
        del self.deployments[place][name]
<%_ if (online) { _%>
        for key in ("traffic", "mirror_traffic"):
            endpoint.get(key, {}).pop(name, None)
        self._route(place)
        if (place[1], name) in self.backends:
            self.doors[place[1]].drain(name)
            self.backends.pop((place[1], name)).stop()

    def _route(self, place: Place) -> None:
        if place[1] in self.doors:
            addresses = {n: self.backends[place[1], n].address for n in self.deployments[place]}
            shares = (self.endpoints[place][key] for key in ("traffic", "mirror_traffic"))
            self.doors[place[1]].route(addresses, *shares)
<%_ } _%>

    def _job_list(self, place: Place, options: Document) -> list[Document]:
        return list(reversed(self.jobs.values()))[: int(options["max_results"] or 1000)]

    def _job_show(self, place: Place, options: Document) -> Any:
        return _get(self.jobs, place[1])

    def _job_download(self, place: Place, options: Document) -> None:
        output = (_get(self.jobs, place[1])["name"], options["output_name"])
        folder = Path(options["download_path"]) / "named-outputs" / output[1]
        for name, text in self.outputs.get(output, {}).items():  # az says nothing if there is none
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")

    def _asset_list(self, place: Place, options: Document) -> list[Document]:
        within = (place[0], options["registry_name"] or "")
        found = [found for key, found in self.assets.items() if key[:2] == within]
        if place[1] and place[1] not in [one["name"] for one in found]:
            raise AzureError(f"there is no {' '.join(place)}")
        return [one for one in reversed(found) if place[1] in (None, one["name"])]

    def _asset_create(self, place: Place, options: Document) -> Document:
        made = _read(options["file"]) | {"name": place[1], "version": options["version"]}
        return self.keep(place[0], options["registry_name"] or "", made)

    def _asset_update(self, place: Place, options: Document) -> Document:
        key = (place[0], options["registry_name"] or "", place[1], options["version"])
        return _assign(_get(self.assets, key), options)

    def _asset_share(self, place: Place, options: Document) -> Document:
        own = _get(self.assets, (place[0], "", place[1], options["version"]))
        given = {key: options[f"share_with_{key}"] for key in ("name", "version")}
        return self.keep(place[0], options["registry_name"], deepcopy(own) | given)
<%_ if (online) { _%>

    def _metrics_list(self, place: Place, options: Document) -> Document:
        door = _get(self.doors, options["resource"].removeprefix(f"{WORKSPACE}/onlineEndpoints/"))
        since = (options["start_time"] or "1970-01-01T00:00:00Z").replace("Z", "+00:00")
        counted = [one for one in list(door.counted) if one.time >= datetime.fromisoformat(since)]
        return {"value": [_metric(name, options, counted) for name in options["metrics"]]}
<%_ } _%>


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise AzureError(message)


def _understand(args: tuple[str, ...]) -> tuple[tuple[str, ...], Document]:
    count = next((n for n, word in enumerate(args) if word.startswith("-")), len(args))
    command = " ".join(args[:count])
    if command not in COMMANDS:
        raise AzureError(f"{command!r} is not a command that is known here")
    return args[:count], vars(_options(command).parse_args(args[count:]))


@cache
def _options(command: str) -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    for word in COMMANDS[command].split():
        how: Any = {"-": {"action": "store_true"}, "*": {"nargs": "+"}}.get(word[-1], {})
        parser.add_argument(word.rstrip("?*-"), required="?" not in word, **how)
    return parser


def _get(known: Any, key: Any) -> Any:
    if key not in known:
        raise AzureError(f"not found: {key}")
    return known[key]


def _unused(known: Any, key: Any) -> Any:
    if key in known:
        raise AzureError(f"exists already: {key}")
    name = key if isinstance(key, str) else key[1]
    if name and not NAME.fullmatch(name):
        raise AzureError(f"{name!r} is no name: 3 to 32 letters, digits and dashes")
    return key


def _read(file: str) -> Document:
    if not Path(file).is_file():
        raise AzureError(f"there is no file {file}")
    document: Document = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    # Azure keeps tags as text, whatever YAML took them for.
    tags = {str(key): str(value) for key, value in (document.get("tags") or {}).items()}
    return {**document, "tags": tags}


def _assign(document: Document, options: Document) -> Document:
    for place, sign, value in (word.partition("=") for word in options["set"] or []):
        root, _, key = place.partition(".")
        if not sign or not key or root not in document or root not in ("tags", "defaults"):
            raise AzureError(f"--set {place} is not known here")
        document[root][key] = value
    return document


def _check(endpoint: Document, deployments: dict[str, Document]) -> None:
<%_ if (online) { _%>
    live, mirror = endpoint.get("traffic", {}), endpoint.get("mirror_traffic", {})
    for name in (*live, *mirror):
        _get(deployments, name)
    if sum(live.values()) not in (0, 100):
        raise AzureError(f"live traffic sums to {sum(live.values())}, not to 0 or 100")
    copied = [name for name, share in mirror.items() if share]
    if len(copied) > 1 or sum(mirror.values()) > 50:
        raise AzureError("at most 50 % are mirrored, and to one deployment")
    if any(live.get(name) for name in copied):
        raise AzureError(f"{copied[0]} cannot get live and mirrored traffic at once")
<%_ } _%>
<%_ if (batch) { _%>
    if default := endpoint.get("defaults", {}).get("deployment_name"):
        _get(deployments, default)
<%_ } _%>
<%_ if (online) { _%>


def _metric(name: str, options: Document, counted: list[Counted]) -> Document:
    # As Azure Monitor: one series per value of the dimensions that the filter names, by minute.
    wanted = dict(re.findall(r"(\w+) eq '([^']*)'", options["filter"] or ""))
    percent = re.fullmatch(r"RequestLatency_P(50|90|95|99)", name)
    known = {"deployment"} if percent else {"deployment", "statusCodeClass"}
    if (not percent and name != "RequestsPerMinute") or wanted.keys() - known:
        raise AzureError(f"{name} by {', '.join(wanted)} is not known here")
    found: Any = defaultdict(lambda: defaultdict(list))
    for one in counted:
        told = {"deployment": one.deployment, "statusCodeClass": f"{one.status // 100}xx"}
        if all(asked in ("*", told[key]) for key, asked in wanted.items()):
            minute = f"{one.time:%Y-%m-%dT%H:%M:00Z}"
            found[tuple(told[key] for key in wanted)][minute].append(one.milliseconds)
    series = []
    for values, minutes in found.items():
        data = []
        for minute, took in minutes.items():
            rank = math.ceil(int(percent[1]) / 100 * len(took)) - 1 if percent else 0
            value = sorted(took)[rank] if percent else len(took)
            data.append({"timeStamp": minute, "average": value, "total": value})
        names = [{"name": {"value": k}, "value": v} for k, v in zip(wanted, values, strict=True)]
        series.append({"metadatavalues": names, "data": data})
    return {"name": {"value": name}, "timeseries": series}
<%_ } _%>
