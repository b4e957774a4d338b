"""Entry script of the online deployment: init() once per worker, then run() per request."""

import logging
import os
from pathlib import Path
from typing import Any

from azureml_inference_server_http.api.aml_response import AMLResponse

<%_ if (level === 0) { _%>
from scoring import CONTRACT, BadRequest, load_contract, load_model, parse, predict
<%_ } else { _%>
from <%= pkg %>.data import CONTRACT, load_contract
from <%= pkg %>.scoring import BadRequest, load_model, parse, predict
<%_ } _%>

log = logging.getLogger(__name__)
contract: dict[str, Any] = {}
model: Any = None


def init() -> None:
    """Load the model that the deployment names, and the contract that came with the code."""
    global contract, model
    contract = load_contract(CONTRACT)
    model = load_model(Path(os.environ["AZUREML_MODEL_DIR"]))


def run(raw: str) -> dict[str, Any] | AMLResponse:
    """Answer one request: 200 with predictions, or 400 with the reason why there are none."""
    try:
        frame = parse(raw, contract)
    except BadRequest as reason:
        # An exception would become a 500, which callers retry and operators are woken for.
        log.warning("refused: %s", reason)
        return AMLResponse({"error": str(reason)}, 400, json_str=True)
    return {"predictions": predict(model, frame, contract)}
