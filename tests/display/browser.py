"""JupyterLab, started for the tests, and a browser to look at it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: What the tests saw: kept, to be looked at.
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"

_SETTINGS = {
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
}


def find_browser() -> str | None:
    """Where Chromium or Chrome is: what CHROMIUM names, what is on the path, or what Playwright has installed."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    named = [os.environ.get("CHROMIUM"), *map(shutil.which, names)]
    installed = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    own = sorted(installed.glob("chromium*/*/*chrome*"))
    return next(filter(None, [*named, *(str(path) for path in own if os.access(path, os.X_OK))]), None)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser that reaches nothing but this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find_browser(),
            args=[
                "--no-sandbox",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
            ],
        )
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """JupyterLab with nobody's settings, in a folder; its address, to which a path and a token are added."""
    settings, runtime, work = folder / "settings", folder / "runtime", folder / "work"
    for path, content in _SETTINGS.items():
        settings.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        settings.joinpath(path).write_text(json.dumps(content))
    work.mkdir(exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "LINEAPY_"))
    }
    environment |= {
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "ipython"),
        "LINEAPY_HOME_DIR": str(folder / "lineapy"),
    }
    options = [
        "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--ServerApp.token=secret",
        "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={work}", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    log = folder / "jupyter.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=work,
        )  # fmt: skip
        try:
            yield _address(server, runtime, log)
        finally:
            server.terminate()
            server.wait(30)


def _address(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    for _ in range(600):
        for path in runtime.glob("jpserver-*.json"):
            try:
                return str(json.loads(path.read_text())["url"])
            except (ValueError, KeyError):  # it is still being written
                pass
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def open_notebook(page: Any, address: str, name: str) -> None:
    """Open a notebook of the server's folder, and wait for its kernel."""
    page.goto(f"{address}lab/tree/{name}?reset&token=secret")
    page.wait_for_function("window.jupyterapp !== undefined")
    page.evaluate("window.jupyterapp.started.then(() => window.jupyterapp.restored)")
    page.wait_for_function(
        "(() => { const w = window.jupyterapp.shell.currentWidget; return w && w.context && w.context.isReady &&"
        " w.sessionContext.isReady && w.sessionContext.session && w.sessionContext.session.kernel"
        " && w.sessionContext.session.kernel.status === 'idle'; })()",
        timeout=60_000,
    )


def command(page: Any, name: str, **arguments: object) -> None:
    """Execute a command of JupyterLab, and wait for it to be done."""
    page.evaluate("([name, given]) => window.jupyterapp.commands.execute(name, given)", [name, arguments])
