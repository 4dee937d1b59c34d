// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import java.util.function.LongConsumer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Slider;

/** A scroll bar for more rows than an int has numbers. */
final class RowSlider {
    private static final int MOST = 1 << 30;

    private final Slider slider;
    private long rowsAStep = 1;

    RowSlider(Composite parent, LongConsumer scrolled) {
        slider = new Slider(parent, SWT.VERTICAL);
        slider.setLayoutData(new GridData(SWT.FILL, SWT.FILL, false, true));
        slider.addListener(SWT.Selection, event -> scrolled.accept(slider.getSelection() * rowsAStep));
    }

    /** Rows {@code top} to {@code top + height} of {@code count} are seen. */
    void show(long top, int height, long count) {
        rowsAStep = count / MOST + 1;
        int thumb = (int) Math.max(1, height / rowsAStep);
        int most = (int) Math.max(thumb, count / rowsAStep);
        slider.setEnabled(count > height);
        slider.setValues((int) (top / rowsAStep), 0, most, thumb, 1, thumb);
    }
}
