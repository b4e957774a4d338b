"""The commands of the Azure CLI and its `ml` extension: names, options, allowed values (grammar.json)."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Grammar:
    def __init__(self) -> None:
        data = json.loads(Path(__file__).with_name("grammar.json").read_text(encoding="utf-8"))
        self.commands: dict[str, Any] = data["commands"]
        self.globals: dict[str, Any] = data["global_params"]
        self.uncovered = set(data["uncovered"])  # groups that exist, whose arguments are not recorded here
        self.groups = set(data["groups"])
        for name in [*self.commands, *self.groups]:
            parts = name.split()
            self.groups |= {" ".join(parts[:k]) for k in range(1, len(parts))}

    def options(self, command):
        """name -> parameter, every spelling, globals included."""
        out = {}
        for p in list(self.globals.values()) + list(self.commands[command]["params"].values()):
            if not p.get("positional"):
                for n in p["names"] + p.get("deprecated_names", []):
                    out[n] = p
        return out

    def suggest(self, words):
        best = difflib.get_close_matches(" ".join(words), list(self.commands), 1, 0.6)
        return f" (did you mean `az {best[0]}`?)" if best else ""


@dataclass
class Finding:
    level: str
    code: str
    file: str
    line: int
    command: str
    message: str
