// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.export;

/**
 * Tells Ethernet frames from other bytes: by the type (IEEE 802.3), and by what must be true of the header behind it: the
 * checksum and length of IPv4 (RFC 791), the fixed fields of ARP (RFC 826), the version and length of IPv6 (RFC 8200).
 */
final class EthernetFrame {
    /** Bytes before the payload. */
    static final int HEADER = 14;

    /** Without the frame check sequence; no VLAN tag is looked for. */
    static final int MOST = 1514;

    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int IPV6 = 0x86dd;
    private static final int ARP_BYTES = 28;
    private static final int IPV4_LEAST = 20;
    private static final int IPV6_BYTES = 40;

    private EthernetFrame() {}

    /** The length of the frame that begins at {@code at}; 0 if none does. It may end behind {@code end}. */
    static int length(byte[] bytes, int at, int end) {
        int payload = at + HEADER;
        if (end - payload < IPV4_LEAST) {
            return 0;
        }
        int length =
                switch (word(bytes, at + 12)) {
                    case IPV4 -> ipv4(bytes, payload, end);
                    case ARP -> arp(bytes, payload, end);
                    case IPV6 -> ipv6(bytes, payload, end);
                    default -> 0;
                };
        return length == 0 || length + HEADER > MOST ? 0 : length + HEADER;
    }

    private static int ipv4(byte[] bytes, int at, int end) {
        int header = (bytes[at] & 0xf) * 4;
        int total = word(bytes, at + 2);
        if ((bytes[at] & 0xf0) != 0x40 || header < IPV4_LEAST || at + header > end || total < header) {
            return 0;
        }
        long sum = 0;
        for (int i = 0; i < header; i += 2) {
            sum += word(bytes, at + i);
        }
        return (sum & 0xffff) + (sum >> 16) == 0xffff ? total : 0;
    }

    private static int arp(byte[] bytes, int at, int end) {
        boolean fits = end - at >= ARP_BYTES
                && word(bytes, at) == 1
                && word(bytes, at + 2) == IPV4
                && word(bytes, at + 4) == 0x0604
                && (word(bytes, at + 6) == 1 || word(bytes, at + 6) == 2);
        return fits ? ARP_BYTES : 0;
    }

    private static int ipv6(byte[] bytes, int at, int end) {
        boolean fits = end - at >= IPV6_BYTES && (bytes[at] & 0xf0) == 0x60 && bytes[at + 7] != 0;
        return fits ? IPV6_BYTES + word(bytes, at + 4) : 0;
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }
}
