# SPDX-License-Identifier: EPL-2.0
"""Tests marked `monitor` need the monitor's image; without one they are skipped, and say so. Those marked `quiet`
compare times, or cut links, want the machine to themselves: `./retrovisor test` runs them after the others, which run side by side.

No test runs for ever: RETROVISOR_TEST_TIMEOUT seconds (400, times the pace) end it, with a message, and QEMU with it.
"""
import os

import pytest

from harness import GUESTS, MONITOR, PACE

TIMEOUT = float(os.environ.get("RETROVISOR_TEST_TIMEOUT", "400")) * PACE


def pytest_configure(config):
    if not config.pluginmanager.hasplugin("timeout"):
        raise pytest.UsageError("pytest-timeout is not installed (Debian: python3-pytest-timeout): it bounds each test")
    config.addinivalue_line("markers", "monitor: needs stub-monitor/build/monitor.bin")
    config.addinivalue_line("markers", "quiet: depends on times; not beside other tests")


def pytest_collection_modifyitems(items):
    assert (GUESTS / "hello.elf").exists(), "no guests: run make in stub-monitor/guests first"
    for item in items:
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TIMEOUT))
    if MONITOR.exists():
        return
    for item in items:
        if item.get_closest_marker("monitor"):
            item.add_marker(pytest.mark.skip(reason=f"{MONITOR.name} is not built"))
