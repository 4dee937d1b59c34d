// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.RGB;

/** A colour that is drawn on the theme's background: one for a light theme, one for a dark one. */
record Shade(Color onLight, Color onDark) {
    static Shade of(int onLight, int onDark) {
        return new Shade(colour(onLight), colour(onDark));
    }

    private static Color colour(int rgb) {
        return new Color(rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff);
    }

    /** Not to be disposed of. */
    Color on(Color background) {
        return isDark(background.getRGB()) ? onDark : onLight;
    }

    private static boolean isDark(RGB background) {
        return background.red + background.green + background.blue < 3 * 128;
    }
}
