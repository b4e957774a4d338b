"""Endpoints, deployments and their scoring scripts."""

from __future__ import annotations

import ast
import re

from .tables import ONLINE_SKUS
from .values import as_dict, is_local


class Serving:
    def _online_endpoint(self, doc, data):
        traffic, mirror = as_dict(data.get("traffic")), as_dict(data.get("mirror_traffic"))
        self._endpoint_name(doc, data)
        numbers = [v for v in traffic.values() if isinstance(v, int)]
        if traffic and sum(numbers) not in (0, 100):
            doc.error("traffic", f"traffic adds up to {sum(numbers)}: it must be 0 or 100")
        if any(not 0 <= v <= 100 for v in numbers):
            doc.error("traffic", "each share of traffic must lie between 0 and 100")
        if len(mirror) > 1:
            doc.error("traffic", "mirror_traffic takes exactly one deployment")
        for name, share in mirror.items():
            if not isinstance(share, int) or not 0 <= share <= 50:
                doc.error("traffic", f"mirror_traffic {name}: {share} must lie between 0 and 50")
            if traffic.get(name):
                doc.error("traffic", f"deployment {name} gets live and mirrored traffic at once")
        if traffic:
            doc.warn("traffic", "traffic in an endpoint file is refused on create: its deployments must exist first")

    def _endpoint_name(self, doc, data):
        name = data.get("name")
        if (
            isinstance(name, str)
            and "{{" not in name
            and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]", name)
        ):
            doc.error("name", f"endpoint name {name!r}: 3 to 32 letters, digits and hyphens, starting with a letter")

    def _batch_endpoint(self, doc, data):
        self._endpoint_name(doc, data)
        if data.get("auth_mode") not in (None, "aad_token"):
            doc.error("auth", "batch endpoints only take auth_mode: aad_token")

    def _deployment(self, doc, data, contract):
        name = data.get("name")
        if isinstance(name, str) and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]", name):
            doc.error("name", f"deployment name {name!r}: 3 to 32 letters, digits and hyphens, starting with a letter")
        code = as_dict(data.get("code_configuration"))
        packages = self._environment_of(doc, data.get("environment"), "")
        if code.get("code") and is_local(code["code"]):
            script = doc.path.parent / code["code"] / str(code.get("scoring_script"))
            if not code.get("scoring_script"):
                doc.error("scoring-script", "code_configuration without scoring_script")
            elif not script.is_file():
                doc.error("path", f"scoring script {script.relative_to(doc.path.parent)} does not exist")
            else:
                self._script(doc, script, contract)
        model = as_dict(data.get("model"))
        if is_local(model.get("path")) and not (doc.path.parent / model["path"]).exists():
            doc.warn("path", f"model path {model['path']} does not exist (yet)")
        return packages, code

    def _online_deployment(self, doc, data):
        packages, code = self._deployment(doc, data, {"init": 0, "run": 1})
        size = str(data.get("instance_type", ""))
        if size and doc.schema != "kubernetesonlinedeployment":
            if not re.fullmatch(r"(?i)standard_[a-z]+\d+[\w-]*", size):
                doc.error("sku", f"instance_type {size} does not look like a VM size (Standard_DS3_v2)")
            elif size.lower().removeprefix("standard_") not in ONLINE_SKUS:
                doc.warn("sku", f"instance_type {size} is not in the documented list for managed online endpoints")
        count = data.get("instance_count")
        if doc.schema != "kubernetesonlinedeployment" and (not isinstance(count, int) or count < 1):
            doc.error("count", f"instance_count must be a whole number from 1 (is {count!r})")
        if packages is not None and code and not packages & {"azureml-inference-server-http", "azureml-defaults"}:
            doc.error("conda", "the scoring environment lacks azureml-inference-server-http")
        req = as_dict(data.get("request_settings"))
        if isinstance(req.get("request_timeout_ms"), int) and not 0 < req["request_timeout_ms"] <= 180000:
            doc.error("request", "request_timeout_ms must lie between 1 and 180000")
        if "max_queue_wait_ms" in req:
            doc.warn("retired", "max_queue_wait_ms is deprecated: raise request_timeout_ms instead")
        if as_dict(data.get("liveness_probe")).get("success_threshold", 1) != 1:
            doc.error("probe", "liveness_probe.success_threshold is fixed at 1")
        for probe in ("liveness_probe", "readiness_probe"):
            for key, value in as_dict(data.get(probe)).items():
                if isinstance(value, int) and value < 1:
                    doc.error("probe", f"{probe}.{key} must be at least 1")
        collector = as_dict(data.get("data_collector"))
        names = set(as_dict(collector.get("collections")))
        for name in sorted(names, key=str):
            if isinstance(as_dict(collector["collections"][name]).get("enabled"), bool):
                doc.error("collector", f"collections.{name}.enabled must be quoted text: 'True'")
        if collector and not names:
            doc.error("collector", "data_collector without collections")
        if code and names - {"request", "response"} and doc.path.parent.joinpath(str(code.get("code", ""))).is_dir():
            script = doc.path.parent / str(code["code"]) / str(code.get("scoring_script"))
            text = script.read_text(encoding="utf-8") if script.is_file() else ""
            for name in sorted(names - {"request", "response"}):
                if text and not re.search(rf"['\"]{re.escape(name)}['\"]", text):
                    doc.error("collector", f"collection {name} is not written by a Collector in {script.name}")

    def _batch_deployment(self, doc, data):
        self._deployment(doc, data, {"init": 0, "run": 1})
        kind = data.get("type")
        if kind == "pipeline" and data.get("code_configuration"):
            doc.error("batch", "a pipeline deployment takes a component, not a scoring script")
        settings = as_dict(data.get("settings"))
        if kind == "model" and set(data) & {
            "mini_batch_size",
            "output_action",
            "max_concurrency_per_instance",
            "retry_settings",
        }:
            doc.error(
                "batch",
                "with type: model these keys belong under settings: "
                + ", ".join(
                    sorted(
                        set(data)
                        & {"mini_batch_size", "output_action", "max_concurrency_per_instance", "retry_settings"}
                    )
                ),
            )
        action = settings.get("output_action", data.get("output_action"))
        if settings.get("output_file_name") and action == "summary_only":
            doc.error("batch", "output_file_name needs output_action: append_row")

    _model_batch_deployment = _batch_deployment
    _pipeline_component_batch_deployment = _batch_deployment

    def _script(self, doc, script, contract):
        """The entry script must parse and define its functions with at least the given argument counts."""
        try:
            tree = ast.parse(script.read_text(encoding="utf-8"))
        except (SyntaxError, OSError, UnicodeError) as e:
            doc.error("scoring-script", f"{script.name}: {e}")
            return
        found = {n.name: n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
        for name, count in contract.items():
            if name not in found:
                doc.error("scoring-script", f"{script.name} defines no {name}()")
            elif len(found[name].args.args) < count and not found[name].args.vararg:
                doc.error("scoring-script", f"{script.name}: {name}() needs {count} argument(s)")
