import pathlib
import sys

root = pathlib.Path(__file__).parent.parent
sys.path += [str(root / "steps"), str(root / "serving"), str(root / "board")]
