# SPDX-License-Identifier: EPL-2.0
"""A test that hangs is ended (conftest.py)."""
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def test_a_test_that_hangs_is_ended(tmp_path):
    (tmp_path / "test_hangs.py").write_text("import time\n\n\ndef test_hangs():\n    time.sleep(100)\n")
    environment = {**os.environ, "PYTHONPATH": str(HERE), "RETROVISOR_TEST_TIMEOUT": "1", "RETROVISOR_TEST_PACE": "1"}
    done = subprocess.run(["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "conftest", "test_hangs.py"],
                          cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Failed: Timeout >1.0s" in done.stdout
