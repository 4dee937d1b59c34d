// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

import dev.retrovisor.bridge.rsp.Bytes;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A reply to a packet with a tag, or a part of one (docs/spec/rsp-extensions.md, Tagged packets).
 *
 * @param tag of the packet that it answers
 * @param offset of {@code bytes} in the whole
 * @param length of the whole in bytes; -1 in a part other than the first
 * @param textLength how much of the whole is text for the console, and comes before the reply itself
 */
record TaggedReply(char tag, int offset, int length, int textLength, Bytes bytes) {
    private static final String MARK = "~";
    private static final int HEADER = 3;
    private static final Pattern PART = Pattern.compile("/([a-zA-Z])([0-9a-f]{1,6});");
    private static final Pattern FIRST = Pattern.compile("([a-zA-Z])([0-9a-f]{1,6}),([0-9a-f]{1,6});");
    private static final Pattern ALL = Pattern.compile("([a-zA-Z]):");

    /** True if it has a tag, or looks like it. */
    static boolean isMarked(Bytes content) {
        return content.startsWith(MARK);
    }

    /** Empty if it is damaged. */
    static Optional<TaggedReply> parse(Bytes content) {
        if (content.length() < HEADER + 2) {
            return Optional.empty();
        }
        Bytes rest = content.from(HEADER);
        int crc = crc(rest);
        if (content.at(1) != (crc & 0xff) || content.at(2) != crc >> 8) {
            return Optional.empty();
        }
        return all(rest).or(() -> first(rest)).or(() -> part(rest));
    }

    private static Optional<TaggedReply> all(Bytes rest) {
        Matcher header = ALL.matcher(rest.text());
        return header.lookingAt()
                ? Optional.of(new TaggedReply(rest.text().charAt(0), 0, rest.length() - 2, 0, rest.from(2)))
                : Optional.empty();
    }

    private static Optional<TaggedReply> first(Bytes rest) {
        Matcher header = FIRST.matcher(rest.text());
        if (!header.lookingAt()) {
            return Optional.empty();
        }
        int length = Integer.parseInt(header.group(2), 16);
        int textLength = Math.min(length, Integer.parseInt(header.group(3), 16));
        return Optional.of(new TaggedReply(header.group(1).charAt(0), 0, length, textLength, rest.from(header.end())));
    }

    private static Optional<TaggedReply> part(Bytes rest) {
        Matcher header = PART.matcher(rest.text());
        if (!header.lookingAt()) {
            return Optional.empty();
        }
        int offset = Integer.parseInt(header.group(2), 16);
        return Optional.of(new TaggedReply(header.group(1).charAt(0), offset, -1, 0, rest.from(header.end())));
    }

    boolean isPart() {
        return length < 0;
    }

    static Bytes wrap(char tag, Bytes content) {
        return mark(Bytes.ascii(tag + content.text()));
    }

    static Bytes askPart(char tag, int offset) {
        return mark(Bytes.ascii("/" + tag + Integer.toHexString(offset)));
    }

    private static Bytes mark(Bytes rest) {
        int crc = crc(rest);
        return Bytes.ascii(MARK + (char) (crc & 0xff) + (char) (crc >> 8) + rest.text());
    }

    /** The low half of a CRC-32C: the sum in a packet's frame lets one in sixteen pairs of flipped bits pass. */
    private static int crc(Bytes bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.toArray());
        return (int) (crc.getValue() & 0xffff);
    }

    /** What a whole reply consists of. */
    record Whole(Bytes text, Bytes reply) {}
}
