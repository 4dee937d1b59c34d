// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.nio.file.Path;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.widgets.Shell;

/** A picture of a window, left in the build's folder for people to look at. */
public final class Picture {
    private Picture() {}

    /** Moves the pointer where it brings up no tool tip; the interface has to live a little until one is gone. */
    public static void unhide(Shell shell) {
        shell.getDisplay().setCursorLocation(shell.toDisplay(1, shell.getClientArea().height - 1));
    }

    /** As it is on the screen now. On the user interface's thread. */
    public static Path take(Shell shell, String name) {
        Path file = Path.of(System.getProperty("retrovisor.screenshots"), name);
        Image image = new Image(shell.getDisplay(), shell.getSize().x, shell.getSize().y);
        GC gc = new GC(shell.getDisplay());
        gc.copyArea(image, shell.getLocation().x, shell.getLocation().y);
        gc.dispose();
        ImageLoader loader = new ImageLoader();
        loader.data = new ImageData[] {image.getImageData()};
        loader.save(file.toString(), SWT.IMAGE_PNG);
        image.dispose();
        return file;
    }
}
