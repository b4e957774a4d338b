"""Environments, data, models and compute."""

from __future__ import annotations

import re

import yaml

from .values import as_dict, is_local


class Assets:
    def _environment(self, doc, data, label=""):
        if label == "" and not isinstance(data.get("name"), str):
            doc.warn("name", "environment without a name")
        if "image" not in data and "build" not in data:
            doc.error("environment", f"{label}neither image nor build")
        if "build" in data and ("image" in data or "conda_file" in data):
            doc.error("environment", f"{label}build excludes image and conda_file")
        build = as_dict(data.get("build"))
        if is_local(build.get("path")):
            folder = doc.path.parent / build["path"]
            if not folder.is_dir():
                doc.error("path", f"{label}build.path {build['path']} does not exist")
            elif not (folder / build.get("dockerfile_path", "Dockerfile")).exists():
                doc.error("path", f"{label}no Dockerfile in {build['path']}")
        conda = data.get("conda_file")
        if is_local(conda):
            path = doc.path.parent / conda
            if not path.is_file():
                doc.error("path", f"{label}conda_file {conda} does not exist")
                return None
            try:
                conda = yaml.safe_load(path.read_text(encoding="utf-8"))
            except yaml.YAMLError as e:
                doc.error("conda", f"{label}{data['conda_file']}: {str(e).splitlines()[0]}")
                return None
        if conda is not None:
            return self._conda(doc, conda, label)
        return None

    def _conda(self, doc, conda, label):
        """Check a conda dictionary; returns the lower-case package names it asks for."""
        deps = as_dict(conda).get("dependencies")
        if not isinstance(deps, list):
            doc.error("conda", f"{label}conda file has no list of dependencies")
            return None
        names, pip_list = set(), None
        for d in deps:
            if isinstance(d, dict):
                pip_list = d.get("pip")
                if not isinstance(pip_list, list):
                    doc.error("conda", f"{label}conda: the only mapping allowed in dependencies is pip: [...]")
            elif isinstance(d, str):
                names.add(re.split(r"[=<>~! \[]", d, maxsplit=1)[0].lower())
        for d in pip_list or []:
            names.add(re.split(r"[=<>~! \[;@]", str(d), maxsplit=1)[0].lower())
        if "python" not in names:
            doc.warn("conda", f"{label}conda file does not pin python")
        if pip_list and "pip" not in names:
            doc.warn("conda", f"{label}conda file has a pip list but no pip dependency")
        return names

    def _environment_of(self, doc, env, label):
        if isinstance(env, dict):
            return self._environment(doc, env, label + "environment: ")
        if is_local(env) and str(env).endswith((".yml", ".yaml")) and not (doc.path.parent / env).exists():
            doc.error("path", f"{label}environment {env} does not exist")
        return None

    def _data(self, doc, data):
        path = data.get("path")
        if is_local(path) and not (doc.path.parent / path).exists():
            doc.error("path", f"path {path} does not exist")
        elif is_local(path):
            is_dir = (doc.path.parent / path).is_dir()
            if (
                data.get("type") == "uri_file"
                and is_dir
                or data.get("type") in ("uri_folder", "mltable")
                and not is_dir
            ):
                doc.error("type", f"type {data.get('type')} does not fit {path}")
            if data.get("type") == "mltable" and is_dir and not (doc.path.parent / path / "MLTable").exists():
                doc.error("path", f"{path} holds no MLTable file")

    def _model(self, doc, data):
        path = data.get("path")
        if is_local(path) and not (doc.path.parent / path).exists():
            doc.warn("path", f"path {path} does not exist (yet)")
        elif (
            is_local(path) and data.get("type") == "mlflow_model" and not (doc.path.parent / path / "MLmodel").exists()
        ):
            doc.error("path", f"{path} holds no MLmodel file")

    def _compute(self, doc, data):
        size = data.get("size")
        if size and not re.fullmatch(r"(?i)standard_[a-z]+\d+[\w-]*", str(size)):
            doc.error("sku", f"size {size} does not look like a VM size (Standard_DS3_v2)")
        low, high = data.get("min_instances", 0), data.get("max_instances", 4)
        if isinstance(low, int) and isinstance(high, int) and low > high:
            doc.error("compute", f"min_instances {low} exceeds max_instances {high}")
        if str(data.get("tier", "")).lower().replace("_", "") == "lowpriority":
            doc.warn(
                "retired", "low-priority tier: Azure lists Batch low-priority VMs in Azure ML as retired on 2026-03-31"
            )
