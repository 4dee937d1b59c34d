# SPDX-License-Identifier: EPL-2.0
"""A device told to write over the monitor: with an IOMMU it cannot, and the monitor says so."""
import re

import pytest

from harness import MonitoredGuest
from test_attacks import check_alive

pytestmark = pytest.mark.monitor

EDU = ["-device", "edu"]
INTEL = ["-machine", "q35,kernel-irqchip=off", "-device", "intel-iommu", *EDU]
AMD = ["-machine", "q35,kernel-irqchip=off", "-device", "amd-iommu", *EDU]
MODES = pytest.mark.parametrize("record", ["off", "on"], ids=["live", "recorded"])


@MODES
@pytest.mark.parametrize("unit", ["intel", "amd"])
def test_dma_to_the_monitor_is_blocked_and_reported(record, unit):
    options = INTEL if unit == "intel" else AMD
    with MonitoredGuest("dma", record=record, options=options, icount=record == "on") as machine, \
            machine.rsp() as rsp:
        digest = rsp.monitor_digest()
        before = rsp.monitor("status")
        assert "dma the monitor's memory is out of the devices' reach (IOMMU)" in before
        assert not [line for line in before if line.startswith("dma blocked")]
        rsp.resume("c")
        target = int(machine.wait_printed("target ([0-9a-f]+)$", 60).group(1), 16)
        assert machine.wait_printed(r"^dma: arrived (\S+ \S+)$", 120).group(1) == "5a 5a"
        machine.wait_printed("^dma: done ")
        rsp.interrupt()
        blocked = [line for line in rsp.monitor("status") if line.startswith("dma blocked")]
        assert re.fullmatch(rf"dma blocked: device 00:\d+\.0, write of page 0x{target:x} .*" if unit == "intel"
                            else "dma blocked: an access; the unit does not tell whose", blocked[0])
        check_alive(rsp, digest)


@MODES
def test_registers_moved_over_the_monitor_reach_nothing(record):
    with MonitoredGuest("dma", "bar", record=record, options=EDU) as machine, machine.rsp() as rsp:
        digest = rsp.monitor_digest()
        rsp.resume("c")
        target = machine.wait_printed("target ([0-9a-f]+)$").group(1)
        machine.wait_printed(f"^dma: registers at {int(target, 16) >> 20:x}00000$")
        machine.wait_printed("^dma: done ")
        rsp.interrupt()
        check_alive(rsp, digest)


@pytest.mark.parametrize("options, pages", [(INTEL, [0xfed90000]), (AMD, range(0xfed80000, 0xfed84000, 0x1000))],
                         ids=["intel", "amd"])
def test_guest_does_not_see_the_unit(options, pages):
    """Neither in ACPI nor at its address."""
    with MonitoredGuest("calls", record="off", options=options) as machine, machine.rsp() as rsp:
        log = "\n".join(rsp.monitor("log"))
        assert "iommu: 1 unit on" in log
        for page in pages:
            assert "not mapped" in "\n".join(rsp.monitor(f"xp {page:#x} 16"))


def test_without_an_iommu_the_status_says_what_that_means():
    with MonitoredGuest("calls", record="off") as machine, machine.rsp() as rsp:
        assert "dma no IOMMU: a device can write the monitor's memory" in rsp.monitor("status")
