"""What Azure Monitor counted at an online deployment, and whether that is good enough.

Metrics and dimensions: Microsoft.MachineLearningServices/workspaces/onlineEndpoints in the list of
supported metrics of Azure Monitor. A new value comes every minute, and minutes late.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from <%= pkg %>.azure import AzureError, az

from .endpoints import Az


@dataclass(frozen=True)
class Limits:
    """What a new deployment has to keep; see config/rollout.yml."""

    error_share: float
    p95_ms: float
    slower_than_old_factor: float
    slower_than_old_ms: float


@dataclass(frozen=True)
class Measured:
    """What was counted at one deployment.

    Attributes:
        requests: How many.
        errors: How many of them got no answer of the class 2xx.
        p95_ms: 95th percentile of the latency, the mean of its minutes; None if there is none.
    """

    requests: int
    errors: int
    p95_ms: float | None

    @property
    def error_share(self) -> float:
        """The share of requests that failed, 0 to 1."""
        return self.errors / self.requests if self.requests else 0.0

    def __str__(self) -> str:
        """Say it in a few words."""
        latency = "no latency" if self.p95_ms is None else f"p95 {self.p95_ms:.0f} ms"
        return f"{self.requests} requests, {self.errors} failed, {latency}"


def measure(endpoint_id: str, deployment: str, since: datetime, az: Az = az) -> Measured:
    """Ask what one deployment did since a time; zero requests if nothing is known yet.

    Args:
        endpoint_id: The id of the endpoint in Azure, not its name.
        deployment: The name of the deployment.
        since: An aware time; Azure Monitor begins at its minute.
        az: Runs az.

    Raises:
        AzureError: Azure refused, or the answer has another form.
    """
    which = f"deployment eq '{deployment}'"
    requests = errors = 0.0
    # The average of one minute is the count of this minute.
    by_class = f"{which} and statusCodeClass eq '*'"
    for dimensions, value in _values(endpoint_id, "RequestsPerMinute", by_class, since, az):
        requests += value
        if dimensions.get("statuscodeclass") != "2xx":
            errors += value
    latencies = [value for _, value in _values(endpoint_id, "RequestLatency_P95", which, since, az)]
    p95 = sum(latencies) / len(latencies) if latencies else None
    return Measured(round(requests), round(errors), p95)


def _values(
    endpoint_id: str, metric: str, which: str, since: datetime, az: Az
) -> Iterator[tuple[dict[str, str], float]]:
    """Give the dimensions (names in lower case, as Azure may write them) and value per minute."""
    start = since.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = az(
        *("monitor", "metrics", "list", "--resource", endpoint_id, "--metrics", metric),
        *("--filter", which, "--aggregation", "Average", "--interval", "PT1M"),
        *("--start-time", start),
    )
    try:
        for series in (series for found in answer["value"] for series in found["timeseries"]):
            dimensions = {
                str(one["name"]["value"]).lower(): str(one["value"])
                for one in series["metadatavalues"]
            }
            for minute in series["data"]:
                value: Any = minute.get("average")
                # A minute without requests has no value.
                if value is not None and math.isfinite(value):
                    yield dimensions, float(value)
    except (KeyError, TypeError) as error:
        raise AzureError(f"{metric}: an answer of another form: {str(answer)[:200]}") from error


def bounds(old: Measured | None, limits: Limits) -> dict[str, float]:
    """Give the highest error share and latency that a new deployment may have beside an old one."""
    error_share = limits.error_share + (old.error_share if old else 0.0)
    if old is None or old.p95_ms is None:
        return {"error_share": error_share, "p95_ms": limits.p95_ms}
    return {"error_share": error_share, "p95_ms": min(limits.p95_ms, slowest(old.p95_ms, limits))}


def slowest(old_ms: float, limits: Limits) -> float:
    """Give the highest latency that passes beside one of the old deployment."""
    return max(old_ms * limits.slower_than_old_factor, old_ms + limits.slower_than_old_ms)


def judge(new: Measured, old: Measured | None, limits: Limits) -> list[str]:
    """Say why a new deployment is not good enough; nothing if it is.

    Args:
        new: What was counted at it.
        old: What was counted at the old one in the same time; None if that is no measure.
        limits: What it has to keep.

    Returns:
        Sentences that name the metric, its value and its limit. Without metrics there is always
        one: what nobody measured did not pass.
    """
    if not new.requests or new.p95_ms is None:
        return [f"missing metrics: {new}"]
    reasons: list[str] = []
    limit = bounds(old, limits)["error_share"]
    if new.error_share > limit:
        reasons.append(f"error share {new.error_share:.4f} is above the limit {limit:.4f}")
    if new.p95_ms > limits.p95_ms:
        reasons.append(f"p95 latency {new.p95_ms:.0f} ms is above the limit {limits.p95_ms:.0f} ms")
    if old is not None:
        if not old.requests or old.p95_ms is None:
            return [*reasons, f"missing metrics of the old deployment: {old}"]
        most = slowest(old.p95_ms, limits)
        if new.p95_ms > most:
            reasons.append(
                f"p95 latency {new.p95_ms:.0f} ms is above the limit {most:.0f} ms, "
                f"which the old deployment's {old.p95_ms:.0f} ms set"
            )
    return reasons
