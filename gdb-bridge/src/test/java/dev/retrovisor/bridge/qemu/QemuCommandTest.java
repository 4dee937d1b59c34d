// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QemuCommandTest {
    private static final BootModule GUEST = new BootModule(Path.of("guest.elf"), "a=1,2 b");
    private static final BootModule MODULE = new BootModule(Path.of("file"), " ");

    @Test
    void theWholeMachineIsOnTheCommandLine() throws Exception {
        try (SessionDirectory directory = SessionDirectory.create()) {
            assertThat(String.join(" ", QemuCommand.of(settings(true, List.of("-nic", "none")), directory)))
                    .isEqualTo("qemu -accel tcg -cpu max,-la57,-rdrand,-rdseed -machine pc -m 256 -display none"
                            + " -no-reboot -global apic-common.vapic=off -serial stdio -serial unix:" + directory.uart()
                            + ",server=on,wait=off -debugcon file:" + directory.debugConsole()
                            + " -icount shift=0,sleep=on -kernel monitor.bin"
                            + " -append uart=com2 link=uart start=stopped record=on log=64"
                            + " -initrd guest.elf a=1,,2 b,file -nic none");
        }
    }

    @Test
    void withoutIcountTheOptionIsMissing() throws Exception {
        try (SessionDirectory directory = SessionDirectory.create()) {
            assertThat(QemuCommand.of(settings(false, List.of()), directory)).doesNotContain("-icount");
        }
    }

    @Test
    void theVirtioConsoleIsADeviceOfItsOwnBesidesTheSerialPort() throws Exception {
        try (SessionDirectory directory = SessionDirectory.create()) {
            String command = String.join(" ", QemuCommand.of(settings(true, List.of(), MonitorLink.VIRTIO), directory));
            assertThat(command)
                    .contains("-serial unix:" + directory.uart())
                    .contains("-chardev socket,id=retrovisor,path=" + directory.console() + ",server=on,wait=off")
                    .contains("ioeventfd=off -device virtserialport,bus=retrovisor.0,nr=1,chardev=retrovisor ")
                    .contains(" link=virtio ");
        }
    }

    @Test
    void aModuleWhoseNameHasASpaceIsHandedOverByAnother() throws Exception {
        try (SessionDirectory directory = SessionDirectory.create()) {
            Path other = directory.nameWithoutSpaces(Path.of("my guest.elf"));
            assertThat(other.toString()).doesNotContain(" ").endsWith("my_guest.elf");
            assertThat(java.nio.file.Files.readSymbolicLink(other))
                    .isEqualTo(Path.of("my guest.elf").toAbsolutePath());
        }
    }

    private static QemuSettings settings(boolean icount, List<String> extra) {
        return settings(icount, extra, MonitorLink.UART);
    }

    private static QemuSettings settings(boolean icount, List<String> extra, MonitorLink link) {
        MonitorOptions monitor = new MonitorOptions(link, 64, false, true);
        return new QemuSettings(
                "qemu", 256, icount, Path.of("monitor.bin"), monitor, "stdio", List.of(GUEST, MODULE), extra);
    }
}
