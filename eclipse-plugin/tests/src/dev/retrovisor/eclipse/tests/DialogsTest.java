// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a test does in a dialog ends, also when it fails. */
@ExtendWith(TestLimit.class)
class DialogsTest {
    @Test
    void aFailureEndsTheTestThoughAnotherDialogIsOpenThanTheTestKnows() {
        AssertionError error = assertThrows(
                AssertionError.class,
                () -> Dialogs.use(
                        "none",
                        () -> {
                            throw new IllegalStateException("no such dialog");
                        },
                        DialogsTest::open,
                        shell -> fail("not used")));
        assertEquals("no such dialog", error.getCause().getMessage());
        assertNoneIsOpen();
    }

    @Test
    void aDialogIsAnsweredThatOpensLate() {
        Dialogs.answer(
                "has gone wrong",
                () -> {
                    Widgets.live(2000); // in an event loop, as a test that waits for a button to be enabled
                    open();
                },
                shell -> Dialogs.press(shell, "OK"));
        assertNoneIsOpen();
    }

    private static void open() {
        MessageDialog.openError(null, "Something else", "has gone wrong");
    }

    private static void assertNoneIsOpen() {
        assertEquals(
                1,
                Arrays.stream(Display.getCurrent().getShells())
                        .filter(Control::isVisible)
                        .count());
    }
}
