"""An online endpoint on this machine: it really splits and mirrors the requests that come in.

It listens on loopback only. A deployment is an address here, whatever answers there.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

HOST = "127.0.0.1"
# In a request it names the deployment to ask, in an answer the one that was asked; so on Azure.
HEADER = "azureml-model-deployment"
PATIENCE = 30.0

Shares = dict[str, int]


class Counted(NamedTuple):
    """One request that a deployment was asked: when it came (UTC), how it ended, how long it took.

    A status of 502 says that the deployment did not answer.
    """

    time: datetime
    deployment: str
    status: int
    milliseconds: float
    mirrored: bool


class Split:
    """Choose among names by shares in percent: every 100 choices in a row hold them exactly."""

    def __init__(self, shares: Shares) -> None:
        """What the shares leave of 100 chooses nobody."""
        self.shares = {name: share for name, share in shares.items() if share > 0}
        self._credit = Counter({"": 0})

    def choose(self) -> str | None:
        """Give the name that is furthest behind its share."""
        self._credit.update({**self.shares, "": 100 - sum(self.shares.values())})
        chosen = max(self._credit, key=lambda name: self._credit[name])
        self._credit[chosen] -= 100
        return chosen or None


class LocalEndpoint:
    """A proxy in front of the deployments of one endpoint, with threads of its own until closed."""

    def __init__(self) -> None:
        """Listen; until there is traffic every request is answered 404, as on Azure."""
        self._lock = threading.Condition()
        self._addresses: dict[str, str] = {}
        self._live, self._mirror = Split({}), Split({})
        self._busy: Counter[str] = Counter()
        self._counted: list[Counted] = []
        self._copies = ThreadPoolExecutor(4)
        self._server = _Server(self)
        self.address = f"http://{HOST}:{self._server.server_address[1]}/score"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def route(self, addresses: dict[str, str], live: Shares, mirror: Shares) -> None:
        """Take over addresses by deployment, and shares of live and of copied requests."""
        with self._lock:
            self._addresses, self._live, self._mirror = dict(addresses), Split(live), Split(mirror)

    def counted(self) -> list[Counted]:
        """Give the requests so far, the copied ones too, in the order in which they ended."""
        with self._lock:
            return list(self._counted)

    def drain(self, deployment: str) -> None:
        """Wait until a deployment has answered what it was asked; raises TimeoutError."""
        with self._lock:
            if not self._lock.wait_for(lambda: not self._busy[deployment], PATIENCE):
                raise TimeoutError(f"{deployment} still answers after {PATIENCE:.0f} seconds")

    def close(self) -> None:
        """Stop listening, and wait for what is under way."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._copies.shutdown()

    def ask(self, path: str, body: bytes, named: str | None) -> tuple[int, bytes, str]:
        """Answer one request: status, body, and the deployment that was asked ("" if none)."""
        with self._lock:
            # A request that names its deployment is not copied.
            chosen = named or self._live.choose()
            copy = None if named else self._mirror.choose()
            if chosen not in self._addresses:
                return 404, b'{"error": "no deployment of this name, or none with traffic"}', ""
            call = self._prepare(chosen, path, body, mirrored=False)
            if copy:
                # Nobody waits for it, and its answer goes to nobody.
                self._copies.submit(self._prepare(copy, path, body, mirrored=True))
        return (*call(), chosen)

    def _prepare(
        self, deployment: str, path: str, body: bytes, *, mirrored: bool
    ) -> Callable[[], tuple[int, bytes]]:
        """Count a request as under way, under the lock; give what asks, to be called without."""
        self._busy[deployment] += 1
        address = self._addresses[deployment]

        def call() -> tuple[int, bytes]:
            began, when = time.monotonic(), datetime.now(timezone.utc)
            status, answer = _forward(address, path, body)
            took = (time.monotonic() - began) * 1000
            with self._lock:
                self._counted.append(Counted(when, deployment, status, took, mirrored))
                self._busy[deployment] -= 1
                self._lock.notify_all()
            return status, answer

        return call


def _forward(address: str, path: str, body: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 502, b'{"error": "the deployment does not answer"}'
    finally:
        connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    request_queue_size = 64

    def __init__(self, endpoint: LocalEndpoint) -> None:
        self.endpoint = endpoint
        super().__init__((HOST, 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = self.server.endpoint.ask(self.path, body, self.headers.get(HEADER))
        self.send_response(asked[0])
        for name, value in (("Content-Type", "application/json"), (HEADER, asked[2])):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(asked[1])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests are counted, and the terminal is somebody else's."""
