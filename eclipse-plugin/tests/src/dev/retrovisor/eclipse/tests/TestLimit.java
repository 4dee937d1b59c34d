// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test that does not end in {@link #SECONDS} ends this Java, and says where its threads are. The user interface's thread cannot be left to JUnit's own time limit, which
 * interrupts: an event loop, such as that of a dialog nobody answers, is not interruptible.
 */
public final class TestLimit implements BeforeEachCallback, AfterEachCallback {
    private static final int SECONDS = 300;
    private static final int ANSWER_SECONDS = 10;
    private static final int FRAMES = 25;

    private static final Timer TIMER = new Timer("test limit", true);

    private TimerTask task;

    @Override
    public void beforeEach(ExtensionContext context) {
        String test = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
        task = new TimerTask() {
            @Override
            public void run() {
                end(test);
            }
        };
        TIMER.schedule(task, TimeUnit.SECONDS.toMillis(SECONDS) * Widgets.pace());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        task.cancel();
    }

    private static void end(String test) {
        try {
            say(test + " has not ended within " + SECONDS * Widgets.pace() + " s");
            sayWhatIsOpen();
            for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(false, false)) {
                if (isOurs(thread)) {
                    say(thread.getThreadName() + ": " + thread.getThreadState());
                    Arrays.stream(thread.getStackTrace()).limit(FRAMES).forEach(frame -> say("    at " + frame));
                }
            }
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }

    private static boolean isOurs(ThreadInfo thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("dev.retrovisor."));
    }

    private static void sayWhatIsOpen() {
        Display display = PlatformUI.getWorkbench().getDisplay();
        CountDownLatch done = new CountDownLatch(1);
        display.asyncExec(() -> {
            for (Shell shell : display.getShells()) {
                if (shell.isVisible()) {
                    say("window: " + shell.getText() + " " + LaunchDialog.texts(shell));
                }
            }
            done.countDown();
        });
        try {
            if (!done.await(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                say("the user interface's thread does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** In the form of Maven's errors, which `./retrovisor test` shows. */
    private static void say(String line) {
        System.err.println("[ERROR] " + line);
    }
}
