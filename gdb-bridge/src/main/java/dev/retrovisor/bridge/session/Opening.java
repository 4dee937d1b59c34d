// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.session;

import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.server.Inquirer;
import dev.retrovisor.bridge.server.MonitorDialogue;
import java.util.Optional;

/** What is done with a monitor that answers, before debuggers are served; its guest is stopped. */
public interface Opening {
    /** Who asks the monitor while debuggers are served, if anybody. */
    Optional<Inquirer> open(MonitorDialogue monitor) throws SessionException, LinkLostException;

    /** Before QEMU is ended from here: by Ctrl-C, or because the session is closed. */
    default void beforeEnd() throws InterruptedException {}

    /** Nothing. */
    static Opening none() {
        return monitor -> Optional.empty();
    }
}
