"""An online endpoint on loopback, which really splits and mirrors the requests that come in."""

import http.client
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

HOST = "127.0.0.1"
# In a request it names the deployment to ask, in an answer the one that was asked; so on Azure.
HEADER = "azureml-model-deployment"
PATIENCE = 30.0


class Counted(NamedTuple):
    """One request to a deployment, with the time it came (UTC); 502 says that it got no answer."""

    time: datetime
    deployment: str
    status: int
    milliseconds: float
    mirrored: bool


class Split:
    """Choose among names by shares in percent: every 100 choices in a row hold them exactly."""

    def __init__(self, shares: dict[str, int]) -> None:
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
    """A proxy in front of the deployments of one endpoint, with threads of its own until stopped.

    ``counted`` has the requests so far, the copied ones too, in the order in which they ended.
    """

    def __init__(self) -> None:
        """Listen; until there is traffic every request is answered 404, as on Azure."""
        self._lock = threading.Condition()
        self._addresses: dict[str, str] = {}
        self._live, self._mirror = Split({}), Split({})
        self._busy: Counter[str] = Counter()
        self.counted: list[Counted] = []
        self._copies = ThreadPoolExecutor(4)
        self._server = _Server(self)
        self.address = f"http://{HOST}:{self._server.server_address[1]}/score"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def route(self, at: dict[str, str], live: dict[str, int], mirror: dict[str, int]) -> None:
        """Take over addresses by deployment, and shares of live and of copied requests."""
        with self._lock:
            self._addresses, self._live, self._mirror = dict(at), Split(live), Split(mirror)

    def drain(self, deployment: str) -> None:
        """Wait until a deployment has answered what it was asked; raises TimeoutError."""
        with self._lock:
            if not self._lock.wait_for(lambda: not self._busy[deployment], PATIENCE):
                raise TimeoutError(f"{deployment} still answers after {PATIENCE:.0f} seconds")

    def stop(self) -> None:
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
            self._busy.update([chosen, copy] if copy else [chosen])
            at = self._addresses
        if copy:
            self._copies.submit(self._forward, copy, at[copy], path, body, True)
        return (*self._forward(chosen, at[chosen], path, body, False), chosen)

    def _forward(
        self, deployment: str, address: str, path: str, body: bytes, mirrored: bool
    ) -> tuple[int, bytes]:
        began, when = time.monotonic(), datetime.now(timezone.utc)
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            status, text = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            status, text = 502, b'{"error": "the deployment does not answer"}'
        finally:
            connection.close()
        took = (time.monotonic() - began) * 1000
        with self._lock:
            self.counted.append(Counted(when, deployment, status, took, mirrored))
            self._busy[deployment] -= 1
            self._lock.notify_all()
        return status, text


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    request_queue_size = 64

    def __init__(self, endpoint: LocalEndpoint) -> None:
        self.endpoint = endpoint
        super().__init__((HOST, 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
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
