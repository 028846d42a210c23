"""JupyterLab, started for the tests, and a browser to look at it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.npm import installed, node

#: What the tests saw: kept, to be looked at.
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"

_SETTINGS = {
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
}


#: Headless Chromium with the libraries that a bare machine lacks, in a package: browsers that download themselves need
#: more than the package registries.
_CHROMIUM = ("@sparticuz/chromium", "153.0.0")


def _unpack(folder: Path) -> None:
    """Make a program of what is compressed in the package."""
    packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
    for name in ("chromium", "al2023.tar"):
        unpack = (
            "const [from, to] = process.argv.slice(1), fs = require('fs');"
            "fs.writeFileSync(to, require('zlib').brotliDecompressSync(fs.readFileSync(from)))"
        )
        command = [node() / "bin" / "node", "-e", unpack, packed / f"{name}.br", folder / name]
        subprocess.run(command, check=True)
    (folder / "chromium").chmod(0o755)
    with tarfile.open(folder / "al2023.tar") as libraries:
        libraries.extractall(folder, filter="data")
    (folder / "al2023.tar").unlink()
    shutil.rmtree(packed)


def _fonts(folder: Path) -> Path:
    """Settings by which fonts are found also where the system has none: those that matplotlib brings."""
    import matplotlib

    own = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    settings = folder / "fonts.conf"
    settings.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"<dir>/usr/share/fonts</dir><dir>{own}</dir><cachedir>{folder / 'fonts'}</cachedir>"
        "<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>"
        "<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>"
        "<match><edit name='family' mode='append_last'><string>DejaVu Sans</string></edit></match>"
        "</fontconfig>"
    )
    return settings


@contextmanager
def browser() -> Iterator[Any]:
    """A browser that reaches nothing but this machine. The environment variable CHROMIUM names another program."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="browser-") as scratch, sync_playwright() as playwright:
        environment = dict(os.environ)
        program = environment.get("CHROMIUM")
        if program is None:
            home = installed(*_CHROMIUM, Path(scratch), _unpack)
            program = str(home / "chromium")
            environment |= {
                "LD_LIBRARY_PATH": str(home / "lib"),
                "FONTCONFIG_FILE": str(_fonts(Path(scratch))),
            }
        opened = playwright.chromium.launch(
            executable_path=program,
            env=environment,
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
def jupyter_lab(folder: Path, python: str = sys.executable) -> Iterator[str]:
    """JupyterLab with nobody's settings, in a folder; its address, to which a path and a token are added.

    Args:
        folder: The folder; notebooks are in ``work`` there.
        python: The interpreter of the environment that it is installed in.
    """
    settings, runtime, work = folder / "settings", folder / "runtime", folder / "work"
    for path, content in _SETTINGS.items():
        settings.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        settings.joinpath(path).write_text(json.dumps(content))
    work.mkdir(exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "LINEAPY_"))
    }
    environment |= {
        "PATH": f"{Path(python).parent}{os.pathsep}{environment.get('PATH', '')}",
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
            [python, "-m", "jupyterlab", *options],
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
