# SPDX-License-Identifier: EPL-2.0
"""Replay that goes another way than the log is reported with both sides, and does not hang."""
import re

import pytest

from recording import recorded

pytestmark = pytest.mark.monitor

WITH_RDRAND = ["-cpu", "max,-la57"]


def test_an_input_that_cannot_be_recorded_is_reported_as_divergence():
    with recorded("unrecorded", options=WITH_RDRAND) as (machine, rsp):
        last = rsp.now()
        live = rsp.registers()
        rsp.seek("begin")
        stop = rsp.go(60)
        assert stop.signal == 6
        found = re.search(r"replay diverged at @(\d+), rip 0x[0-9a-f]+: the log has @(\d+)  port write "
                          r" 0x80/4  = 0x([0-9a-f]+) .*the guest does .*port write  0x80/4  = 0x([0-9a-f]+)",
                          stop.text)
        assert found, stop.text
        assert found[1] == found[2]
        assert found[3] != found[4]
        assert rsp.now() == int(found[1])
        assert rsp.seek("end") == last
        assert rsp.registers() == live
