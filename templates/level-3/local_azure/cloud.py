"""A double of the az command line: state in memory, and the rules of Azure that matter here.

A Cloud stands in wherever a function takes ``az``. What it does not know it refuses, as az does: a
command or an option that is not in COMMANDS belongs there first. Quotas, throttling and faults of
Azure are not played; ``before`` can raise anything at any call instead.
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
<%_ if (online) { _%>
from datetime import datetime
<%_ } _%>
from pathlib import Path
from typing import Any, NoReturn<% if (online) { %>, Protocol<% } %>

import yaml

from <%= pkg %>.azure import AzureError
<%_ if (online) { _%>

from .endpoint import Counted, LocalEndpoint
<%_ } _%>

# Options by command; behind one, "!" says required, "*" several values, "-" no value.
COMMANDS = {
<%_ if (online) { _%>
    "ml online-endpoint list": "",
    "ml online-endpoint show": "--name!",
    "ml online-endpoint create": "--name! --file!",
    "ml online-endpoint update": "--name! --traffic --mirror-traffic --set*",
    "ml online-endpoint invoke": "--name! --deployment-name --request-file!",
    "ml online-deployment list": "--endpoint-name!",
    "ml online-deployment create": "--endpoint-name! --name! --file!",
    "ml online-deployment delete": "--endpoint-name! --name! --yes!-",
<%_ } _%>
<%_ if (batch) { _%>
    "ml batch-endpoint list": "",
    "ml batch-endpoint show": "--name!",
    "ml batch-endpoint create": "--name! --file!",
    "ml batch-endpoint update": "--name! --set!*",
    "ml batch-endpoint invoke": "--name! --deployment-name --input! --input-type! --job-name",
    "ml batch-endpoint list-jobs": "--name!",
    "ml batch-deployment list": "--endpoint-name!",
    "ml batch-deployment create": "--endpoint-name! --name! --file!",
    "ml batch-deployment delete": "--endpoint-name! --name! --yes!-",
<%_ } _%>
    "ml job list": "--max-results",
    "ml job show": "--name!",
    "ml job download": "--name! --output-name! --download-path!",
    "ml model list": "--name --registry-name",
    "ml model show": "--name! --version! --registry-name",
    "ml model update": "--name! --version! --set!* --registry-name --force-string-",
    "ml model share": "--name! --version! --registry-name! --share-with-name!"
    " --share-with-version!",
    "ml environment list": "--name --registry-name",
    "ml environment create": "--file! --name! --version! --registry-name",
    "ml schedule list": "",
    "ml schedule create": "--file! --name!",
    "ml schedule update": "--name! --set!*",
    "monitor app-insights query": "--apps! --analytics-query! --offset",
<%_ if (online) { _%>
    "monitor metrics list": "--resource! --metrics!* --filter --aggregation* --interval"
    " --start-time",
<%_ } _%>
}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]")
# A version of a model or an environment: in a registry, or in the workspace.
STORED = re.compile(
    r"azureml:(?://registries/([\w-]+)/(models|environments)/)?([\w-]+)(?:/versions/|:)([\w.-]+)"
)
WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices"

Document = dict[str, Any]
<%_ if (online) { _%>


class Backend(Protocol):
    """A server that answers for one online deployment."""

    address: str

    def stop(self) -> None:
        """Stop it, for good."""
<%_ } _%>


class Endpoint:
    """The state of one endpoint, of kind online or batch."""

    def __init__(self, kind: str, name: str, tags: dict[str, str]) -> None:
        """Without a deployment, hence without traffic."""
        self.kind, self.name, self.tags = kind, name, tags
        self.deployments: dict[str, Document] = {}
<%_ if (online) { _%>
        self.traffic: dict[str, int] = {}
        self.mirror: dict[str, int] = {}
        self.backends: dict[str, Backend] = {}
        self.door = LocalEndpoint()<% if (batch) { %> if kind == "online" else None<% } %>
<%_ } _%>
<%_ if (batch) { _%>
        self.default: str | None = None
        self.jobs: list[str] = []
<%_ } _%>

    def show(self) -> Document:
        """Say what az says of it."""
        told = {"name": self.name, "tags": dict(self.tags), "provisioning_state": "Succeeded"}
        told["id"] = f"{WORKSPACE}/workspaces/w/{self.kind}Endpoints/{self.name}"
<%_ if (batch && online) { _%>
        if self.door is None:
            return {**told, "defaults": {"deployment_name": self.default}}
<%_ } _%>
<%_ if (online) { _%>
        live = {name: self.traffic.get(name, 0) for name in self.deployments}
        told |= {"traffic": live, "mirror_traffic": dict(self.mirror)}
        return {**told, "scoring_uri": self.door.address}
<%_ } else { _%>
        return {**told, "defaults": {"deployment_name": self.default}}
<%_ } _%>


class Cloud(AbstractContextManager["Cloud"]):
    """One workspace and its registries; leaving it as a context stops all that runs.

    Attributes:
        before: Called with the arguments of each call, before it does anything.
        calls: What was asked: ``args``, ``error`` (None when there was none), and by endpoint as
            it was after the call: <% if (online) { %>``traffic``, ``mirror``<% } %><% if (online && batch) { %>, <% } %><% if (batch) { %>``default``<% } %>.
        endpoints: By kind and name. jobs: by name, the newest last.
        assets: Models, environments and schedules; see ``keep``.
        outputs: Files (text by name) by job and output.
        query: Answers the queries to Application Insights.
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
        """Take what runs deployments; it is told what the deployment's YAML file says.

<%_ if (online) { _%>
        ``serve`` gives a server once that answers.
<%_ } _%>
<%_ if (batch) { _%>
        ``score`` gives the lines of the result for a file; its ValueError fails the job.
<%_ } _%>
        """
