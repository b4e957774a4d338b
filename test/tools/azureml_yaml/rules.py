"""What the SDK lets pass."""

from __future__ import annotations

import re

from .assets import Assets
from .documents import Doc
from .jobs import Jobs
from .references import References
from .schedules import Schedules
from .sdk import Sdk
from .serving import Serving
from .tables import RETIRED
from .values import as_dict


class Checks(Jobs, Assets, Serving, Schedules, References):
    """The rules the SDK lacks, for the documents of one repository; a method `_kind` for each kind."""

    def __init__(
        self, docs: list[Doc], sdk: Sdk, closed: bool = False, given: frozenset[tuple[str, str]] = frozenset()
    ):
        self.docs, self.sdk, self.closed = docs, sdk, closed
        self.components = {d.path.resolve(): d for d in docs if d.kind == "component"}
        self.defined = {}  # kind -> {name}
        for d in docs:
            name = d.data.get("name")
            if isinstance(name, str):
                self.defined.setdefault(d.kind, set()).add(name)
        for kind, name in given:
            self.defined.setdefault(kind, set()).add(name)
        for d in docs:  # assets registered by a job's outputs
            for out in as_dict(d.data.get("outputs")).values():
                if as_dict(out).get("name"):
                    self.defined.setdefault("output", set()).add(out["name"])

    def check(self, doc):
        data = doc.data
        for pattern, message in RETIRED:
            m = re.search(pattern, doc.text)
            if m:
                doc.warn("retired", f"{message}: {m.group(0)}")
        if not doc.schema:
            doc.warn("no-schema", "no $schema line (recognised by its shape)")
        handler = getattr(self, "_" + doc.kind, None)
        if handler:
            handler(doc, data)
        if self.closed:
            self._references(doc)
