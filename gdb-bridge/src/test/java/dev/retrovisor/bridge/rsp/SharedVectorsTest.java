// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.DecoderException;
import org.apache.commons.codec.binary.Hex;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The monitor's codec, in C, is tested against the same files. */
final class SharedVectorsTest {
    private static final Path DIRECTORY = Path.of(System.getProperty("retrovisor.home"), "testdata", "rsp");

    static Stream<String> framing() throws IOException {
        return vectors("framing.txt");
    }

    static Stream<String> replies() throws IOException {
        return vectors("replies.txt");
    }

    static Stream<String> decoding() throws IOException {
        return vectors("decoding.txt");
    }

    @ParameterizedTest
    @MethodSource("framing")
    void framingIsAsTheSharedVectorsSay(String vector) throws DecoderException {
        String[] fields = vector.split(" +", -1);
        Bytes payload = bytes(fields[1].replace("-", ""));
        Bytes wire = bytes(fields[2]);
        assertThat(Bytes.of(FrameEncoder.packet(payload))).isEqualTo(wire);
        assertThat(results(wire)).containsExactly("packet:" + Hex.encodeHexString(payload.toArray()));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void repliesAreAsTheSharedVectorsSay(String vector) throws DecoderException {
        String[] fields = vector.split(" +", -1);
        Bytes payload = bytes(fields[1]);
        Bytes wire = bytes(fields[2]);
        assertThat(Bytes.of(FrameEncoder.shortPacket(payload))).isEqualTo(wire);
        assertThat(results(FrameDecoder.ofReplies(), wire))
                .containsExactly("packet:" + Hex.encodeHexString(payload.toArray()));
    }

    @ParameterizedTest
    @MethodSource("decoding")
    void decodingIsAsTheSharedVectorsSay(String vector) throws DecoderException {
        List<String> fields = List.of(vector.split(" +", -1));
        List<String> expected = fields.get(2).equals("-") ? List.of() : fields.subList(2, fields.size());
        assertThat(results(bytes(fields.get(1)))).isEqualTo(expected);
    }

    private static Stream<String> vectors(String file) throws IOException {
        return Files.readAllLines(DIRECTORY.resolve(file)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(String::strip);
    }

    private static Bytes bytes(String hex) throws DecoderException {
        return Bytes.of(Hex.decodeHex(hex));
    }

    private static List<String> results(Bytes wire) {
        return results(FrameDecoder.ofCommands(), wire);
    }

    private static List<String> results(FrameDecoder decoder, Bytes wire) {
        List<String> results = new ArrayList<>();
        decoder.decode(wire.toArray(), wire.length(), event -> event.accept(new Namer(results)));
        return results;
    }

    private record Namer(List<String> results) implements RspEvent.Handler<Boolean, RuntimeException> {
        @Override
        public Boolean ack() {
            return results.add("ack");
        }

        @Override
        public Boolean nak() {
            return results.add("nak");
        }

        @Override
        public Boolean interrupt() {
            return results.add("break");
        }

        @Override
        public Boolean packet(Bytes content) {
            return results.add("packet:" + Hex.encodeHexString(content.toArray()));
        }

        @Override
        public Boolean notification(Bytes content) {
            return results.add("notification");
        }

        @Override
        public Boolean damaged(String why) {
            return results.add("damaged");
        }

        @Override
        public Boolean noise(int value) {
            return false;
        }
    }
}
