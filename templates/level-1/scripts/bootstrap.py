"""Make .venv with everything this repository needs, with uv if it is there, else with pip.

    python3 scripts/bootstrap.py

needs Python 3.10 to 3.13 and nothing else. A second run brings .venv up to date.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
# As requires-python in pyproject.toml, which cannot be read before Python 3.11.
OLDEST, NEWEST = (3, 10), (3, 13)
EXTRAS = "<% if (online) { %>serve,<% } %>notebooks,dev"
PROBE = "import sys; print(*sys.version_info[:2])"


def run(*command: str) -> None:
    """Show a command and run it in the root of the repository; stop when it fails."""
    print("$", *command, flush=True)
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code != 0:
        sys.exit(f"{command[0]} failed with exit code {code}")


def fits(python: str) -> bool:
    """Say whether an interpreter is there and of a version that fits."""
    try:
        asked = [python, "-c", PROBE]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)
        major, minor = map(int, answer.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return OLDEST <= (major, minor) <= NEWEST


def find_python() -> str:
    """Find an interpreter that fits: the one that runs this, else the newest on the PATH."""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = [path for name in [*names, "python3", "python"] if (path := shutil.which(name))]
    for python in [sys.executable, *found]:
        if fits(python):
            return python
    wanted = f"3.{OLDEST[1]} to 3.{NEWEST[1]}"
    sys.exit(f"no Python {wanted} found: install one, or uv, which does: https://docs.astral.sh/uv")


def venv_python() -> Path:
    """Path of the interpreter in .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> None:
    """Make or update .venv."""
    uv = shutil.which("uv")
    usable = venv_python().is_file() and fits(str(venv_python()))
    if VENV.exists() and not usable:
        sys.exit(f"{VENV} holds no Python that fits: delete it and run this again")
    packages = ["--editable", f".[{EXTRAS}]"]
    if uv:
        print("with uv")
        if not usable:
            # The Python that runs this, as a matrix of versions expects; else uv finds one.
            any_fitting = f">=3.{OLDEST[1]},<3.{NEWEST[1] + 1}"
            python = sys.executable if fits(sys.executable) else any_fitting
            run(uv, "venv", "--python", python, str(VENV))
        run(uv, "pip", "install", "--python", str(venv_python()), *packages)
    else:
        python = find_python()
        print(f"with venv and pip, from {python} (uv, which is faster, is not installed)")
        if not usable:
            run(python, "-m", "venv", str(VENV))
        # uv leaves pip out of an environment; this brings it back where it is missing.
        run(str(venv_python()), "-m", "ensurepip", "--upgrade")
        run(str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check", *packages)
    print(f"ready: {venv_python().relative_to(ROOT)}")


if __name__ == "__main__":
    main()
