// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.server;

/** Whether packets get tags, and which. On a line that does much damage, upper-case ones: replies come in short parts. */
final class Tags {
    private static final int LETTERS = 26;
    private static final int PENALTY = 8;
    private static final int WORST = 64;
    private static final int BAD = 12;

    private enum Use {
        UNKNOWN,
        NO,
        YES
    }

    private Use use = Use.NO;
    private int letter;
    private int damage = WORST;

    /** The next packet gets one; its reply shows whether they are understood. */
    void tryThem() {
        use = Use.UNKNOWN;
    }

    char next() {
        if (use == Use.NO) {
            return Exchange.UNTAGGED;
        }
        letter = (letter + 1) % LETTERS;
        return (char) ((damage > BAD ? 'A' : 'a') + letter);
    }

    boolean areUsed() {
        return use == Use.YES;
    }

    boolean areUnknown() {
        return use == Use.UNKNOWN;
    }

    void areUnderstood() {
        use = Use.YES;
    }

    void areNotUnderstood() {
        use = Use.NO;
    }

    /** Something did not come as it was sent. */
    void damaged() {
        damage = Math.min(WORST, damage + PENALTY);
    }

    /** Something came. */
    void good() {
        damage = Math.max(0, damage - 1);
    }
}
