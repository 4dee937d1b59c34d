// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrovisor.bridge.files.ServedFiles;
import dev.retrovisor.bridge.link.LinkListener;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.rsp.Bytes;
import dev.retrovisor.bridge.rsp.FrameEncoder;
import dev.retrovisor.bridge.testing.Debugger;
import dev.retrovisor.bridge.testing.FakeMonitor;
import dev.retrovisor.bridge.testing.PipeLink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged, cut and invented packets on the bridge's port. RETROVISOR_FUZZ_PACKETS and _SEED say how many, and which. */
@Timeout(600)
final class FuzzTest {
    private static final int PACKETS = number("RETROVISOR_FUZZ_PACKETS", 20_000);
    private static final int SEED = number("RETROVISOR_FUZZ_SEED", 1);
    private static final int IN_ONE_CONNECTION = 20;

    private static final List<String> SEEDS = List.of(
            "qSupported:swbreak+;hwbreak+;error-message+",
            "?",
            "g",
            "p10",
            "P10=0011223344556677",
            "G0011",
            "m8000,40",
            "x8000,40",
            "M8000,4:00112233",
            "X8000,4:abcd",
            "vCont;s:1",
            "vCont;r1000,2000:1",
            "s",
            "bs",
            "Z0,1000,1",
            "z0,1000,1",
            "Z0,1000,1;X3,220027",
            "qRcmd,627269646765207374617475730a",
            "qRcmd,62726964676520636f6e74726f6c",
            "qRcmd,737461747573",
            "qXfer:features:read:target.xml:0,ffb",
            "qXfer:exec-file:read:1:0,ff",
            "vFile:open:7e,0,0",
            "vFile:pread:1,40,0",
            "vFile:fstat:1",
            "vFile:close:1",
            "QRetro.PhysicalMemory:1",
            "QStartNoAckMode",
            "Hg0",
            "D",
            "k",
            "vMustReplyEmpty");

    private final Random random = new Random(SEED);
    private int sent;

    @Test
    void noStreamOfBytesStopsTheBridgeFromServingTheNextClient() throws Exception {
        PipeLink[] wire = PipeLink.pair(bytes -> bytes, true);
        FakeMonitor.start(wire[1]);
        ServedFiles files = ServedFiles.none().withProgram(Path.of("/bin/true"));
        try (LinkListener listener = LinkListener.onLoopback(0);
                BridgeServer server = BridgeServer.start(
                        wire[0], new Serving(List.of(listener), files, java.util.Optional.empty()))) {
            for (int round = 0; sent < PACKETS; round++) {
                molest(server.port());
                if (round % 20 == 0) {
                    assertServes(server.port());
                }
            }
            assertServes(server.port());
        }
    }

    private static void assertServes(int port) throws Exception {
        try (Debugger debugger = Debugger.connect(port)) {
            assertThat(debugger.ask("qSupported:swbreak+")).contains("PacketSize=");
            debugger.send("?");
            assertThat(debugger.answer()).startsWith("T");
            assertThat(debugger.ask("m90000,4")).isEqualTo("00010203");
        }
    }

    private void molest(int port) throws Exception {
        try (Debugger fuzz = Debugger.connect(port)) {
            for (int i = 0; i < IN_ONE_CONNECTION; i++) {
                fuzz.raw(stream());
                sent++;
                if (i % 10 == 9) {
                    fuzz.hears(Duration.ofMillis(5));
                }
            }
        } catch (LinkLostException dropped) {
            // As it should be, for what is no RSP and for damage without acknowledgements.
        }
    }

    private String stream() {
        String content = mutated(SEEDS.get(random.nextInt(SEEDS.size())));
        String frame = new String(FrameEncoder.packet(Bytes.ascii(content)), StandardCharsets.ISO_8859_1);
        return switch (random.nextInt(8)) {
            case 0 -> mutated(frame);
            case 1 -> frame.substring(0, random.nextInt(frame.length()));
            case 2 -> frame + "\u0003+";
            default -> frame;
        };
    }

    private String mutated(String text) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = random.nextInt(4); i > 0 && changed.length() > 0; i--) {
            int at = random.nextInt(changed.length());
            switch (random.nextInt(4)) {
                case 0 -> changed.setCharAt(at, (char) random.nextInt(256));
                case 1 -> changed.deleteCharAt(at);
                case 2 -> changed.insert(at, "f".repeat(random.nextInt(20)));
                default -> changed.insert(at, changed.substring(at));
            }
        }
        return changed.toString();
    }

    private static int number(String variable, int otherwise) {
        String value = System.getenv(variable);
        return value == null ? otherwise : Integer.parseInt(value);
    }
}
