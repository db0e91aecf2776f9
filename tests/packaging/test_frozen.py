"""A product frozen with PyInstaller: our hook takes data and plugins along, and the service starts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
PRODUCT = "from kaigo_gateway.cli import main\nif __name__ == '__main__':\n    main()\n"


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """The program of a vendor who needs nothing but our hook."""
    pytest.importorskip("PyInstaller", reason="PyInstaller is not installed (pip install pyinstaller)")
    folder = tmp_path_factory.mktemp("frozen")
    (folder / "product.py").write_text(PRODUCT)
    command = [
        sys.executable,
        "-m",
        "PyInstaller",
        "--onedir",
        "--noconfirm",
        "--log-level",
        "ERROR",
        "product.py",
    ]
    subprocess.run(command, cwd=folder, check=True, timeout=380)
    return folder / "dist" / "product" / "product"


def environment(home):
    return {**os.environ, "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "PYTHONPATH": ""}


def test_a_frozen_product_has_every_plugin_and_says_so(product, tmp_path):
    done = subprocess.run(
        [product, "doctor", "--json"], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    report = json.loads(done.stdout)
    (plugins,) = [each for each in report["results"] if each["check_id"] == "doctor.plugins"]
    assert plugins["reason_code"] == "DOCTOR_PLUGINS"


def test_a_frozen_product_serves_page_and_api(product, tmp_path):
    import urllib.request

    child = subprocess.Popen(
        [product, "--lang", "en", "serve", "--port", "0"],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", child.stdout.readline())[0]
        for path in ("/api/v1/health", "/api/openapi.json", "/static/app.css", "/login"):
            with urllib.request.urlopen(address + path) as answer:
                assert answer.status == 200, path
    finally:
        child.terminate()
        assert child.wait(20) == 0
        child.stdout.close()
