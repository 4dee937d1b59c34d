// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import java.io.ByteArrayOutputStream;

/** Escapes what would read as framing and, if asked, shortens runs; the other half of {@link ContentDecoder}. */
final class ContentEncoder {
    private ContentEncoder() {}

    static byte[] escape(Bytes content) {
        if (isPlain(content)) {
            return content.toArray();
        }
        ByteArrayOutputStream wire = new ByteArrayOutputStream(content.length());
        for (int i = 0; i < content.length(); i++) {
            put(wire, content.at(i));
        }
        return wire.toByteArray();
    }

    static byte[] escapeAndShorten(Bytes content) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream(content.length());
        int i = 0;
        while (i < content.length()) {
            // gdb repeats what stands on the wire before it takes escapes away: an escaped byte begins no run.
            int copies = Wire.mustBeEscaped(content.at(i)) ? 0 : usableCopies(copiesAfter(content, i));
            put(wire, content.at(i));
            if (copies >= Wire.RUN_MIN) {
                wire.write(Wire.RUN);
                wire.write(copies + Wire.RUN_BIAS);
                i += copies;
            }
            i++;
        }
        return wire.toByteArray();
    }

    /** Most contents are, and long ones are many: a dump of memory. */
    private static boolean isPlain(Bytes content) {
        for (int i = 0; i < content.length(); i++) {
            if (Wire.mustBeEscaped(content.at(i))) {
                return false;
            }
        }
        return true;
    }

    private static void put(ByteArrayOutputStream wire, int b) {
        if (Wire.mustBeEscaped(b)) {
            wire.write(Wire.ESCAPE);
            wire.write(b ^ Wire.ESCAPE_XOR);
        } else {
            wire.write(b);
        }
    }

    private static int copiesAfter(Bytes content, int start) {
        int copies = 0;
        while (copies < Wire.RUN_MAX
                && start + copies + 1 < content.length()
                && content.at(start + copies + 1) == content.at(start)) {
            copies++;
        }
        return copies;
    }

    /** The longest run up to {@code copies} whose count may be written. */
    private static int usableCopies(int copies) {
        int usable = copies;
        while (usable >= Wire.RUN_MIN && !Wire.isRunCharacter(usable + Wire.RUN_BIAS)) {
            usable--;
        }
        return usable;
    }
}
