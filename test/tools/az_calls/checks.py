"""Every call against the grammar, and a few rules that no grammar holds (traffic, --set, --query, files)."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import jmespath

from .grammar import Finding, Grammar
from .shell import OPAQUE, Word
from .sources import Source


class Checker:
    def __init__(self, grammar: Grammar, assume=()) -> None:
        self.g, self.assume = grammar, set(assume)
        self.root: Path | None = None
        self.findings: list[Finding] = []
        self.count = {"calls": 0, "checked": 0, "unverifiable": 0}
        self.per_command: dict[str, int] = {}

    def check(self, src: Source):
        defaults = set(self.assume)
        for key in src.env:
            if key.upper().startswith("AZURE_DEFAULTS_"):
                defaults.add(key[len("AZURE_DEFAULTS_") :].lower())
        for call in src.calls:
            self.count["calls"] += 1
            self._call(src, call, defaults)

    def _add(self, level, code, src, call, command, message):
        self.findings.append(Finding(level, code, src.file, call.line, "az " + command, message))

    def _call(self, src, call, defaults):
        words = call.words
        lead = []
        for w in words:
            if w.text.startswith("-"):
                break
            lead.append(w)
        texts = [w.text for w in lead]
        command = next(
            (" ".join(texts[:k]) for k in range(len(texts), 0, -1) if " ".join(texts[:k]) in self.g.commands), None
        )
        if command is None:
            shown = " ".join(t.replace(OPAQUE, "$") for t in texts)
            if any(w.opaque for w in lead):
                self._wildcard(src, call, texts, words, defaults, shown)
            elif not lead or {"--help", "-h"} & {w.text for w in words} and " ".join(texts) in self.g.groups:
                self.count["checked"] += 1  # `az --version`, `az ml job --help`
            elif texts[0] in self.g.uncovered:
                self._add(
                    "error", "uncovered", src, call, shown, f"grammar.json does not cover `az {texts[0]}`: add it"
                )
            else:
                self.count["checked"] += 1
                self._add("error", "unknown-command", src, call, shown, "no such command" + self.g.suggest(texts))
            return
        self.count["checked"] += 1
        self.per_command[command] = self.per_command.get(command, 0) + 1
        spec = self.g.commands[command]
        if spec.get("deprecated"):
            self._add("warning", "deprecated", src, call, command, str(spec["deprecated"]))
        elif spec.get("status") == "Preview":
            self._add("note", "preview", src, call, command, "preview command")
        given = self._arguments(src, call, command, words[len(command.split()) :], defaults)
        self._remember_defaults(command, words, defaults)
        self._extras(src, call, command, given)

    def _wildcard(self, src, call, texts, words, defaults, shown):
        """`az ml ${kind}-endpoint create`: right if it is right for at least one command that fits."""
        if OPAQUE in texts[0]:
            self.count["unverifiable"] += 1
            self._add("note", "unverifiable", src, call, shown, "the command itself comes from a variable")
            return
        self.count["checked"] += 1
        for size in range(len(texts), 1, -1):
            pattern = re.escape(" ".join(texts[:size])).replace(OPAQUE, r"[\w-]*")
            fits = [c for c in self.g.commands if re.fullmatch(pattern, c) and len(c.split()) == size]
            if fits:
                break
        else:
            self._add("error", "unknown-command", src, call, shown, "no command fits")
            return
        before, verdicts = self.findings, []
        for command in fits:
            self.findings = []
            self._arguments(src, call, command, words[size:], defaults)
            verdicts.append(self.findings)
        best = min(verdicts, key=lambda fs: sum(f.level == "error" for f in fs))
        self.findings = before + best

    def _arguments(self, src, call, command, words, defaults):
        """Match words against the command's options; returns {parameter key: [values]}."""
        opts = self.g.options(command)
        spec = self.g.commands[command]
        positional = [p for p in spec["params"].values() if p.get("positional")]
        given: dict[str, list[Word]] = {}
        hidden = False
        i = 0
        while i < len(words):
            w = words[i]
            i += 1
            if w.splat:
                hidden = True
                call.loose.append(w)
                continue
            if not looks_like_option(w.text):
                if positional:
                    given.setdefault(positional[0]["names"][0], []).append(w)
                else:
                    self._add(
                        "error",
                        "unexpected-argument",
                        src,
                        call,
                        command,
                        f"unexpected argument '{w.text.replace(OPAQUE, '$')}'",
                    )
                continue
            name, value = w.text, None
            if name.startswith("--") and "=" in name:
                name, value = name.split("=", 1)
            elif not name.startswith("--") and name not in opts and len(name) > 2:
                name, value = name[:2], name[2:].lstrip("=")
            p = opts.get(name)
            if p is None and name.startswith("--"):
                close = sorted({n for n in opts if n.startswith(name)})
                if len({opts[n]["names"][0] for n in close}) == 1:
                    p = opts[close[0]]
                    self._add(
                        "warning",
                        "abbreviated-option",
                        src,
                        call,
                        command,
                        f"'{name}' is accepted only as an abbreviation of {close[0]}",
                    )
            if p is None:
                if OPAQUE in name:
                    hidden = True
                    continue
                near = difflib.get_close_matches(name, list(opts), 1, 0.6)
                self._add(
                    "error",
                    "unknown-option",
                    src,
                    call,
                    command,
                    f"unknown option {name}" + (f" (did you mean {near[0]}?)" if near else ""),
                )
                while i < len(words) and not looks_like_option(words[i].text):
                    i += 1
                continue
            if p.get("deprecated") or name in p.get("deprecated_names", []):
                self._add("warning", "deprecated", src, call, command, f"option {name} is deprecated")
            values = [Word(value)] if value is not None else []
            if p["takes"] == "none":
                if value is not None:
                    self._add("error", "unexpected-argument", src, call, command, f"{name} takes no value")
            elif not values:
                limit = {"value": 1, "optional": 1, "values": 10**6}[p["takes"]]
                while i < len(words) and len(values) < limit and not looks_like_option(words[i].text):
                    values.append(words[i])
                    i += 1
                if not values and p["takes"] != "optional":
                    self._add("error", "missing-value", src, call, command, f"{name} needs a value")
            for v in values:
                allowed = [squash(c) for c in p.get("choices", [])]
                if allowed and not v.opaque and squash(v.text) not in allowed:
                    self._add(
                        "warning" if p.get("choices_from") == "prose" else "error",
                        "bad-choice",
                        src,
                        call,
                        command,
                        f"'{v.text}' is not a valid value for {name}; allowed: {', '.join(p['choices'])}",
                    )
            given.setdefault(p["names"][0], []).extend(values)
            for alias in p["names"]:
                given.setdefault(alias, given[p["names"][0]])
        if "--help" in given:
            return given
        for key, p in spec["params"].items():
            if not p.get("required") or p["names"][0] in given or hidden:
                continue
            if p.get("configurable_default") and p["configurable_default"] in defaults:
                continue
            if "--ids" in given and "--ids" in opts:
                continue
            if "--registry-name" in given and key in ("--workspace-name", "--resource-group"):
                continue
            self._add("error", "missing-required", src, call, command, f"missing {'/'.join(p['names'])}")
        if (
            command.startswith("ml ")
            and command.endswith((" create", " update"))
            and not hidden
            and {"--file", "--name"} <= set(spec["params"])
            and not {"--file", "--name"} & set(given)
        ):
            self._add("error", "missing-required", src, call, command, "neither --file/-f nor --name/-n")
        if hidden:
            self._add("note", "unverifiable", src, call, command, "an unquoted variable may add arguments")
        return given

    def _remember_defaults(self, command, words, defaults):
        """`az configure --defaults group=x` and `az config set defaults.group=x` serve later calls."""
        if command in ("configure", "config set"):
            for w in words:
                m = re.match(r"(?:defaults\.)?([\w-]+)=", w.text)
                if m:
                    defaults.add(m.group(1))

    def _extras(self, src, call, command, given):
        for v in given.get("--query", []):
            if not v.opaque:
                try:
                    jmespath.compile(v.text)
                except Exception as e:  # jmespath raises several classes
                    self._add(
                        "error", "bad-jmespath", src, call, command, f"--query '{v.text}': {str(e).splitlines()[0]}"
                    )
        if not command.startswith("ml "):
            return
        for v in given.get("--set", []):
            if not v.opaque and "=" not in v.text:
                self._add("error", "bad-set", src, call, command, f"--set '{v.text}' is not path=value")
        if command == "ml online-endpoint update":
            for option, ok in (("--traffic", check_traffic), ("--mirror-traffic", check_mirror)):
                for v in given.get(option, []):
                    problem = None if v.opaque else ok(v.text)
                    if problem:
                        self._add("error", "bad-traffic", src, call, command, f"{option} '{v.text}': {problem}")
        if command == "ml online-deployment create" and "--all-traffic" in given and "--no-wait" in given:
            self._add(
                "warning", "all-traffic-no-wait", src, call, command, "--all-traffic has no effect with --no-wait"
            )
        if self.root:
            for v in given.get("--file", []) + given.get("--request-file", []):
                if v.opaque or v.text.startswith(("http:", "https:", "/")) or v.text == "-":
                    continue
                bases = [Path(self.root), Path(src.file).parent, Path(self.root) / call.cwd]
                if not any((b / v.text).exists() for b in bases):
                    self._add("error", "file-missing", src, call, command, f"{v.text} does not exist")


def squash(text: str) -> str:
    """SystemAssigned = system_assigned = systemassigned."""
    return re.sub(r"[_-]", "", text).lower()


def looks_like_option(text: str) -> bool:
    return text.startswith("-") and text not in ("-", "--") and " " not in text and not re.match(r"-\d", text)


def pairs(text):
    return dict(p.split("=", 1) if "=" in p else (p, "") for p in text.replace(",", " ").split())


def check_traffic(text):
    if "," in text:
        return "separate the pairs with blanks, not commas"
    d = pairs(text)
    if not d or any(not v.isdigit() for v in d.values()):
        return "expected name=percent pairs"
    total = sum(map(int, d.values()))
    return None if total in (0, 100) else f"percentages add up to {total}, not 0 or 100"


def check_mirror(text):
    d = pairs(text)
    if len(d) != 1 or any(not v.isdigit() for v in d.values()):
        return "expected exactly one name=percent pair"
    value = int(next(iter(d.values())))
    return None if 0 <= value <= 50 else "at most 50 percent can be mirrored"
