"""The Azure ML documents of a folder, by `$schema` or by shape; other YAML is left alone."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .tables import SCHEMAS, UNSUPPORTED

SKIP_DIRS = {".git", ".github", ".venv", "__pycache__", "node_modules"}


@dataclass
class Doc:
    path: Path
    data: dict
    kind: str
    text: str = ""
    schema: str = ""
    problems: list = field(default_factory=list)  # (level, code, message)
    seconds: float = 0.0

    def error(self, code, message):
        self.problems.append(("error", code, message))

    def warn(self, code, message):
        self.problems.append(("warning", code, message))

    @property
    def failed(self):
        return any(level == "error" for level, _, _ in self.problems)


def classify(data):
    """(kind, schema name) or (None, '') for YAML that is not Azure ML."""
    schema = str(data.get("$schema", ""))
    if schema:
        name = re.sub(r"(\.schema)?\.json$", "", schema.rsplit("/", 1)[-1]).lower()
        if name in SCHEMAS:
            return SCHEMAS[name], name
        if name in UNSUPPORTED:
            return None, name
        return ("?" if "azureml" in schema else None), name
    keys, kind = set(data), str(data.get("type", ""))
    if (
        "runs-on" in str(keys)
        or {"on", "jobs"} <= keys
        or True in keys
        or "dependencies" in keys
        and "channels" in keys
    ):
        return None, ""  # workflow (YAML reads `on` as true), conda file
    if {"name", "trigger"} <= keys and keys & {"create_monitor", "create_job"}:
        return "schedule", ""
    if "endpoint_name" in keys and keys & {"instance_type", "instance_count", "request_settings"}:
        return "online_deployment", ""
    if "endpoint_name" in keys and keys & {"compute", "component", "mini_batch_size", "settings"}:
        return "batch_deployment", ""
    if "auth_mode" in keys:
        return ("batch_endpoint" if data["auth_mode"] == "aad_token" and "defaults" in keys else "online_endpoint"), ""
    if kind == "pipeline" and "jobs" in keys:
        return ("component" if "version" in keys else "job"), ""
    if "command" in keys and "environment" in keys:
        return (
            "component" if keys & {"version", "is_deterministic"} or kind == "command" and "name" in keys else "job"
        ), ""
    if "name" in keys and (
        ("image" in keys and not keys & {"services", "steps"}) or "conda_file" in keys or "build" in keys
    ):
        return "environment", ""
    if kind in ("uri_file", "uri_folder", "mltable") and "path" in keys:
        return "data", ""
    if kind in ("mlflow_model", "custom_model", "triton_model") and "path" in keys:
        return "model", ""
    if kind in ("amlcompute", "computeinstance", "kubernetes"):
        return "compute", ""
    if kind.startswith("azure_"):
        return "datastore", ""
    return None, ""


def find_documents(root: Path) -> list[Doc]:
    """Every Azure ML document below `root`; broken YAML is a document with a problem."""
    docs = []
    paths = [
        Path(folder) / name
        for folder, dirs, names in os.walk(root)
        if SKIP_DIRS.isdisjoint(Path(folder).relative_to(root).parts)
        for name in names
        if name.lower().endswith((".yml", ".yaml"))
    ]
    for p in sorted(paths):
        try:
            text = p.read_text(encoding="utf-8")
            data = yaml.safe_load(text)
        except (yaml.YAMLError, UnicodeError) as e:
            d = Doc(p, {}, "?")
            d.error("yaml", " ".join(str(e).split())[:200])
            docs.append(d)
            continue
        if not isinstance(data, dict):
            continue
        kind, schema = classify(data)
        if kind:
            docs.append(Doc(p, data, kind, text, schema))
        elif schema in UNSUPPORTED:
            d = Doc(p, data, "?", text, schema)
            d.warn("schema", f"no offline loader for {schema}")
            docs.append(d)
    return docs
