"""Entry script of the online deployment: init() once per worker, then run() per request."""

import logging
import os
from pathlib import Path
from typing import Any

from azureml_inference_server_http.api.aml_response import AMLResponse

<%_ if (level === 0) { _%>
from scoring import CONTRACT, BadRequest, load_contract, load_model, parse, predict
<%_ } else { _%>
<%_ if (level >= 4) { _%>
from <%= pkg %>.collect import Collection
<%_ } _%>
from <%= pkg %>.data import CONTRACT, load_contract
from <%= pkg %>.scoring import BadRequest, load_model, parse, predict
<%_ } _%>

log = logging.getLogger(__name__)
contract: dict[str, Any] = {}
model: Any = None
<%_ if (level >= 4) { _%>
collection: Any = None
<%_ } _%>


def init() -> None:
    """Load the model that the deployment names, and the contract that came with the code."""
<%_ if (level >= 4) { _%>
    global collection, contract, model
<%_ } else { _%>
    global contract, model
<%_ } _%>
    contract = load_contract(CONTRACT)
    model = load_model(Path(os.environ["AZUREML_MODEL_DIR"]))
<%_ if (level >= 4) { _%>
    collection = Collection(contract, inputs="model_inputs", outputs="model_outputs")
<%_ } _%>


def run(raw: str) -> dict[str, Any] | AMLResponse:
    """Answer one request: 200 with predictions, or 400 with the reason why there are none."""
    try:
        frame = parse(raw, contract)
    except BadRequest as reason:
        # An exception would become a 500, which callers retry and operators are woken for.
        log.warning("refused: %s", reason)
        return AMLResponse({"error": str(reason)}, 400, json_str=True)
<%_ if (level >= 4) { _%>
    answers = predict(model, frame, contract)
    # The id of an answer comes back with what really happened, so that the two can be joined.
    for answer, key in zip(answers, collection.record(frame, answers), strict=True):
        answer["id"] = key
    return {"predictions": answers}
<%_ } else { _%>
    return {"predictions": predict(model, frame, contract)}
<%_ } _%>
