from pathlib import Path
from typing import Any
def write(file: Path, name: str, line: str, story: Any) -> None:
    file.write_text(line)
