"""Commands, pipelines and their bindings."""

from __future__ import annotations

import re

import yaml

from .documents import Doc
from .values import REF, as_dict, compatible, find_cycle, is_local, strings


class Jobs:
    # jobs and components
    def _job(self, doc, data):
        if isinstance(data.get("jobs"), dict):
            self._pipeline(doc, data)
        elif data.get("type") == "sweep" or "trial" in data:
            trial = as_dict(data.get("trial"))
            self._command(
                doc,
                {
                    **trial,
                    "inputs": data.get("inputs"),
                    "outputs": data.get("outputs"),
                    "search_space": data.get("search_space"),
                },
                "trial",
            )
        else:
            self._command(doc, data, "")

    _component = _job

    def _command(self, doc, node, where):
        """References in `command` against declared inputs and outputs."""
        command = node.get("command")
        task = as_dict(node.get("task"))
        if command is None and task:
            command = " ".join(str(task.get(k, "")) for k in ("program_arguments",))
        label = f"{where}: " if where else ""
        code = node.get("code") or task.get("code")
        if is_local(code) and not (doc.path.parent / code).exists():
            doc.error("path", f"{label}code: {code} does not exist")
        elif is_local(code) and command:
            for script in re.findall(r"(?:^|&&|;|\s)python3?\s+(?:-u\s+)?([\w./-]+\.py)\b", str(command)):
                base = doc.path.parent / code
                if base.is_dir() and not (base / script).exists() and not re.search(r"(^|\s)cd\s", str(command)):
                    doc.error("path", f"{label}command runs {script}, which is not in {code}")
        entry = task.get("entry_script")
        if is_local(task.get("code")) and entry and not (doc.path.parent / task["code"] / entry).exists():
            doc.error("path", f"{label}entry_script {entry} does not exist")
        elif is_local(task.get("code")) and entry:
            self._script(doc, doc.path.parent / task["code"] / entry, {"run": 1})
        self._environment_of(doc, node.get("environment") or task.get("environment"), label)
        if not isinstance(command, str):
            return
        declared = {
            "inputs": as_dict(node.get("inputs")),
            "outputs": as_dict(node.get("outputs")),
            "search_space": as_dict(node.get("search_space")),
        }
        used = set()
        outside = re.sub(r"\$\[\[.*?\]\]", "", command, flags=re.S)
        for ref in REF.findall(command):
            parts = ref.split(".")
            if parts[0] in declared and len(parts) >= 2:
                used.add((parts[0], parts[1]))
                if parts[1] not in declared[parts[0]]:
                    doc.error("reference", f"{label}command uses ${{{{{ref}}}}}, which is not declared")
                elif as_dict(declared[parts[0]][parts[1]]).get("optional") and f"{{{{{ref}}}}}" in outside.replace(
                    " ", ""
                ):
                    doc.error("optional", f"{label}optional input {parts[1]} must stand inside $[[ ]]")
            elif parts[0] == "parent":
                doc.error("reference", f"{label}command uses ${{{{{ref}}}}}: bind it to an input first")
            else:
                doc.error("reference", f"{label}command uses unknown expression ${{{{{ref}}}}}")
        elsewhere = {
            tuple(ref.split(".")[:2])
            for path, text in strings(node)
            for ref in REF.findall(text)
            if not path.startswith(("inputs", "outputs"))
        }
        for group in ("inputs", "outputs"):
            for name in declared[group]:
                if (group, name) not in used | elsewhere and not re.search(
                    rf"AZUREML_(INPUT|OUTPUT)_?\w*{name}", command
                ):
                    doc.warn("unused", f"{label}{group[:-1]} {name} is never used in command")

    def _component_of(self, doc, node):
        """The component dict a step refers to, when it lies in a local file or inline."""
        ref = node.get("component")
        if ref is None:
            return node, doc
        if isinstance(ref, dict):
            return ref, doc
        ref = re.sub(r"^file:", "", str(ref))
        if not is_local(ref):
            name = re.match(r"azureml:([\w-]+)", ref)
            for d in self.components.values():
                if name and d.data.get("name") == name.group(1):
                    return d.data, d
            return None, None
        path = (doc.path.parent / ref).resolve()
        if re.search(r"flow\.dag\.ya?ml$|run\.ya?ml$", ref):
            return None, None  # a prompt flow, not a component
        if path in self.components:
            return self.components[path].data, self.components[path]
        if not path.exists():
            doc.error("path", f"component {ref} does not exist")
            return None, None
        try:
            return yaml.safe_load(path.read_text(encoding="utf-8")), Doc(path, {}, "component")
        except (yaml.YAMLError, OSError):
            return None, None

    def _pipeline(self, doc, data):
        jobs = as_dict(data["jobs"])
        inputs, outputs = as_dict(data.get("inputs")), as_dict(data.get("outputs"))
        used_inputs, edges = set(), {name: set() for name in jobs}
        if self.sdk:
            for key in as_dict(data.get("settings")):
                if key not in self.sdk.settings_keys:
                    doc.error("unknown-key", f"settings.{key} is not a pipeline setting")
        comp = {name: self._component_of(doc, as_dict(node))[0] for name, node in jobs.items()}
        for name, node in jobs.items():
            node = as_dict(node)
            kind = str(node.get("type") or as_dict(comp[name]).get("type") or "command")
            allowed = self.sdk.node_keys.get(kind) if self.sdk else None
            if allowed:
                for key in node:
                    extra = {
                        "name",
                        "display_name",
                        "description",
                        "tags",
                        "experiment_name",
                        "limits",
                        "resources",
                        "$schema",
                    }
                    if key not in allowed | extra:
                        doc.error("unknown-key", f"jobs.{name}.{key} is not a key of a {kind} step")
            if node.get("component") is None and kind in ("command", "parallel"):
                self._command(doc, node, f"jobs.{name}")
            decl_in = as_dict(as_dict(comp[name]).get("inputs"))
            decl_out = as_dict(as_dict(comp[name]).get("outputs"))
            if node.get("component") is not None and comp[name] is not None:
                for group, declared in (("inputs", decl_in), ("outputs", decl_out)):
                    for key in as_dict(node.get(group)):
                        if key.split(".")[0] not in {d.split(".")[0] for d in declared}:
                            doc.error("binding", f"jobs.{name}.{group}.{key} is not declared by its component")
                for key, spec in decl_in.items():
                    spec = as_dict(spec)
                    if (
                        "." not in key
                        and key not in as_dict(node.get("inputs"))
                        and not spec.get("optional")
                        and "default" not in spec
                        and spec.get("type") != "group"
                    ):
                        doc.error("binding", f"jobs.{name} does not give required input {key}")
            for path, value in strings(node, f"jobs.{name}"):
                for ref in REF.findall(value):
                    self._binding(
                        doc, name, path, ref, jobs, inputs, outputs, comp, edges, used_inputs, decl_in, decl_out
                    )
        for key in inputs:
            if key not in used_inputs:
                doc.warn("unused", f"pipeline input {key} is bound to no step")
        bound = {
            ref.split(".")[2]
            for _, v in strings(jobs)
            for ref in REF.findall(v)
            if ref.startswith("parent.outputs.") and len(ref.split(".")) > 2
        }
        for key, spec in outputs.items():
            if key not in bound and not (isinstance(spec, str) and REF.search(spec)):
                doc.error("binding", f"pipeline output {key} is written by no step")
        cycle = find_cycle(edges)
        if cycle:
            doc.error("cycle", "steps depend on each other: " + " -> ".join(cycle))

    def _binding(self, doc, step, path, ref, jobs, inputs, outputs, comp, edges, used_inputs, decl_in, decl_out):
        parts = ref.split(".")
        if parts[0] != "parent":  # a step's own inputs are fine in args, task, input_data
            if path.startswith((f"jobs.{step}.inputs.", f"jobs.{step}.outputs.")) and parts[0] not in (
                "name",
                "default_datastore",
                "search_space",
            ):
                doc.error("binding", f"{path}: ${{{{{ref}}}}} does not start with parent.")
            return
        key = path.rsplit(".", 1)[-1]
        produced = None
        if parts[1:2] == ["inputs"] and len(parts) >= 3:
            used_inputs.add(parts[2])
            if parts[2] not in inputs:
                doc.error("binding", f"{path}: pipeline input {parts[2]} is not declared")
            else:
                produced = as_dict(inputs[parts[2]]).get("type")
        elif parts[1:2] == ["outputs"] and len(parts) >= 3:
            if parts[2] not in outputs:
                doc.error("binding", f"{path}: pipeline output {parts[2]} is not declared")
            else:
                a, b = as_dict(outputs[parts[2]]).get("type"), as_dict(decl_out.get(key)).get("type")
                if a and b and not compatible(a, b) and not compatible(b, a):
                    doc.error("type", f"{path}: step writes {b}, pipeline output {parts[2]} is {a}")
            return
        elif parts[1:2] == ["jobs"] and len(parts) >= 5 and parts[3] == "outputs":
            other, out = parts[2], parts[4]
            if other not in jobs:
                doc.error("binding", f"{path}: no step named {other}")
                return
            edges[step].add(other)
            declared = as_dict(as_dict(comp.get(other)).get("outputs"))
            inline = as_dict(as_dict(jobs[other]).get("outputs"))
            if comp.get(other) is not None and out not in declared and out not in inline:
                doc.error("binding", f"{path}: step {other} has no output {out}")
                return
            spec = declared.get(out, inline.get(out))
            produced = as_dict(spec).get("type")
        else:
            doc.error("binding", f"{path}: cannot read ${{{{{ref}}}}}")
            return
        wanted = as_dict(decl_in.get(key)).get("type")
        if produced and wanted and not compatible(produced, wanted):
            doc.error("type", f"{path}: gets {produced}, component wants {wanted}")
