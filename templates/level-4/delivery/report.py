"""Reports for people: of a rollout, of a decision on retraining, of the loop on this machine.

    python -m delivery.report rollout --to rollout.html
    python -m delivery.report decision --windows FILE --decision FILE --to decision.html

Prints Markdown for the summary of a workflow, and writes one HTML file with everything in it, plots
too, for a browser of any size. A rollout is told from its journal, which every phase adds to: so
one that failed, went back or was cut off has its report as well. What nobody measured is shown as
missing, never as zero.
"""

import argparse
import contextlib
import io
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

<%_ if (online && batch) { _%>
from .decide import of_versions
<%_ } _%>
from .endpoints import Az

if TYPE_CHECKING:
    from loop import Story

# Drawn in these, and replaced by what the style says, so that a plot follows light and dark.
INK, FAINT = "#010101", "#020202"
FIRST, SECOND, THIRD = "#2f81f7", "#2da44e", "#d4792a"
COLORS = {"blue": FIRST, "green": SECOND}
JOURNAL = Path("outputs/rollout/journal.jsonl")
# A summary shows so many values of signals, the HTML file all of them.
SHOWN = 20
Event = dict[str, Any]
# How a phase can end; `ending` is the last one, cut off where nothing goes back any more.
ENDS = ("passed", "failed", "refused", "ending")
STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1f2328; --paper: #ffffff; --faint: #c9ced6; --bad: #c62828;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --paper: #15181d; --faint: #444b55; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 44rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.2rem; }
h3 { margin: 1rem 0 0.25rem; font-size: 1rem; }
ul { margin: 0.25rem 0; padding-left: 1.25rem; }
li { overflow-wrap: anywhere; }
figure { margin: 0; }
svg { display: block; width: 100%; max-width: 34rem; height: auto; }
svg text { font-family: system-ui, sans-serif; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--faint);
  text-align: left; vertical-align: top; overflow-wrap: break-word; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
.bad { color: var(--bad); font-weight: 600; }
summary { cursor: pointer; }
"""


def write(file: Path, name: str, line: str, story: "Story") -> None:
    """Write the report.

    Args:
        file: The HTML file.
        name: Of the project.
        line: What came of the loop, in one line.
        story: What happened.
    """
    parts = [
        f"<h1>{escape(name)}: the loop on this machine</h1>",
        f"<p>{escape(line[:1].upper() + line[1:])}.</p>",
        f"<p>{story.clock:%Y-%m-%d %H:%M} UTC, {story.now():.0f} seconds. Azure is stood in for by "
        "local_azure, and time runs faster: the minutes of config/rollout.yml pass as tenths of a "
        "second. The drifted data is simulated.</p>",
        _checks(story),
        "<h2>Metrics</h2>",
        _metrics(story),
        "<h2>Champion against challenger</h2>",
        _duel(story),
        "<h2>Traffic over time</h2>",
        _traffic(story),
        "<h2>Drift</h2>",
        _drift(story),
        "<h2>Steps</h2>",
        _table(
            ["Step", "Seconds", "What came of it"],
            [[step["name"], f"{step['seconds']:.1f}", step["told"]] for step in story.steps],
            numbers=(1,),
        ),
    ]
    save(file, f"{name}: loop", parts)


def save(file: Path, title: str, parts: Sequence[str]) -> None:
    """Write a page of HTML; it needs no other file, and no network."""
    body = "\n".join(parts)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n",
        encoding="utf-8",
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        kinds = [' class="n"' if place in numbers else "" for place in range(len(cells))]
        told = zip(kinds, cells, strict=True)
        return "<tr>" + "".join(f"<{tag}{k}>{escape(c)}</{tag}>" for k, c in told) + "</tr>"

    body = "\n".join(line(row, "td") for row in rows)
    head = line(heads, "th")
    table = f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<div class="wide">{table}</div>'


def _figure(height: float, told: str, draw: Callable[[Any], None], numbers: str) -> str:
    """Draw a plot; ``told`` says in words what it shows, ``numbers`` is the table behind it."""
    import matplotlib
    from matplotlib.figure import Figure

    style: Any = {
        "svg.fonttype": "none",
        # Parts of a plot are named by it: two plots of one page must not share names.
        "svg.hashsalt": told,
        "font.size": 10,
        # Columns may be called $x^2$, and no formula is meant.
        "text.parse_math": False,
        **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
        "axes.edgecolor": FAINT,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    out = io.StringIO()
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(4.6, height), layout="constrained")
        draw(figure)
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :].replace(INK, "var(--ink)").replace(FAINT, "var(--faint)")
    box = re.search(r'viewBox="[^"]*"', drawn)
    assert box
    drawn = drawn[drawn.index(">") + 1 :]
    label = escape(told, quote=True)
    return (
        f'<figure><svg {box[0]} role="img" aria-label="{label}">{drawn}'
        f"<figcaption>{escape(told)}</figcaption></figure>\n"
        f"<details><summary>The numbers</summary>\n{numbers}</details>"
    )


def _checks(story: "Story") -> str:
    parts = ["<h2>Verdicts</h2>"]
    for one in story.trained:
        version = f"version {one.version}" if one.version else "not released"
        tests = "not made" if one.tests is None else _passed(one.tests)
        told = f"{one.label} ({version}): {one.verdict['verdict']}; model tests: {tests}"
        parts.append(_list(told, one.verdict["reasons"]))
    decision = story.decision.get("decision", "none")
    parts.append(_list(f"decision on retraining: {decision}", story.decision.get("reasons", [])))
    parts.append("<h2>The loop's own checks</h2>\n<ul>")
    for check in story.checks:
        begin = "<li>Held" if check["held"] else '<li class="bad">Failed'
        parts.append(f"{begin}: {escape(check['name'])} ({escape(check['detail'])})</li>")
    return "\n".join([*parts, "</ul>"])


def _list(head: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{_coded(line)}</li>\n" for line in lines)
    return f"<h3>{escape(head[:1].upper() + head[1:])}</h3>\n<ul>\n{items}</ul>"


def _coded(line: str) -> str:
    """Show what stands between backticks as Markdown would."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(line))


