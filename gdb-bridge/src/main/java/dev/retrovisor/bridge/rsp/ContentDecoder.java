// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import java.util.Arrays;

/** Undoes escapes and runs; the other half of {@link ContentEncoder}. */
final class ContentDecoder {
    /** What {@code *} means: debuggers understand runs and never send one. */
    enum Runs {
        ARE_DATA,
        ARE_EXPANDED
    }

    private final byte[] wire;
    private final Runs runs;
    private byte[] content;
    private int length;
    private int position;
    private int last = -1;

    private ContentDecoder(byte[] wire, Runs runs) {
        this.wire = wire;
        this.runs = runs;
        this.content = new byte[wire.length];
    }

    static Bytes decode(byte[] wire, Runs runs) throws MalformedContentException {
        if (isPlain(wire)) {
            return Bytes.of(wire);
        }
        return new ContentDecoder(wire, runs).decode();
    }

    private static boolean isPlain(byte[] wire) {
        for (byte b : wire) {
            if (b == Wire.ESCAPE || b == Wire.RUN) {
                return false;
            }
        }
        return true;
    }

    private Bytes decode() throws MalformedContentException {
        while (position < wire.length) {
            int b = wire[position++] & 0xff;
            if (b == Wire.ESCAPE) {
                put(next("an escape at the end, with nothing escaped") ^ Wire.ESCAPE_XOR);
            } else if (b == Wire.RUN && runs == Runs.ARE_EXPANDED) {
                repeat(next("a run at the end, without its count"));
            } else {
                put(b);
            }
        }
        return Bytes.of(content, 0, length);
    }

    private int next(String otherwise) throws MalformedContentException {
        if (position == wire.length) {
            throw new MalformedContentException(position - 1, otherwise);
        }
        return wire[position++] & 0xff;
    }

    private void put(int b) {
        last = b;
        makeRoom(1);
        content[length++] = (byte) b;
    }

    private void makeRoom(int count) {
        if (length + count > content.length) {
            content = Arrays.copyOf(content, 2 * (length + count));
        }
    }

    private void repeat(int count) throws MalformedContentException {
        if (last < 0) {
            throw new MalformedContentException(position - 2, "a run with nothing to repeat before it");
        }
        if (!Wire.isRunCharacter(count)) {
            throw new MalformedContentException(
                    position - 1, String.format("run count 0x%02x (expected: 0x20 to 0x7e, none of # $ + -)", count));
        }
        int copies = count - Wire.RUN_BIAS;
        makeRoom(copies);
        Arrays.fill(content, length, length + copies, (byte) last);
        length += copies;
    }
}
