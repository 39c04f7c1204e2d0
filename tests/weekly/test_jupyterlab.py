"""An analyst opens the weekly notebook in JupyterLab, runs all cells, and sees the chart and the tables."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from weekly.samples import NOTEBOOKS, practices

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium (.ci/run does)"),
    pytest.mark.timeout(240),
]
READY = (
    "() => window.jupyterapp?.shell.currentWidget?.context?.isReady"
    " && window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.connectionStatus === 'connected'"
)
SEEN = """() => {
  const outputs = [...document.querySelectorAll('.jp-OutputArea-output')];
  const charts = [...document.querySelectorAll('.jp-OutputArea-output img, .jp-OutputArea-output svg')];
  return {
    text: outputs.map(one => one.innerText).join('\\n'),
    errors: document.querySelectorAll('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]').length,
    warnings: document.querySelectorAll('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]').length,
    charts: charts.filter(one => one.getBoundingClientRect().width > 300).length,
    tables: document.querySelectorAll('.jp-OutputArea-output table').length,
  };
}"""
DONE = "() => document.querySelector('.jp-Notebook')?.innerText.includes('claims decided.')"


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a copy of the samples, with settings of its own."""
    desk = tmp_path / "desk"
    practices(desk / "sample_data")
    shutil.copytree(NOTEBOOKS, desk / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    settings = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    notebook = tmp_path / "settings" / "@jupyterlab" / "notebook-extension"
    notebook.mkdir()
    # Every cell stays on the page, seen or not, so that the page can be asked about all of them.
    (notebook / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    words = [
        "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=t",
        "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={desk}",
        f"--LabApp.user_settings_dir={tmp_path / 'settings'}",
    ]  # fmt: skip
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *words], env={**os.environ, **own}, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token=t")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 -- our own server
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise AssertionError("JupyterLab did not start")


def test_run_all_shows_the_charts_and_the_tables_without_a_warning(lab):
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1300, "height": 2000})
        page.goto(f"{lab}/lab/tree/notebooks/weekly_review.ipynb?token=t", timeout=90_000)
        page.wait_for_function(READY, timeout=90_000)
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_function(DONE, timeout=90_000)
        page.wait_for_timeout(1000)
        seen = page.evaluate(SEEN)
        browser.close()
    assert (seen["errors"], seen["warnings"]) == (0, 0)
    assert seen["charts"] == 2
    assert seen["tables"] >= 4
    assert "Riverside Dental Practice: week as of 23 Nov 2026" in seen["text"]
    assert "Printed totals match" in seen["text"]