<%_ if (online) { _%>
        self.serve = serve
<%_ } _%>
<%_ if (batch) { _%>
        self.score = score
<%_ } _%>
        self.before: Callable[[tuple[str, ...]], None] | None = None
        self.query: Callable[[str], Any] | None = None
        self.calls: list[Document] = []
        self.endpoints: dict[tuple[str, str], Endpoint] = {}
        self.assets: dict[tuple[str, ...], Document] = {}
        self.jobs: dict[str, Document] = {}
        self.outputs: dict[tuple[str, str], dict[str, str]] = {}

    def __exit__(self, *_: object) -> None:
        """Stop every server and every endpoint."""
<%_ if (online) { _%>
        for endpoint in self.endpoints.values():
            if endpoint.door:
                endpoint.door.close()
            for backend in endpoint.backends.values():
                backend.stop()
<%_ } _%>
        self.endpoints.clear()

    def keep(self, kind: str, registry: str, document: Document) -> Document:
        """Store a new model, environment or schedule; registry "" is the workspace."""
        key = (kind, registry, document["name"], str(document.get("version", "")))
        _unused(self.assets, key, kind)
        self.assets[key] = {**document, "tags": _texts(document)}
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
            verb = verb.replace("-", "_")
            if kind in ("online", "batch"):
                return getattr(self, f"_{rest}_{verb}")(kind, options)
            if kind in ("model", "environment", "schedule"):
                return getattr(self, f"_asset_{verb}")(kind, options)
            return getattr(self, f"_{kind}_{verb}")(options)
        except BaseException as error:
            call["error"] = str(error) or type(error).__name__
            if isinstance(error, AzureError):
                raise AzureError(f"az {' '.join(args)}: {error}") from None
            raise
        finally:
            found = self.endpoints.values()
