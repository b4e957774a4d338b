"""Schedules and model monitors."""

from __future__ import annotations

import re

from .tables import MONITOR_SKUS
from .values import ISO_DURATION, as_dict, is_local, strings


class Schedules:
    def _schedule(self, doc, data):
        trigger = as_dict(data.get("trigger"))
        for wrong, right in (("timezone", "time_zone"), ("pattern", "schedule")):
            if wrong in trigger:
                doc.error("trigger", f"trigger.{wrong}: the key is {right}")
        zone = trigger.get("time_zone")
        if zone and self.sdk and zone.lower() not in self.sdk.time_zones:
            doc.error(
                "trigger",
                f"time_zone {zone!r} is not a Windows time zone name such as 'UTC' or 'W. Europe Standard Time'",
            )
        if trigger.get("type") == "cron":
            fields = str(trigger.get("expression", "")).split()
            limits = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
            if len(fields) != 5:
                doc.error("trigger", f"cron expression needs 5 fields, has {len(fields)}")
            else:
                for value, (low, high) in zip(fields, limits, strict=True):
                    for number in re.findall(r"\d+", value.split("/")[0]):
                        if not low <= int(number) <= high:
                            doc.error("trigger", f"cron field {value} is outside {low}-{high}")
                if fields[2] != "*" or fields[3] != "*":
                    doc.error("trigger", "Azure ML wants * for the cron fields day and month")
        recurrence = as_dict(trigger.get("schedule"))
        for key, (low, high) in {"hours": (0, 23), "minutes": (0, 59), "month_days": (1, 31)}.items():
            values = recurrence.get(key, [])
            for v in values if isinstance(values, list) else [values]:
                if isinstance(v, int) and not low <= v <= high:
                    doc.error("trigger", f"schedule.{key} {v} is outside {low}-{high}")
        if trigger.get("type") == "recurrence" and trigger.get("frequency") in ("minute", "hour") and recurrence:
            doc.error("trigger", "a schedule pattern needs frequency day, week or month")
        if isinstance(data.get("create_job"), dict) and is_local(data["create_job"].get("job")):
            if not (doc.path.parent / data["create_job"]["job"]).exists():
                doc.error("path", f"create_job.job {data['create_job']['job']} does not exist")
        if "create_monitor" in data:
            self._monitor(doc, as_dict(data["create_monitor"]))

    def _monitor(self, doc, m):
        compute = as_dict(m.get("compute"))
        if str(compute.get("instance_type", "")).lower() not in MONITOR_SKUS:
            doc.error(
                "sku",
                f"compute.instance_type {compute.get('instance_type')!r} cannot run monitors; "
                f"allowed: {', '.join(sorted(MONITOR_SKUS))}",
            )
        if "runtime_version" not in compute:
            doc.error("runtime", "compute.runtime_version is required (the reference page calls it optional)")
        elif str(compute["runtime_version"]) not in ("3.4", "3.5"):
            doc.error("runtime", f"compute.runtime_version {compute['runtime_version']}: azure-ai-ml takes 3.4 and 3.5")
        if "runtime_version" in compute and not isinstance(compute["runtime_version"], str):
            doc.error("runtime", "compute.runtime_version must be quoted text")
        target = as_dict(m.get("monitoring_target")).get("endpoint_deployment_id")
        if (
            target
            and "{{" not in str(target)
            and not re.fullmatch(r"azureml:[\w-]+:[\w-]+|/subscriptions/.*", str(target))
        ):
            doc.error("target", f"endpoint_deployment_id {target!r} is not azureml:<endpoint>:<deployment>")
        m2 = re.fullmatch(r"azureml:([\w-]+):([\w-]+)", str(target))
        for d in self.docs if m2 else ():
            if d.kind == "online_deployment" and (d.data.get("endpoint_name"), d.data.get("name")) == m2.groups():
                on = {
                    n
                    for n, c in as_dict(as_dict(d.data.get("data_collector")).get("collections")).items()
                    if str(as_dict(c).get("enabled")).lower() == "true"
                }
                if not {"model_inputs", "model_outputs"} <= on:
                    doc.error(
                        "collector", f"{d.path.name} must collect both model_inputs and model_outputs for this monitor"
                    )
        signals = as_dict(m.get("monitoring_signals"))
        if not target and not signals:
            doc.error("target", "neither monitoring_target.endpoint_deployment_id nor monitoring_signals")
        for name, s in signals.items():
            s = as_dict(s)
            kind = s.get("type")
            ref, prod = as_dict(s.get("reference_data")), s.get("production_data")
            for path, value in strings(s, name):
                if (
                    path.endswith(("lookback_window_size", "lookback_window_offset"))
                    and value != "default"
                    and not ISO_DURATION.match(value)
                ):
                    doc.error("window", f"{path}: {value!r} is not an ISO 8601 duration such as P7D")
            for block in [ref] + (prod if isinstance(prod, list) else [as_dict(prod)]):
                block = as_dict(block)
                source = as_dict(block.get("input_data"))
                if source.get("type") == "uri_folder" and not block.get("pre_processing_component"):
                    doc.error("data", f"{name}: uri_folder data needs a pre_processing_component")
                if block and source and not block.get("data_context") and not str(kind).startswith("generation"):
                    doc.error("data", f"{name}: data without data_context")
            if kind == "feature_attribution_drift" and not ref:
                doc.error("data", f"{name}: feature_attribution_drift needs training data as reference_data")
            if (
                kind in ("feature_attribution_drift",)
                and ref
                and not as_dict(ref.get("data_column_names")).get("target_column")
            ):
                doc.error("data", f"{name}: reference_data.data_column_names.target_column is required")
            if (
                kind in ("data_drift", "data_quality")
                and isinstance(s.get("features"), dict)
                and not as_dict(ref.get("data_column_names")).get("target_column")
            ):
                doc.error("data", f"{name}: top_n_feature_importance needs reference_data with a target_column")
            if kind == "model_performance":
                if ref.get("data_context") != "ground_truth":
                    doc.error("data", f"{name}: model_performance compares with data_context: ground_truth")
                for part, block in (("production_data", as_dict(prod)), ("reference_data", ref)):
                    if not as_dict(block.get("data_column_names")).get("correlation_id") and part == "production_data":
                        doc.warn(
                            "data", f"{name}: {part}.data_column_names.correlation_id is needed to join ground truth"
                        )
            if not target and kind in ("data_drift", "data_quality", "prediction_drift") and not (prod and ref):
                doc.error(
                    "data", f"{name}: without endpoint_deployment_id both production_data and reference_data are needed"
                )
            if kind != "custom" and not s.get("metric_thresholds"):
                doc.error("metrics", f"{name}: no metric_thresholds")
        alert = m.get("alert_notification")
        if alert is None:
            doc.warn("alert", "no alert_notification: nobody is told")
        for mail in as_dict(alert).get("emails", []) or []:
            if "{{" not in str(mail) and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(mail)):
                doc.error("alert", f"{mail!r} is not an e-mail address")