def _legend(figure: Any, where: str, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """Put a legend outside, in as many columns as the width holds."""
    for columns in range(min(3, len(labels)), 0, -1):
        made = figure.legend(handles, labels, loc=where, ncols=columns, frameon=False)
        if columns == 1 or made.get_window_extent().width <= figure.bbox.width:
            return
        made.remove()


def _phase_names(axis: Any, begun: Sequence[tuple[float, str]], end: float, top: float) -> None:
    """Name phases above a plot, side by side where they follow at once, and mark where they began.

    Args:
        axis: It begins at 0 and ends at `end`.
        begun: When, and which.
        end: The last time.
        top: The highest value of the plot.
    """
    width = 0.05 * end
    places: list[float] = []
    for time, _ in begun:
        places.append(max(time, places[-1] + width) if places else time)
    for n in range(len(places)):
        # Never beyond the right edge: then the ones before make room.
        places[n] = min(places[n], end - (len(places) - 1 - n) * width)
    for (time, name), place in zip(begun, places, strict=True):
        axis.axvline(time, color=FAINT, linewidth=0.8)
        axis.annotate(
            name,
            (time, top),
            (place, 1.06 * top),
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=9,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.8, "shrinkB": 0},
        )
    axis.set_xlim(min([0.0, *places]), end)


def _passed(tests: dict[str, Any]) -> str:
    told = f"{tests['count'] - len(tests['failed'])} of {tests['count']} passed"
    return told + "".join(f"; failed: {name}" for name in tests["failed"])


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else "none"