<%_ if (online) { _%>
            call["traffic"] = {one.name: dict(one.traffic) for one in found<% if (batch) { %> if one.door<% } %>}
            call["mirror"] = {one.name: dict(one.mirror) for one in found<% if (batch) { %> if one.door<% } %>}
<%_ } _%>
<%_ if (batch) { _%>
            call["default"] = {one.name: one.default for one in found<% if (online) { %> if not one.door<% } %>}
<%_ } _%>

    def _endpoint(self, kind: str, name: str) -> Endpoint:
        found: Endpoint = _get(self.endpoints, (kind, name), f"{kind} endpoint")
        return found

    def _endpoint_list(self, kind: str, options: Document) -> list[Document]:
        return [found.show() for found in self.endpoints.values() if found.kind == kind]

    def _endpoint_show(self, kind: str, options: Document) -> Document:
        return self._endpoint(kind, options["name"]).show()

    def _endpoint_create(self, kind: str, options: Document) -> Document:
        _unused(self.endpoints, (kind, options["name"]), f"{kind} endpoint")
        document = _read(options)
        if document.keys() & {"traffic", "mirror_traffic", "defaults"}:
            raise AzureError("there is no deployment yet that could take what comes in")
        endpoint = Endpoint(kind, options["name"], _texts(document))
        self.endpoints[kind, endpoint.name] = endpoint
        return endpoint.show()

    def _endpoint_update(self, kind: str, options: Document) -> Document:
        endpoint = self._endpoint(kind, options["name"])
<%_ if (online) { _%>
        if options.get("traffic") or options.get("mirror_traffic"):
            live = _shares(options["traffic"], endpoint.traffic)
            mirror = _shares(options["mirror_traffic"], endpoint.mirror)
            _check_shares(live, mirror, endpoint.deployments)
            endpoint.traffic, endpoint.mirror = live, mirror
            self._route(endpoint)
<%_ } _%>
        for place, value in _pairs(options):
            if place[0] == "tags":
                endpoint.tags[place[1]] = value
<%_ if (batch) { _%>
            elif place == ["defaults", "deployment_name"]<% if (online) { %> and kind == "batch"<% } %>:
                endpoint.default = _get(endpoint.deployments, value, "deployment")["name"]
<%_ } _%>
            else:
                raise AzureError(f"--set {'.'.join(place)} is not known here")
        return endpoint.show()

    def _endpoint_invoke(self, kind: str, options: Document) -> Any:
        endpoint, name = self._endpoint(kind, options["name"]), options["deployment_name"]
        if name:
            _get(endpoint.deployments, name, "deployment")
<%_ if (online && batch) { _%>
        if endpoint.door:
            return _invoke(endpoint.door, name, options)
<%_ } else if (online) { _%>
        return _invoke(endpoint.door, name, options)
<%_ } _%>
<%_ if (batch) { _%>
        deployment = _get(endpoint.deployments, name or endpoint.default, "deployment")
        file, job = Path(options["input"]), options["job_name"] or f"batchjob-{len(self.jobs) + 1}"
        if options["input_type"] != "uri_file" or not file.is_file() or self.score is None:
            raise AzureError(f"{file} cannot be scored here")
        data = {"data": {"type": "uri_file", "path": str(file)}}
        self.jobs[job] = {"name": job, "status": "Completed", "tags": {}, "inputs": data}
        endpoint.jobs.append(job)
        try:
            lines = self.score(deployment, file)
            self.outputs[job, "score"] = {"predictions.csv": "".join(f"{one}\n" for one in lines)}
        except ValueError as error:
            self.jobs[job] |= {"status": "Failed", "error": str(error)}
        return self.jobs[job]

    def _endpoint_list_jobs(self, kind: str, options: Document) -> list[Document]:
        return [self.jobs[name] for name in self._endpoint(kind, options["name"]).jobs]
<%_ } _%>

    def _deployment_list(self, kind: str, options: Document) -> list[Document]:
        return list(self._endpoint(kind, options["endpoint_name"]).deployments.values())

    def _deployment_create(self, kind: str, options: Document) -> Document:
        endpoint, name = self._endpoint(kind, options["endpoint_name"]), options["name"]
        _unused(endpoint.deployments, name, "deployment")
        document = {**_read(options), "name": name, "endpoint_name": endpoint.name}
        for key in ("model", "environment"):
            if str(document.get(key)).startswith("azureml:"):
                found = STORED.fullmatch(document[key])
                if found is None or found[2] not in (None, f"{key}s"):
                    raise AzureError(f"{document[key]} names no version of a {key}")
                _get(self.assets, (key, found[1] or "", found[3], found[4]), key)
<%_ if (online) { _%>
        if <% if (batch) { %>endpoint.door and <% } %>self.serve:
            endpoint.backends[name] = self.serve(document)
<%_ } _%>
        document |= {"tags": _texts(document), "provisioning_state": "Succeeded"}
        endpoint.deployments[name] = document
