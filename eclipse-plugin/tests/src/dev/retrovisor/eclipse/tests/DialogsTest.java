// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import java.util.Arrays;
import java.util.Map;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a test does in a dialog ends, also when it fails. */
@ExtendWith(TestLimit.class)
class DialogsTest {
    @RegisterExtension
    final Launching launching = new Launching();

    @Test
    void aFailureInADialogThatAsksBeforeItClosesEndsTheTest() throws Exception {
        LaunchDialog dialog = new LaunchDialog(launching.configuration("changed", Map.of()));
        AssertionError error = assertThrows(
                AssertionError.class,
                () -> dialog.open(() -> {
                    dialog.fill("Main", LaunchSettings.GUEST, "/somewhere/else.elf");
                    throw new IllegalStateException("for once");
                }));
        assertEquals("for once", error.getCause().getMessage());
        assertEquals(
                1,
                Arrays.stream(Display.getCurrent().getShells())
                        .filter(Control::isVisible)
                        .count());
    }
}
