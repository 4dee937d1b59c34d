# SPDX-License-Identifier: EPL-2.0
"""Tests marked `monitor` need the monitor's image; without one they are skipped, and say so."""
import pytest

from harness import GUESTS, MONITOR


def pytest_configure(config):
    config.addinivalue_line("markers", "monitor: needs stub-monitor/build/monitor.bin")


def pytest_collection_modifyitems(items):
    assert (GUESTS / "hello.elf").exists(), "no guests: run make in stub-monitor/guests first"
    if MONITOR.exists():
        return
    for item in items:
        if item.get_closest_marker("monitor"):
            item.add_marker(pytest.mark.skip(reason=f"{MONITOR.name} is not built"))
