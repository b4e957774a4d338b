"""Sources: where data comes from and where it goes, as config/source.yml says.

A source is a local folder, an https:// address of one CSV file, or a storage path
`abfss://<container>@<account>.dfs.core.windows.net/<folder>`; a destination is a local folder or
a storage path.
"""

import csv
import os
import re
import shutil
import string
import urllib.request
from pathlib import Path

import yaml

from .azure import az

STORAGE = re.compile(
    r"abfss://(?P<container>[a-z0-9-]+)@(?P<account>[a-z0-9]+)\.dfs\.core\.windows\.net/?(?P<folder>.*)"
)
# How the files of a place may differ from UTF-8 with commas, double quotes and decimal points.
FORMAT = {"delimiter": ",", "quote": '"', "encoding": "utf-8-sig", "decimal": "."}
TIMEOUT = 60.0
MAX_BYTES = 1 << 30
MAX_VALUE = 8 << 20


def load_place(config: Path, place: str) -> dict[str, str]:
    """Read source and destination of one place; `${NAME}` in them comes from the environment.

    Returns:
        These, and of FORMAT what the place says.

    Raises:
        FileNotFoundError: There is no such configuration file.
        ValueError: The place is not in it, names a variable that is not set or a format that
            there is not.
    """
    places = yaml.safe_load(config.read_text(encoding="utf-8"))
    if not isinstance(places, dict) or place not in places:
        known = ", ".join(places) if isinstance(places, dict) else "none"
        raise ValueError(f"{config}: no place {place!r}; known: {known}")
    settings: dict[str, str] = {}
    # GitHub hands a variable that nobody set over as an empty one.
    variables = {name: value for name, value in os.environ.items() if value}
    for key in ("source", "destination"):
        text = str((places[place] or {}).get(key) or "")
        if not text:
            raise ValueError(f"{config}: place {place!r} has no {key}")
        try:
            settings[key] = string.Template(text).substitute(variables)
        except KeyError as missing:
            raise ValueError(f"{config}: environment variable {missing} is not set") from missing
    for key in FORMAT.keys() & places[place].keys():
        settings[key] = str(places[place][key])
        if not usable(key, settings[key]):
            raise ValueError(f"{config}: place {place!r}: {key} cannot be {settings[key]!r}")
    both = {**FORMAT, **settings}
    if both["delimiter"] == both["quote"]:
        raise ValueError(f"{config}: place {place!r}: delimiter and quote are the same")
    return settings


def usable(key: str, value: str) -> bool:
    """Say whether files can be written with this delimiter, quote, encoding or decimal sign."""
    if key == "encoding":
        try:
            return "".encode(value) is not None  # base64 and the like are codecs, but not of text
        except LookupError:
            return False
    return value in (",", ".") if key == "decimal" else len(value) == 1 and value not in "\r\n"


def storage(path: str) -> tuple[str, str, str]:
    """Split a storage path into account, container and folder (without slashes at its ends)."""
    match = STORAGE.fullmatch(path)
    if match is None:
        raise ValueError(f"{path}: not abfss://<container>@<account>.dfs.core.windows.net/<folder>")
    return match["account"], match["container"], match["folder"].strip("/")


def fetch(source: str, folder: Path) -> Path:
    """Bring the CSV files of a source to this machine.

    Args:
        source: Local folder, https:// address or storage path.
        folder: An empty folder for what has to be downloaded.

    Returns:
        The folder that holds the files; a local source is read where it lies.

    Raises:
        ValueError: The source is of no known kind, too large, or leads away from https.
        OSError: The address cannot be read.
        AzureError: The storage cannot be read.
    """
    if source.startswith("abfss://"):
        account, container, below = storage(source)
        az(
            *("storage", "blob", "download-batch", "--auth-mode", "login"),
            *("--account-name", account, "--source", container, "--destination", str(folder)),
            *("--pattern", f"{below}/*.csv" if below else "*.csv", "--no-progress"),
        )
        return folder / below
    if source.startswith("https://"):
        target = folder / "download.csv"
        with urllib.request.urlopen(source, timeout=TIMEOUT) as answer:
            if not answer.geturl().startswith("https://"):
                raise ValueError(f"{source}: leads to {answer.geturl()}, which is not https")
            body = answer.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise ValueError(f"{source}: larger than {MAX_BYTES} bytes")
        target.write_bytes(body)
        return folder
    if "://" in source:
        raise ValueError(f"{source}: a source is a folder, an https:// or an abfss:// address")
    return Path(source)


def rewritten(folder: Path, place: dict[str, str], numbers: list[str], into: Path) -> Path:
    """Write the CSV files of a folder as all else here reads them, if they are written otherwise.

    Args:
        folder: What `fetch` gave.
        place: What `load_place` gave.
        numbers: The columns whose values have a decimal sign.
        into: A folder for the copies.

    Returns:
        The folder to read: `folder` itself when the place says nothing of its format.

    Raises:
        ValueError: A file is not written as the place says; the message begins with its path.
    """
    if not FORMAT.keys() & place.keys():
        return folder
    settings = {**FORMAT, **place}
    csv.field_size_limit(MAX_VALUE)
    # What read_folder may read, and not what was laid aside.
    for file in [*folder.glob("*.csv"), *folder.glob("[0-9]*/*.csv")]:
        copy = into / file.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            with file.open(encoding=settings["encoding"], newline="") as given:
                lines = csv.reader(
                    given,
                    delimiter=settings["delimiter"],
                    quotechar=settings["quote"],
                    skipinitialspace=True,
                    strict=True,
                )
                rows = (row for row in lines if len(row) > 1 or any(row))
                header = [name.strip() for name in next(rows, [])]
                signed = {position for position, name in enumerate(header) if name in numbers}
                with copy.open("w", encoding="utf-8", newline="") as out:
                    writer = csv.writer(out)
                    writer.writerow(header)
                    for row in rows:
                        values = (value.strip() for value in row)
                        writer.writerow(
                            value.replace(settings["decimal"], ".") if position in signed else value
                            for position, value in enumerate(values)
                        )
        except (UnicodeError, csv.Error) as error:
            raise ValueError(f"{file}: {error}") from error
    return into


def publish(file: Path, destination: str, folder: str) -> str:
    """Put a checked file into the dated folder of a destination, whole or not at all.

    Args:
        file: The CSV file.
        destination: Local folder or storage path.
        folder: YYYY-MM-DD, or with .2 for the second one of a day; what it held is replaced.

    Returns:
        The path or address of the published file.
    """
    if destination.startswith("abfss://"):
        account, container, below = storage(destination)
        name = "/".join(part for part in (below, folder, file.name) if part)
        az(
            *("storage", "blob", "upload", "--auth-mode", "login", "--account-name", account),
            *("--container-name", container, "--name", name, "--file", str(file)),
            *("--overwrite", "true", "--no-progress"),
        )
        return f"abfss://{container}@{account}.dfs.core.windows.net/{name}"
    place = Path(destination) / folder
    place.mkdir(parents=True, exist_ok=True)
    # A rename is atomic: whoever reads the folder meanwhile sees the old file or the new one.
    unfinished = place / f".{file.name}.part"
    shutil.copyfile(file, unfinished)
    return str(unfinished.replace(place / file.name))
