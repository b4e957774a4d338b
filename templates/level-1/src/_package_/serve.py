"""The scoring server on this machine: the one that Azure Machine Learning runs, on loopback only.

    python -m <%= pkg %>.serve --model model --port 5001

answers at http://127.0.0.1:5001/score the requests that the online endpoint answers.
"""

import argparse
import os
import sys
from pathlib import Path

from .scoring import load_model

SOURCE = Path(__file__).resolve().parents[1]
# The server's own command would listen on every network interface, to anyone and unprotected.
HOST = "127.0.0.1"


def main(argv: list[str] | None = None) -> None:
    """Serve the model in a folder until interrupted."""
    parser = argparse.ArgumentParser(description="Serve a model on this machine.")
    parser.add_argument("--model", type=Path, default=Path("model"), help="folder of model.pkl")
    parser.add_argument("--port", type=int, default=5001)
    arguments = parser.parse_args(argv)
    try:
        load_model(arguments.model)  # says what is wrong here, not in the log of a worker
    except (OSError, ValueError) as error:
        sys.exit(f"{error}\nTrain one first: python -m <%= pkg %>.train")
    # The server reads these while it is imported, hence the imports below.
    os.environ["AZUREML_ENTRY_SCRIPT"] = str(SOURCE / "score.py")
    os.environ["AML_APP_ROOT"] = str(SOURCE)
    os.environ["AZUREML_MODEL_DIR"] = str(arguments.model.resolve())
    print(f"http://{HOST}:{arguments.port}/score", flush=True)
    if sys.platform == "win32":
        from azureml_inference_server_http import amlserver_win as server
    else:
        from azureml_inference_server_http import amlserver_linux as server
    server.run(HOST, arguments.port, 1)


if __name__ == "__main__":
    main()
