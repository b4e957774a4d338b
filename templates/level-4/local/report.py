"""The report of the loop: one HTML file with everything in it, for a browser of any size."""

import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loop import Story

# Drawn in these, and replaced by what the style says, so that a plot follows light and dark.
INK, FAINT = "#010101", "#020202"
FIRST, SECOND, THIRD = "#2f81f7", "#2da44e", "#d4792a"
COLORS = {"blue": FIRST, "green": SECOND}
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
    body = "\n".join(parts)
    file.write_text(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(name)}: loop</title>\n<style>{STYLE}</style>\n</head>\n"
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
    items = "".join(f"<li>{escape(line)}</li>\n" for line in lines)
    return f"<h3>{escape(head[:1].upper() + head[1:])}</h3>\n<ul>\n{items}</ul>"


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
        figure.legend(loc="outside upper center", ncols=2, frameon=False)

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
        for phase in (one for one in phases if one["from"] >= began):
            axis.axvline(phase["from"] - began, color=FAINT, linewidth=0.8)
            if phase["to"] - phase["from"] > 0.02 * (last - began):
                middle = (phase["from"] + phase["to"]) / 2 - began
                where = {"rotation": 90, "ha": "center", "va": "bottom", "fontsize": 9}
                axis.text(middle, top, phase["name"], **where)
        axis.set_ylim(0, top)
        axis.set_xlabel("seconds since the rollout began")
        axis.set_ylabel("requests per second" if seen else "files")
        if not seen:
            axis.set_yticks([])
        figure.legend(loc="outside lower center", ncols=2, frameon=False)

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
    """How near each column came to its limit, on every day."""
    ratios: dict[str, list[float | None]] = {}
    for place, window in enumerate(story.windows):
        for found in window["columns"]:
            key = f"{found['column']}: {found['measure']}"
            line = ratios.setdefault(key, [None] * len(story.windows))
            if found["value"] is not None and found["limit"]:
                line[place] = max(found["value"], 0.0) / found["limit"]
    order = sorted(ratios, key=lambda key: -max(value or 0.0 for value in ratios[key]))
    moved = [key for key in order if max(value or 0.0 for value in ratios[key]) > 0]
    shown = (moved or order)[:16]

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        for simulated, color, marker in ((False, FIRST, "o"), (True, THIRD, "D")):
            days = [n for n, window in enumerate(story.windows) if window["simulated"] == simulated]
            at = [
                (value, y)
                for y, key in enumerate(shown)
                for n in days
                if (value := ratios[key][n]) is not None
            ]
            label = "days with simulated drift" if simulated else "days as before"
            axis.scatter(
                [x for x, _ in at],
                [y for _, y in at],
                color=color,
                marker=marker,
                s=30,
                label=label,
            )
        axis.axvline(1.0, color=INK, linewidth=1, linestyle="--")
        axis.set_xscale("symlog", linthresh=1)
        axis.set_xlim(-0.05, 1.5 * max([1.0, *(v for key in shown for v in ratios[key] if v)]))
        axis.set_yticks(range(len(shown)), [name[:28] for name in map(_short, shown)], fontsize=9)
        axis.invert_yaxis()
        axis.grid(axis="y", color=FAINT, linewidth=0.6)
        axis.set_axisbelow(True)
        axis.set_xlabel("share of the limit (dashed: the limit)")
        figure.legend(loc="outside upper center", ncols=2, frameon=False)

    rows = [
        [key, *("none" if value is None else f"{value:.2f}" for value in ratios[key])]
        for key in order
    ]
    bad = [window["time"][:10] for window in story.windows if window["violates"]]
    told = f"Drift on {len(story.windows)} days, as a share of the limit of each column; that of "
    told += f"the last days is simulated. Violated on: {', '.join(bad) or 'no day'}."
    heads = ["Column and measure", *(window["time"][:10] for window in story.windows)]
    return _figure(0.28 * len(shown) + 1.4, told, draw, _table(heads, rows, range(1, len(heads))))