<%_ if (online) { _%>
        self._route(endpoint)
<%_ } _%>
        return document

    def _deployment_delete(self, kind: str, options: Document) -> None:
        endpoint, name = self._endpoint(kind, options["endpoint_name"]), options["name"]
        _get(endpoint.deployments, name, "deployment")
<%_ if (online) { _%>
        if endpoint.traffic.get(name) or endpoint.mirror.get(name):
            raise AzureError(f"deployment {name} has traffic")
<%_ } _%>
<%_ if (batch) { _%>
        if endpoint.default == name:
            raise AzureError(f"deployment {name} is the default")
<%_ } _%>
        del endpoint.deployments[name]
<%_ if (online) { _%>
        endpoint.traffic.pop(name, None)
        endpoint.mirror.pop(name, None)
        self._route(endpoint)
        if <% if (batch) { %>endpoint.door and <% } %>name in endpoint.backends:
            endpoint.door.drain(name)
            endpoint.backends.pop(name).stop()

    def _route(self, endpoint: Endpoint) -> None:
<%_ if (batch) { _%>
        if endpoint.door is None:
            return
<%_ } _%>
        standing = endpoint.deployments.keys() & endpoint.backends.keys()
        addresses = {name: endpoint.backends[name].address for name in standing}
        endpoint.door.route(addresses, endpoint.traffic, endpoint.mirror)
<%_ } _%>

    def _job_list(self, options: Document) -> list[Document]:
        return list(reversed(self.jobs.values()))[: int(options["max_results"] or 1000)]

    def _job_show(self, options: Document) -> Any:
        return _get(self.jobs, options["name"], "job")

    def _job_download(self, options: Document) -> None:
        files = _get(self.outputs, (options["name"], options["output_name"]), "output of a job")
        folder = Path(options["download_path"]) / "named-outputs" / options["output_name"]
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")

    def _asset_list(self, kind: str, options: Document) -> list[Document]:
        place = (kind, options.get("registry_name") or "")
        found = [found for key, found in self.assets.items() if key[:2] == place]
        return [one for one in reversed(found) if options.get("name") in (None, one["name"])]

    def _asset_show(self, kind: str, options: Document) -> Any:
        key = (options.get("registry_name") or "", options["name"], options.get("version") or "")
        return _get(self.assets, (kind, *key), kind)

    def _asset_create(self, kind: str, options: Document) -> Document:
        given = {key: options[key] for key in ("name", "version") if key in options}
        return self.keep(kind, options.get("registry_name") or "", _read(options) | given)

    def _asset_update(self, kind: str, options: Document) -> Any:
        asset = self._asset_show(kind, options)
        for (*parents, last), value in _pairs(options):
            place = asset
            for parent in parents:
                place = _get(place, parent, "place")
            place[last] = value
        return asset

    def _asset_share(self, kind: str, options: Document) -> Document:
        own = self._asset_show(kind, {key: options[key] for key in ("name", "version")})
        given = {key: options[f"share_with_{key}"] for key in ("name", "version")}
        return self.keep(kind, options["registry_name"], own | given)

    def _app_query(self, options: Document) -> Any:
        if self.query is None:
            raise AzureError("there is no Application Insights here")
        return self.query(options["analytics_query"])
<%_ if (online) { _%>

    def _metrics_list(self, options: Document) -> Document:
        found = [one for one in self.endpoints.values() if one.show()["id"] == options["resource"]]
        if not found<% if (batch) { %> or found[0].door is None<% } %>:
            raise AzureError(f"there is no online endpoint {options['resource']}")
        since = datetime.fromisoformat((options["start_time"] or "1970Z").replace("Z", "+00:00"))
        counted = [one for one in found[0].door.counted() if one.time >= since]
        return {"value": [_metric(name, options, counted) for name in options["metrics"]]}


def _invoke(door: LocalEndpoint, deployment: str | None, options: Document) -> str:
    status, answer, _ = door.ask("/score", Path(options["request_file"]).read_bytes(), deployment)
    if status != 200:
        raise AzureError(f"the endpoint answered {status}: {answer.decode()}")
    return answer.decode()  # az gives the answer as text, although it is JSON
<%_ } _%>


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise AzureError(message)