def _metrics(story: "Story") -> str:
    """One small plot per metric, since their scales differ."""
    models = story.trained
    names = list(models[0].evaluation["metrics"])

    def draw(figure: Any) -> None:
        across = min(3, len(names))
        down = -(-len(names) // across)
        axes = figure.subplots(down, across, squeeze=False).flatten()
        for axis, name in zip(axes, names, strict=False):
            values = [one.evaluation["metrics"].get(name) for one in models]
            heights = [value or 0.0 for value in values]
            bars = axis.bar(range(len(models)), heights, color=[FIRST, SECOND], width=0.6)
            axis.bar_label(bars, [_shown(value) for value in values], fontsize=9)
            axis.set_title(name.replace("_", " "), fontsize=10)
            axis.set_xticks(range(len(models)), ["first", "retrained"][: len(models)])
            axis.set_yticks([])
            axis.margins(y=0.2)
        for axis in axes[len(names) :]:
            axis.set_axis_off()

    rows = [
        [name, *(_shown(one.evaluation["metrics"].get(name)) for one in models)] for name in names
    ]
    primary = models[0].evaluation["primary"]
    told = "Metrics on held-out rows. " + "; ".join(
        f"{one.label}: {primary} {_shown(one.evaluation['metrics'].get(primary))}" for one in models
    )
    heads = ["Metric", *(one.label for one in models)]
    height = 2.1 * -(-len(names) // 3) + 0.2
    return _figure(height, f"{told}.", draw, _table(heads, rows, range(1, len(heads))))


def _duel(story: "Story") -> str:
    """The primary metric of both models, on all held-out rows and on the slices of them."""
    points: dict[str, dict[int, tuple[float, int]]] = {}
    for place, one in enumerate(story.trained):
        evaluation = one.evaluation
        whole = evaluation["metrics"].get(evaluation["primary"])
        entries = [("all rows", evaluation["rows"]["test"], whole)]
        for part in evaluation["slices"]:
            entries.append((f"{part['column']} = {part['value']}", part["rows"], part["score"]))
        for name, rows, score in entries:
            if isinstance(score, int | float):
                points.setdefault(str(name), {})[place] = (float(score), int(rows))
    names = list(points)[:20]

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        for place, one in enumerate(story.trained):
            at = [(points[n][place][0], y) for y, n in enumerate(names) if place in points[n]]
            axis.scatter(
                [x for x, _ in at],
                [y + (place - 0.5) * 0.24 for _, y in at],
                color=(FIRST, SECOND)[place],
                marker="os"[place],
                s=36,
                label=one.label,
            )
        axis.set_yticks(range(len(names)), [name[:28] for name in names])
        axis.invert_yaxis()
        axis.grid(axis="y", color=FAINT, linewidth=0.6)
        axis.set_axisbelow(True)
        axis.locator_params(axis="x", nbins=5)
        axis.set_xlabel(story.trained[0].evaluation["primary"].replace("_", " "))
        _legend(figure, "outside upper center", *axis.get_legend_handles_labels())

    rows = []
    for name in points:
        cells = [points[name].get(place) for place in range(len(story.trained))]
        rows.append([name, *(f"{c[0]:.4g} ({c[1]} rows)" if c else "none" for c in cells)])
    told = "The champion (the first model) and its challenger (the retrained one), each on its own "
    told += "held-out rows and on slices of them. The gate said of the challenger: "
    told += f"{story.trained[-1].verdict['verdict']}."
    heads = ["Rows", *(one.label for one in story.trained)]
    return _figure(0.28 * len(names) + 1.3, told, draw, _table(heads, rows, range(1, len(heads))))


def _traffic(story: "Story") -> str:
    phases = story.phases
    if not story.requests and not story.files:
        return "<p>Nothing was released, so there was no traffic to share out.</p>"
    last = max([entry["at"] for entry in [*story.requests, *story.files]])
    # The second release shares the traffic out; before it there is little to see.
    began = [0.0, *(phase["from"] for phase in phases if phase["name"] == "start")][-1]
    seen = [one for one in story.requests if one["at"] >= began]
    width = max((last - began) / 24, 0.5)

    def rate(deployment: str, mirrored: bool) -> dict[int, float]:
        found = Counter(
            int((one["at"] - began) / width)
            for one in seen
            if one["deployment"] == deployment and one["mirrored"] == mirrored
        )
        return {place: count / width for place, count in found.items()}

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        places = range(int((last - began) / width) + 1)
        times = [place * width for place in places]
        for deployment in ("blue", "green"):
            for mirrored in (False, True):
                rates = rate(deployment, mirrored)
                if not rates:
                    continue
                axis.plot(
                    times,
                    [rates.get(place, 0.0) for place in places],
                    color=COLORS[deployment],
                    linestyle="--" if mirrored else "-",
                    drawstyle="steps-post",
                    label=f"{deployment}, copies" if mirrored else deployment,
                )
        top = axis.get_ylim()[1] if seen else 1.0
        versions = sorted({str(one["version"]) for one in story.files})
        for version, color in zip(versions, (FIRST, SECOND, THIRD), strict=False):
            files = [one["at"] - began for one in story.files if str(one["version"]) == version]
            at = [time for time in files if time >= 0]
            label, height = f"file, version {version}", top * (0.04 if seen else 0.5)
            axis.scatter(at, [height] * len(at), color=color, s=24, label=label)
        those = [one for one in phases if one["from"] >= began]
        until = max([last, *(one["to"] for one in those)]) - began
        _phase_names(axis, [(one["from"] - began, one["name"]) for one in those], until, top)
        axis.set_ylim(0, top)
        axis.set_xlabel("seconds since the rollout began")
        axis.set_ylabel("requests per second" if seen else "files")
        if not seen:
            axis.set_yticks([])
        _legend(figure, "outside lower center", *axis.get_legend_handles_labels())

    rows = []
    for phase in (one for one in phases if one["from"] >= began):
        within = [one for one in seen if phase["from"] <= one["at"] < phase["to"]]
        count = Counter((one["deployment"], one["mirrored"]) for one in within)
        bad = sum(one["status"] != 200 for one in within)
        copies = count["blue", True] + count["green", True]
        cells = [count["blue", False], count["green", False], copies, bad]
        rows.append([phase["name"], f"{phase['to'] - phase['from']:.1f}", *map(str, cells)])
    live = sum(not one["mirrored"] for one in seen)
    asked = [f"{live} requests"] if seen else []
    asked += [f"{len(story.files)} files"] if story.files else []
    told = (
        f"Who answered {' and '.join(asked)} of callers while the rollout went on, phase by phase. "
    )
    told += f"{story.failed} of {story.asked} failed."
    heads = ["Phase", "Seconds", "blue", "green", "copies", "failed"]
    return _figure(3.5 if seen else 2.0, told, draw, _table(heads, rows, range(1, 6)))


def _short(key: str) -> str:
    column, _, measure = key.rpartition(": ")
    return column if measure in ("stability index", "prediction drift") else f"{column} ({measure})"


def _drift(story: "Story") -> str:
    bad = [window["time"][:10] for window in story.windows if window["violates"]]
    told = f"Drift on {len(story.windows)} days, as a share of the limit of each column; that of "
    told += f"the last days is simulated. Violated on: {', '.join(bad) or 'no day'}."
    marked = [window["simulated"] for window in story.windows]
    return _shares(story.windows, marked, ("days as before", "days with simulated drift"), told)


def _shares(
    windows: Sequence[Mapping[str, Any]], marked: Sequence[bool], labels: Sequence[str], told: str
) -> str:
    """How near each column came to its limit; windows that are marked have the second label."""
    ratios: dict[str, list[float | None]] = {}
    for place, window in enumerate(windows):
        for found in window["columns"]:
            key = f"{found['column']}: {found['measure']}"
            line = ratios.setdefault(key, [None] * len(windows))
            if found["value"] is not None and found["limit"]:
                line[place] = max(found["value"], 0.0) / found["limit"]
    order = sorted(ratios, key=lambda key: -max(value or 0.0 for value in ratios[key]))
    moved = [key for key in order if max(value or 0.0 for value in ratios[key]) > 0]
    shown = (moved or order)[:16]

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        for second, color, marker in ((False, FIRST, "o"), (True, THIRD, "D")):
            days = [n for n, mark in enumerate(marked) if mark == second]
            at = [
                (value, y)
                for y, key in enumerate(shown)
                for n in days
                if (value := ratios[key][n]) is not None
            ]
            axis.scatter(
                [x for x, _ in at],
                [y for _, y in at],
                color=color,
                marker=marker,
                s=30,
                label=labels[second],
            )
        axis.axvline(1.0, color=INK, linewidth=1, linestyle="--")
        axis.set_xscale("symlog", linthresh=1)
        # As numbers: the powers of such an axis are formulas, and no formula is drawn.
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_xlim(-0.05, 1.5 * max([1.0, *(v for key in shown for v in ratios[key] if v)]))
        axis.set_yticks(range(len(shown)), [name[:28] for name in map(_short, shown)], fontsize=9)
        axis.invert_yaxis()
        axis.grid(axis="y", color=FAINT, linewidth=0.6)
        axis.set_axisbelow(True)
        axis.set_xlabel("share of the limit (dashed: the limit)")
        _legend(figure, "outside upper center", *axis.get_legend_handles_labels())

    rows = [
        [key, *("none" if value is None else f"{value:.2f}" for value in ratios[key])]
        for key in order
    ]
    heads = ["Column and measure", *(window["time"][:10] for window in windows)]
    return _figure(0.28 * len(shown) + 1.4, told, draw, _table(heads, rows, range(1, len(heads))))


@dataclass(frozen=True)
class Table:
    """A table that both forms of a report have; `numbers` are the places of the right-aligned."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()

    def html(self) -> str:
        """Give it for the page."""
        return _table(self.heads, self.rows, self.numbers)

    def markdown(self) -> str:
        """Give it for the summary."""
        rule = ["---:" if place in self.numbers else "---" for place in range(len(self.heads))]
        lines = [self.heads, rule, *([plain(cell) for cell in row] for row in self.rows)]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plain(value: object) -> str:
    """Give a text for one line of Markdown; whatever it holds is shown, and means nothing."""
    words = " ".join(str(value).split())
    for mark in "\\`*_[]<>|#":
        words = words.replace(mark, "\\" + mark)
    return words


def _kept(file: Path) -> str:
    """Say where the page is."""
    where = [os.environ.get(f"GITHUB_{key}", "") for key in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    if not all(where):
        return f"The plots are in `{file}`."
    run = f"{where[0]}/{where[1]}/actions/runs/{where[2]}#artifacts"
    return f"The plots are in `{file.name}` of the artefact `{file.stem}` of [this run]({run})."


class Journal:
    """What happens in a rollout, a line of JSON each: every phase is a program of its own."""

    def __init__(self, file: Path | None = None) -> None:
        """Nothing is written without a file."""
        self.file = file
        self.known: dict[str, Event] = {}
        self.last = ""

    def begin(self) -> None:
        """Forget an earlier rollout."""
        with contextlib.suppress(OSError):
            if self.file is not None:
                self.file.unlink(missing_ok=True)

    def note(self, event: str, **what: Any) -> None:
        """Add an event; a journal that cannot be written is no reason to stop a rollout."""
        self.last = event
        if self.file is None:
            return
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"at": at, "event": event, **what}) + "\n")
        except OSError as error:
            print(f"The journal of the rollout is not written: {error}", file=sys.stderr)

    def watching(self, ask: Az) -> Az:
        """Give an az that also notes who answers, as Azure tells it or took it on."""
        if self.file is None:
            return ask

        def watched(*args: str) -> Any:
            answer = ask(*args)
            if args[1:3] in (("online-endpoint", "show"), ("batch-endpoint", "show")):
                self._answers(dict(answer or {}))
            elif args[1:3] in (("online-endpoint", "update"), ("batch-endpoint", "update")):
                self._changed(args)
            return answer

        return watched

    def _answers(self, told: Mapping[str, Any]) -> None:
        default = (told.get("defaults") or {}).get("deployment_name")
        live = {default: 100} if default else told.get("traffic") or {}
        self._keep(str(told.get("name")), live, told.get("mirror_traffic") or {})

    def _changed(self, args: Sequence[str]) -> None:
        given = dict(pairwise(args))
        name = given.get("--name", "")
        known = self.known.get(name, {"live": {}, "mirror": {}})
        for option, key in (("--traffic", "live"), ("--mirror-traffic", "mirror")):
            if option in given:
                shares = (one.partition("=")[::2] for one in given[option].split())
                self._keep(name, **known | {key: {who: int(share) for who, share in shares}})
        for one in args:
            if one.startswith("defaults.deployment_name="):
                self._keep(name, {one.partition("=")[2]: 100}, {})

    def _keep(self, name: str, live: Mapping[str, int], mirror: Mapping[str, int]) -> None:
        found = {
            "live": {who: share for who, share in live.items() if share},
            "mirror": {who: share for who, share in mirror.items() if share},
        }
        if self.known.get(name) != found:
            self.known[name] = found
            self.note("traffic", endpoint=name, **found)


def journal(file: Path = JOURNAL) -> list[Event]:
    """Read a journal; a line that was cut off is passed over, and none is there without a file."""
    found: list[Event] = []
    with contextlib.suppress(FileNotFoundError):
        for line in file.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
    return found


def _of(events: Sequence[Event], *names: str) -> list[Event]:
    return [event for event in events if event["event"] in names]


def _phases(events: Sequence[Event]) -> Iterator[tuple[Event, Event | None]]:
    """Give the beginning and, unless it was cut off, the end of each phase."""
    for place, begun in enumerate(events):
        if begun["event"] == "phase":
            rest = [one for one in events[place + 1 :] if one["event"] in ("phase", *ENDS)]
            same = rest and rest[0]["event"] != "phase" and rest[0]["phase"] == begun["phase"]
            yield begun, rest[0] if same else None


def verdict(events: Sequence[Event]) -> tuple[str, list[str]]:
    """Say how a rollout ended, and why; what happened last decides, not what passed before."""
    happened = _of(events, "phase", *ENDS, "stuck", "restored")
    if all(one["event"] == "restored" for one in happened):
        return "not begun", ["No phase was recorded; the step that failed says why."]
    told = _of(events, "failed", "refused", "ending", "stuck")
    reasons = [f"{one['phase']}: {one['why']}" for one in told]
    phases = list(_phases(events))
    reasons += [
        f"{begun['phase']} was cut off: it neither passed nor failed"
        for begun, end in phases
        if end is None
    ]
    event, phase = happened[-1]["event"], happened[-1]["phase"]
    if event == "phase":
        return f"not ended, {phase} was cut off", reasons
    if event == "ending":
        return "the new version is live, but finish was cut off: run it again", reasons
    if event == "stuck" or (event == "failed" and phase == "restore"):
        return "going back failed, look at the endpoints", reasons
    if event == "failed":
        begun = any(end is happened[-1] for _, end in phases)
        more = ", and going back did not end: look at the endpoints" if begun else ""
        return f"failed{more}", reasons
    if event == "refused":
        return "refused", reasons
    # Who goes back after the last phase finds the new version as what to go back to.
    done = [one["version"] for one, end in phases if end and _finished(end)]
    if done and done[-1] == phases[-1][0]["version"]:
        return "live", reasons
    return "went back" if event == "restored" else f"not ended, {phase} passed last", reasons


def _finished(end: Event) -> bool:
    return end["event"] == "passed" and end["phase"] == "finish"


def _seconds(event: Event) -> float:
    return datetime.fromisoformat(event["at"]).timestamp()


def _told(shares: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {share} %" for name, share in sorted(shares.items())) or "none"


def _number(value: float | None, digits: int) -> str:
    return "missing" if value is None else f"{value:.{digits}f}"


def rollout(events: Sequence[Event], file: Path) -> str:
    """Write the page of a rollout; give the summary of it, in Markdown."""
    how, reasons = verdict(events)
    versions = [one["version"] for one in events if one.get("version")]
    title = f"Rollout of version {versions[-1]}: {how}" if versions else f"Rollout: {how}"
    now: dict[str, Event] = {one["endpoint"]: one for one in _of(events, "traffic")}
    answers = [f"{name}: {_told(one['live'])}" for name, one in now.items()]
    rows = []
    for begun, end in _phases(events):
        took = f"{(_seconds(end) - _seconds(begun)) / 60:.1f}" if end else "missing"
        how = end["event"] if end else "cut off"
        outcome = "not ended, run it again" if how == "ending" else how
        rows.append([begun["phase"], begun["at"][11:19], took, outcome])
    steps = Table(["Phase", "Began (UTC)", "Minutes", "Outcome"], rows, (2,))
    traffic = Table(
        ["UTC", "Endpoint", "Answers", "Gets copies"],
        [
            [one["at"][11:19], one["endpoint"], _told(one["live"]), _told(one["mirror"])]
            for one in _of(events, "traffic")
        ],
    )
    measured = _of(events, "measured")
    heads = ["Phase", "Deployment", "Requests", "Failed", "Error share", "Limit", "p95 ms", "Limit"]
    parts = [f"<h1>{escape(title)}</h1>", _list("Why", reasons) if reasons else ""]
    lines = [f"## {plain(title)}", "", *(f"- {plain(reason)}" for reason in reasons), ""]
    if answers:
        parts.append(_list("What answers, as far as Azure last said", answers))
        lines += ["What answers, as far as Azure last said:", ""]
        lines += [*(f"- {plain(one)}" for one in answers), ""]
    parts += ["<h2>Phases</h2>", steps.html()]
    lines += [steps.markdown(), "", "**Traffic over time**", "", traffic.markdown(), ""]
    for name in now:
        those = [one for one in _of(events, "traffic") if one["endpoint"] == name]
        if any(one["mirror"] or len(one["live"]) > 1 for one in those):
            parts += [f"<h2>Traffic over time: {escape(name)}</h2>", _live(events, name)]
    parts += ["<h2>Traffic, change by change</h2>", traffic.html()]
    for name in dict.fromkeys(one["endpoint"] for one in measured):
        those = [one for one in measured if one["endpoint"] == name]
        table = Table(heads, [row for one in those for row in _counted(one)], range(2, len(heads)))
        parts += [f"<h2>What was measured: {escape(name)}</h2>", _beside(those, table)]
        lines += [f"**What was measured at {plain(name)}**", "", table.markdown(), ""]
    if not measured:
        told = "Nothing was measured: no phase with live requests came that far."
        parts += ["<h2>What was measured</h2>", f"<p>{told}</p>"]
        lines += [told, ""]
    said = [line for one in _of(events, "passed") for line in one["told"]]
    if said:
        parts.append(_list("What the phases said", [one.lstrip("- ") for one in said]))
    save(file, title, parts)
    return "\n".join([*lines, _kept(file)])


def _counted(one: Event) -> Iterator[list[str]]:
    """Give the rows of one phase: the new deployment, and what it was measured by."""
    for which in ("new", "old"):
        found, limits = one[which], one["limits"] if which == "new" else None
        bounds = [f"{limits['error_share']:.4f}", f"{limits['p95_ms']:.0f}"] if limits else ["", ""]
        name = f"{one['names'][which]} ({which})"
        if found is None:
            yield [one["phase"], name, *["missing"] * 3, bounds[0], "missing", bounds[1]]
            continue
        share = found["errors"] / found["requests"] if found["requests"] else None
        counts = [str(found["requests"]), str(found["errors"]), _number(share, 4)]
        yield [one["phase"], name, *counts, bounds[0], _number(found["p95_ms"], 0), bounds[1]]


def _live(events: Sequence[Event], name: str) -> str:
    """Who answered, and who got copies, from the first event to the last."""
    begun, end = _seconds(events[0]), _seconds(events[-1])
    changes = [one for one in _of(events, "traffic") if one["endpoint"] == name]
    unit, told = (60.0, "minutes") if end - begun > 180 else (1.0, "seconds")

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        for key, line in (("live", "-"), ("mirror", "--")):
            for who in sorted({who for one in changes for who in one[key]}):
                at = [(_seconds(one) - begun) / unit for one in changes]
                shares = [one[key].get(who, 0) for one in changes]
                axis.plot(
                    [*at, (end - begun) / unit],
                    [*shares, shares[-1]],
                    color=COLORS.get(who, THIRD),
                    linestyle=line,
                    linewidth=2,
                    drawstyle="steps-post",
                    label=who if key == "live" else f"{who}, copies",
                )
        phases = [((_seconds(one) - begun) / unit, one["phase"]) for one in _of(events, "phase")]
        _phase_names(axis, phases, max((end - begun) / unit, 1 / unit), 102)
        axis.set_ylim(-2, 102)
        axis.set_xlabel(f"{told} since the rollout began")
        axis.set_ylabel("% of the requests")
        _legend(figure, "outside lower center", *axis.get_legend_handles_labels())

    rows = [[one["at"][11:19], _told(one["live"]), _told(one["mirror"])] for one in changes]
    numbers = _table(["UTC", "Answers", "Gets copies"], rows)
    said = f"Who answers the requests of {name}, and who gets copies of them."
    return _figure(3.4, said, draw, numbers)


def _beside(those: Sequence[Event], table: Table) -> str:
    """Error share and latency of both deployments, phase by phase, and the limits."""
    phases = [one["phase"] for one in those]

    def share(found: Mapping[str, Any] | None) -> float | None:
        requests = found["requests"] if found else 0
        return 100 * float(found["errors"]) / requests if found and requests else None

    def p95(found: Mapping[str, Any] | None) -> float | None:
        return None if found is None else found["p95_ms"]

    kinds = (
        ("failed, %", share, "error_share", 100.0),
        ("latency (p95), ms", p95, "p95_ms", 1.0),
    )

    def draw(figure: Any) -> None:
        for axis, (label, value, key, factor) in zip(
            figure.subplots(2, 1, sharex=True), kinds, strict=True
        ):
            for which, color, marker, aside in (
                ("old", FIRST, "o", -0.08),
                ("new", SECOND, "s", 0.08),
            ):
                at = [(n + aside, value(one[which])) for n, one in enumerate(those)]
                there = [(x, y) for x, y in at if y is not None]
                axis.scatter(
                    [x for x, _ in there],
                    [y for _, y in there],
                    color=color,
                    marker=marker,
                    s=36,
                    label=f"{which} version",
                    clip_on=False,  # a point at 0 lies upon the edge
                    zorder=3,
                )
            limits = [factor * one["limits"][key] for one in those]
            axis.hlines(
                limits,
                [n - 0.35 for n in range(len(those))],
                [n + 0.35 for n in range(len(those))],
                color=INK,
                linestyle="--",
                linewidth=1,
                label="limit of the new one",
            )
            axis.set_ylabel(label)
            found = [y for one in those for w in ("old", "new") if (y := value(one[w])) is not None]
            top, beyond = _height(found, limits)
            axis.set_ylim(0, top)
            if beyond:
                axis.set_title(beyond, fontsize=9, loc="right")
            axis.set_xticks(range(len(phases)), phases)
            axis.set_xlim(-0.6, len(phases) - 0.4)
        handles, labels = axis.get_legend_handles_labels()
        _legend(figure, "outside upper center", handles, labels)

    gaps = [
        f"{one['names'][which]} in {one['phase']}"
        for one in those
        for which in ("old", "new")
        if p95(one[which]) is None
    ]
    told = "Failed requests and latency of the old and the new version, phase by phase."
    told += f" Not measured, so not drawn: {', '.join(gaps)}." if gaps else ""
    return _figure(4.4, told, draw, table.html())


def _height(found: Sequence[float], limits: Sequence[float]) -> tuple[float, str]:
    """Give how high a plot reaches, and in words the limits that lie far above it.

    One limit far above everything would press all points to the ground.
    """
    highest = max(found, default=0.0)
    near = [limit for limit in limits if limit <= 4 * highest or not highest]
    beyond = sorted({limit for limit in limits if limit not in near})
    top = 1.2 * max([highest, *near]) or 1.0
    if not beyond:
        return top, ""
    numbers = dict.fromkeys(f"{limit:.4g}" for limit in (beyond[0], beyond[-1]))
    return top, f"limit above the plot: {' to '.join(numbers)}"


def decision(
    found: Mapping[str, Any], decided: Mapping[str, Any], rules: Mapping[str, Any], file: Path
) -> str:
    """Write the page of a decision on retraining; give the summary of it, in Markdown.

    Args:
        found: What `delivery.monitoring ask` wrote.
        decided: What `delivery.decide` wrote.
        rules: The part `decision` of config/monitoring.yml.
        file: The HTML file.
    """
    title = f"Retraining: {decided['decision']}"
    windows = sorted(
<%_ if (online && batch) { _%>
        [*found["windows"], *found["versions"]],
<%_ } else { _%>
        found["windows"],
<%_ } _%>
        key=lambda one: (one["time"], one["source"]),
    )
    answers = {True: "violates", False: "fine", None: "missing"}
    days = Table(
        ["Day that ended", "Source", "Answer", "Why"],
        [
            [one["time"][:10], one["source"], answers[one["violates"]], "; ".join(one["reasons"])]
            for one in windows
        ],
    )
    needed = f"{rules['violating']} of the last {rules['of']} <% if (online) { %>days<% } else { %>versions<% } %>, the newest among them"
<%_ if (online && batch) { _%>
    own = of_versions(rules)
    of_data = f"{own['violating']} of the last {own['of']} versions, the newest among them"
<%_ } _%>
    before = [str(one)[:10] for one in found["retrainings"][-5:]]
    breaker = f"{rules['breaker']['retrainings']} within {rules['breaker']['days']} days"
    limits = [
        f"asked at {found['asked']}; watched since {found.get('since') or 'an unknown time'}",
        f"to retrain, {needed} have to violate their limits",
<%_ if (online && batch) { _%>
        f"or of the gathered data {of_data}",
<%_ } _%>
        f"the last retrainings: {', '.join(before) or 'none'}",
        f"after one, {rules['cool_down_days']} days of waiting; at {breaker} the breaker holds",
    ]
    values = sorted(
        (
            [
                *(one["time"][:10], one["source"], each["column"], each["measure"]),
                *(_number(each[key], 4) for key in ("value", "limit")),
            ]
            for one in windows
            for each in one.get("columns", [])
        ),
        key=lambda row: row[0],
        reverse=True,
    )
    heads = ["Day", "Source", "Signal", "Measure", "Value", "Limit"]
    parts = [f"<h1>{escape(title)}</h1>", _list("Why", decided["reasons"])]
    parts += ["<h2>Days</h2>", days.html(), _list("Rules", limits), "<h2>Signals</h2>"]
    lines = [f"## {title}", "", *(f"- {plain(one)}" for one in decided["reasons"]), ""]
    lines += [days.markdown(), "", *(f"- {plain(one)}" for one in limits), ""]
    if values:
        those = [
            {**one, "columns": [{**c, "column": f"{one['source']}, {c['column']}"} for c in cells]}
            for one in windows
            if (cells := one.get("columns"))
        ]
        told = "How near each signal came to its limit, day by day."
        marked = [bool(one["violates"]) for one in those]
        parts.append(_shares(those, marked, ("days within limits", "days that violate"), told))
        parts.append(Table(heads, values, (4, 5)).html())
        shown = Table(heads, values[:SHOWN], (4, 5)).markdown()
        title = f"{min(SHOWN, len(values))} of {len(values)} values of signals, the newest first"
        lines += [f"<details><summary>{title}</summary>", "", shown, "", "</details>", ""]
    told = "A source without values, such as a monitor of Azure, only says which limit was crossed."
    parts.append(f"<p>{told}</p>")
    save(file, f"Retraining: {decided['decision']}", parts)
    return "\n".join([*lines, _kept(file)])


def main(argv: list[str] | None = None) -> None:
    """Write the page, print the summary."""
    parser = argparse.ArgumentParser(description="Report a rollout, or a decision on retraining.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("rollout")
    command.add_argument("--journal", type=Path, default=JOURNAL, help="of delivery.rollout")
    command.add_argument("--to", type=Path, required=True, help="file to write (HTML)")
    command = commands.add_parser("decision")
    command.add_argument("--windows", type=Path, required=True, help="of delivery.monitoring ask")
    command.add_argument("--decision", type=Path, required=True, help="of delivery.decide")
    command.add_argument("--config", type=Path, default=Path("config/monitoring.yml"))
    command.add_argument("--to", type=Path, required=True, help="file to write (HTML)")
    options = parser.parse_args(argv)
    if options.command == "rollout":
        print(rollout(journal(options.journal), options.to))
        return
    files = (options.windows, options.decision)
    found, decided = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    rules = yaml.safe_load(options.config.read_text(encoding="utf-8"))["decision"]
    print(decision(found, decided, rules, options.to))


if __name__ == "__main__":
    main()
