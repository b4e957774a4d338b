"""References between the files of one repository."""

from __future__ import annotations

import re

from .values import strings

NAME = re.compile(r"azureml:([A-Za-z0-9][\w.-]*)(?::([\w.-]+)|@([\w.-]+))?")
DATASTORE = re.compile(r"azureml://datastores/([\w-]+)/")
# Every workspace has these datastores from the start.
BUILT_IN_DATASTORES = {
    "workspaceblobstore",
    "workspacefilestore",
    "workspaceartifactstore",
    "workspaceworkingdirectory",
}
# The key that holds the reference -> what kinds of document define such a name.
KINDS = {
    "environment": {"environment"},
    "model": {"model", "output"},
    "component": {"component"},
    "pre_processing_component": {"component"},
    "compute": {"compute"},
    "default_compute": {"compute"},
    "path": {"data", "model", "output"},
}


class References:
    def _references(self, doc):
        """Names that no document of the folder defines, nor is said to be given by a script."""
        for path, value in strings(doc.data):
            if path.startswith(("tags", "properties", "description")):
                continue
            key = re.sub(r"\[\d+\]", "", path.rsplit(".", 1)[-1])
            store = DATASTORE.match(value)
            if store and store[1] not in BUILT_IN_DATASTORES:
                self._known(doc, path, {"datastore"}, store[1])
            m = NAME.fullmatch(value)
            if key == "endpoint_deployment_id" and m:
                self._known(doc, path, {"online_endpoint"}, m[1])
                if m[2]:
                    self._known(doc, path, {"online_deployment"}, m[2])
            elif key == "endpoint_name" and "{{" not in value:
                self._known(doc, path, {"online_endpoint", "batch_endpoint"}, value)
            elif m and key in KINDS and m[1].lower() != "serverless":
                self._known(doc, path, KINDS[key], m[1])

    def _known(self, doc, path, kinds, name):
        if not any(name in self.defined.get(kind, ()) for kind in kinds):
            doc.warn("undefined", f"{path}: no {' or '.join(sorted(kinds))} file is named {name}")
