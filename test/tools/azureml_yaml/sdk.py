"""What azure-ai-ml itself says, offline: its loader, `_validate()`, and the REST body it would send."""

from __future__ import annotations

import json
import logging
import re
import socket
import warnings
from pathlib import Path

from .documents import Doc
from .values import as_dict


class Sdk:
    def __init__(self):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)

        def deny(*args, **kwargs):
            raise OSError("no network while checking")

        socket.socket.connect = deny
        socket.getaddrinfo = deny
        from azure.ai.ml._schema.pipeline import component_job as nodes
        from azure.ai.ml._schema.pipeline.pipeline_component import PipelineSchema
        from azure.ai.ml._schema.pipeline.settings import PipelineJobSettingsSchema
        from azure.ai.ml._utils._endpoint_utils import validate_scoring_script
        from azure.ai.ml.entities import _load_functions

        self.loaders, self.validate_scoring_script = _load_functions, validate_scoring_script
        self.node_keys = {}
        for kind, cls in {
            "command": nodes.CommandSchema,
            "sweep": nodes.SweepSchema,
            "parallel": nodes.ParallelSchema,
            "spark": nodes.SparkSchema,
            "pipeline": PipelineSchema,
        }.items():
            fields = cls(context={"base_path": Path()}).fields
            self.node_keys[kind] = {f.data_key or n for n, f in fields.items()}
        self.settings_keys = set(PipelineJobSettingsSchema().fields) | {"on_init", "on_finalize"}
        from azure.ai.ml.constants import TimeZone

        self.time_zones = {z.value.lower() for z in TimeZone}

    def check(self, doc: Doc, allow_set):
        override = []
        wanted = {"deployment": ("endpoint_name", "name"), "endpoint": ("name",)}.get(doc.kind.rsplit("_", 1)[-1], ())
        for name in wanted:
            if name in allow_set and name not in doc.data:
                override.append({name: "given-by-cli"})
                doc.warn("from-cli", f"{name} is not in the file: it must come from the command line")
        loader = doc.kind
        if loader.endswith("batch_deployment"):  # as `az ml batch-deployment create` chooses, by type
            loader = {"model": "model_batch_deployment", "pipeline": "pipeline_component_batch_deployment"}.get(
                doc.data.get("type"), "batch_deployment"
            )
        try:
            entity = getattr(self.loaders, "load_" + loader)(source=str(doc.path), params_override=override)
        except NotImplementedError:  # how the SDK reports any mistake in a monitor
            doc.error("load", self._monitor_mistake(doc))
            return
        except BaseException as e:  # the SDK also raises SystemExit-like errors
            doc.error("load", reason(e))
            return
        try:
            result = entity._validate() if hasattr(entity, "_validate") else None
            if result is not None and not getattr(result, "passed", True):
                for key, message in result.error_messages.items():
                    doc.error("validate", f"{key}: {reason(Exception(message))}")
        except NotImplementedError:  # monitors have no _validate
            pass
        except BaseException as e:
            doc.error("validate", reason(e))
        if doc.kind.endswith("deployment") and getattr(entity, "code_configuration", None):
            try:
                self.validate_scoring_script(entity)
            except BaseException as e:
                doc.error("scoring-script", reason(e))
        if not doc.failed:
            self._to_rest(doc, entity)

    def _monitor_mistake(self, doc):
        """azure-ai-ml answers a bad monitor with a bare NotImplementedError; ask its schemas directly,
        signal by signal, since all signal types share one union field."""
        from azure.ai.ml._schema.monitoring import schedule, signals

        data = json.loads(json.dumps(doc.data, default=str))
        data.pop("$schema", None)
        kinds = {
            "data_drift": signals.DataDriftSignalSchema,
            "data_quality": signals.DataQualitySignalSchema,
            "prediction_drift": signals.PredictionDriftSignalSchema,
            "custom": signals.CustomMonitoringSignalSchema,
            "feature_attribution_drift": signals.FeatureAttributionDriftSignalSchema,
            "model_performance": signals.ModelPerformanceSignalSchema,
            "generation_safety_quality": signals.GenerationSafetyQualitySchema,
            "generation_token_statistics": signals.GenerationTokenStatisticsSchema,
        }
        found = []
        context = {"base_path": doc.path.parent}
        block = (
            as_dict(data.get("create_monitor")).pop("monitoring_signals", None)
            if isinstance(data.get("create_monitor"), dict)
            else None
        )
        for name, signal in as_dict(block).items():
            cls = kinds.get(as_dict(signal).get("type"))
            if cls is None:
                found.append(f"{name}.type: {as_dict(signal).get('type')!r} is none of {', '.join(kinds)}")
                continue
            errors = cls(context=dict(context)).validate(signal)
            found += [f"{name}.{x}" for x in leaves(errors)]
        found += list(leaves(schedule.MonitorScheduleSchema(context=dict(context)).validate(data)))
        return "; ".join(dict.fromkeys(found))[:400] or "the SDK cannot read this monitor"

    def _to_rest(self, doc, entity):
        """Build the body that would be sent: catches what neither load nor _validate looks at."""
        monitor = doc.data.get("create_monitor")
        if isinstance(monitor, dict) and not monitor.get("monitoring_signals"):
            return  # the service fills in the default signals first
        try:
            if doc.kind == "online_endpoint":
                entity._to_rest_online_endpoint("westeurope")
            elif doc.kind == "batch_endpoint":
                entity._to_rest_batch_endpoint("westeurope")
            elif doc.kind.endswith("deployment"):
                entity._to_rest_object("westeurope")
            elif doc.kind in ("schedule", "environment", "compute", "datastore", "component", "job", "data", "model"):
                entity._to_rest_object()
        except BaseException as e:
            doc.error("rest", reason(e))


def reason(e) -> str:
    """One line out of the SDK's long messages."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(e)) or type(e).__name__
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        try:
            found = list(dict.fromkeys(leaves(json.loads(text[start : end + 1]))))
            # a union field reports every branch; the hint about registered assets is rarely the cause
            telling = [f for f in found if "In order to specify" not in f and "cannot be a string" not in f]
            if found:
                return "; ".join(telling or found)[:400]
        except ValueError:
            pass
    rows = [r.strip() for r in text.split("\n") if r.strip()]
    told = [r.removeprefix("(x)").strip() for r in rows if r.startswith("(x)")]  # the SDK's own bullet
    return (told or rows)[0][:300] if str(e).strip() else f"{type(e).__name__} raised by the SDK"


def leaves(node, path=""):
    if isinstance(node, dict) and {"message", "path"} <= set(node):
        inner = node["message"]
        yield f"{node['path']}: " + (reason(Exception(inner)) if "{" in str(inner) else str(inner).split("\n")[0])
    elif isinstance(node, dict):
        for k, v in node.items():
            if k not in ("result", "location"):
                yield from leaves(v, path if k in ("errors", "_schema") else f"{path}.{k}".lstrip("."))
    elif isinstance(node, list):
        for v in node:
            yield from leaves(v, path)
    elif node:
        yield f"{path}: {str(node).split(chr(10))[0]}"