def _understand(args: tuple[str, ...]) -> tuple[tuple[str, ...], Document]:
    """Give the words of a command, and its options with None for those that are absent."""
    count = next((n for n, word in enumerate(args) if word.startswith("-")), len(args))
    command = " ".join(args[:count])
    if command not in COMMANDS:
        raise AzureError(f"{command!r} is not a command that is known here")
    parser = _Parser(add_help=False, allow_abbrev=False)
    for word in COMMANDS[command].split():
        name, required = word.rstrip("!*-"), "!" in word
        if word.endswith("-"):
            parser.add_argument(name, required=required, action="store_true")
        else:
            parser.add_argument(name, required=required, nargs="+" if "*" in word else None)
    return args[:count], vars(parser.parse_args(args[count:]))


def _get(known: Any, key: Any, what: str) -> Any:
    if key not in known:
        raise AzureError(f"there is no {what} {key}")
    return known[key]


def _unused(known: Any, key: Any, what: str) -> None:
    if key in known:
        raise AzureError(f"there is a {what} {key} already")
    name = key if isinstance(key, str) else key[-1]
    if what.endswith(("endpoint", "deployment")) and not NAME.fullmatch(name):
        raise AzureError(f"{name!r} is no name: 3 to 32 letters, digits and dashes")


def _read(options: Document) -> Document:
    if not Path(options["file"]).is_file():
        raise AzureError(f"there is no file {options['file']}")
    document: Document = yaml.safe_load(Path(options["file"]).read_text(encoding="utf-8"))
    return document


def _texts(document: Document) -> dict[str, str]:
    """Give the tags as Azure keeps them: text, whatever YAML took them for."""
    return {str(key): str(value) for key, value in (document.get("tags") or {}).items()}


def _pairs(options: Document) -> list[tuple[list[str], str]]:
    """Give what --set asks for: the place, in parts, and the value."""
    pairs = [word.partition("=") for word in options["set"] or []]
    if wrong := [place for place, sign, _ in pairs if "." not in place or not sign]:
        raise AzureError(f"--set {wrong[0]}: write place.key=value")
    return [(place.split("."), value) for place, _, value in pairs]
<%_ if (online) { _%>


def _shares(text: str | None, former: dict[str, int]) -> dict[str, int]:
    if text is None:
        return former
    if not re.fullmatch(r"[\w-]+=\d+( [\w-]+=\d+)*", text):
        raise AzureError(f"{text!r} are no shares: write them as 'blue=90 green=10'")
    return {name: int(share) for name, share in (word.split("=") for word in text.split())}


def _check_shares(live: dict[str, int], mirror: dict[str, int], deployments: Document) -> None:
    if unknown := sorted({*live, *mirror} - {*deployments}):
        raise AzureError(f"there is no deployment {', '.join(unknown)}")
    if sum(live.values()) not in (0, 100):
        raise AzureError(f"live traffic sums to {sum(live.values())}, not to 0 or 100")
    copied = [name for name, share in mirror.items() if share]
    if len(copied) > 1 or sum(mirror.values()) > 50:
        raise AzureError("at most 50 % are mirrored, and to one deployment")
    if any(live.get(name) for name in copied):
        raise AzureError(f"{copied[0]} cannot get live and mirrored traffic at once")


def _metric(name: str, options: Document, counted: list[Counted]) -> Document:
    """Give a metric as Azure Monitor does: a series per dimension in the filter, by minute."""
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
    kinds = [kind.lower() for kind in options["aggregation"] or ["Average"]]
    series = []
    for place, minutes in found.items():
        data = []
        for minute, took in minutes.items():
            rank = math.ceil(int(percent[1]) / 100 * len(took)) - 1 if percent else 0
            value = sorted(took)[rank] if percent else len(took)
            data.append({"timeStamp": minute, **dict.fromkeys(kinds, value)})
        names = [{"name": {"value": key}, "value": at} for key, at in zip(wanted, place, strict=True)]
        series.append({"metadatavalues": names, "data": data})
    return {"name": {"value": name}, "timeseries": series}
<%_ } _%>
