"""A real browser for the evidence pack: Debian's Chromium without a window, driven over a pipe by its own protocol
(https://chromedevtools.github.io/devtools-protocol/). It notes every request and every line of the console, because a
pack makes none."""

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

ANSWER_S = 60.0
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# The pack in a base64 block is dropped into its own page.
BYTES_CHECKED = """(() => { const input = document.querySelector('input[type=file]');
    const all = new DataTransfer(); all.items.add(new File([Uint8Array.from(atob('%s'), c => c.charCodeAt(0))], 'p'));
    input.files = all.files; input.onchange(); })()"""


class BrowserFailed(Exception):
    """It does not answer, or a script in the page threw."""


class Page:
    """One tab. `requests`: what it asked for beside the file itself; `console`: what was written there, errors and
    refusals by its policy among it."""

    def __init__(self, browser: "Browser", session: str, target: str) -> None:
        self._browser, self._session, self.target = browser, session, target
        self.requests: list[str] = []
        self.console: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def load(self, file: Path) -> None:
        """Show this file; what was noted of the one before it is forgotten."""
        self.call("Page.navigate", url="about:blank")
        self._browser.drain()
        self.requests.clear()
        self.console.clear()
        self.call("Page.navigate", url=file.as_uri())

    def evaluate(self, expression: str) -> Any:
        """The value of this expression; a promise is awaited."""
        found = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise BrowserFailed(json.dumps(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    def wait_for(self, expression: str, timeout_s: float = 30.0) -> Any:
        """The first value of it that is something."""
        asked = f"""new Promise((done, failed) => {{
            const until = Date.now() + {timeout_s * 1000};
            const look = () => {{ let v; try {{ v = {expression}; }} catch (e) {{ v = null; }}
                if (v) done(v);
                else if (Date.now() > until) failed(new Error('never came'));
                else setTimeout(look, 15); }};
            look(); }})"""
        return self.evaluate(asked)

    def take(self, message: dict[str, Any]) -> None:
        """The reading thread."""
        method, params = message["method"], message.get("params", {})
        if method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith(("blob:", "data:", "about:")) and params.get("type") != "Document":
                self.requests.append(url)
        elif method == "Runtime.exceptionThrown":
            self.console.append(json.dumps(params["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled":
            self.console.append(json.dumps(params["args"])[:500])
        elif method == "Log.entryAdded":
            self.console.append(params["entry"]["text"])


class Browser:
    """Use as a context. One thread reads; any one may call."""

    def __init__(self, profile: Path) -> None:
        if CHROMIUM is None:
            raise BrowserFailed("there is no chromium here: run installer/system-packages.sh")
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        shell = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        # A test may run as root, where the sandbox refuses to start; what it loads is the test's own file.
        command = [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--autoplay-policy=no-user-gesture-required", f"--user-data-dir={profile}", "--remote-debugging-pipe",
            "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "chromium", str(to_browser), str(from_browser), *command],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._answers: dict[int, Queue[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}
        self._next, self._lock = 0, threading.Lock()
        self._reader = threading.Thread(target=self._read, name="chromium", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(BrowserFailed, OSError):
            self.call("Browser.close", timeout_s=5.0)
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # its own group: what it started ends with it
            self._process.wait()
        os.close(self._out)
        self._reader.join(5.0)
        os.close(self._in)

    def page(self) -> Page:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        self._pages[session] = page
        return page

    def call(self, method: str, session: str = "", timeout_s: float = ANSWER_S, **params: Any) -> dict[str, Any]:
        with self._lock:
            self._next += 1
            number, answers = self._next, Queue[dict[str, Any]]()
            self._answers[number] = answers
            message: dict[str, Any] = {"id": number, "method": method, "params": params}
            if session:
                message["sessionId"] = session
            data = json.dumps(message).encode() + b"\0"
            while data:
                data = data[os.write(self._out, data) :]
        try:
            answer = answers.get(timeout=timeout_s)
        except Empty:
            raise BrowserFailed(f"no answer to {method}") from None
        finally:
            self._answers.pop(number, None)
        if "error" in answer:
            raise BrowserFailed(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def drain(self) -> None:
        """Everything that happened before is noted: the protocol keeps the order."""
        self.call("Browser.getVersion")

    def _read(self) -> None:
        waiting = bytearray()
        while block := _read_some(self._in):
            waiting += block
            *whole, rest = bytes(waiting).split(b"\0")
            waiting = bytearray(rest)
            for one in whole:
                self._take(json.loads(one))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            if (answers := self._answers.get(message["id"])) is not None:
                answers.put(message)
        elif (page := self._pages.get(message.get("sessionId", ""))) is not None:
            page.take(message)


def _read_some(handle: int) -> bytes:
    try:
        return os.read(handle, 1 << 20)
    except OSError:
        return b""


Opened = Callable[[], Page]
