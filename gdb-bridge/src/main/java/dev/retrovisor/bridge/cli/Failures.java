// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.demo.DemoException;
import dev.retrovisor.bridge.link.LinkLostException;
import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.qemu.GuestImageException;
import dev.retrovisor.bridge.qemu.ProgramMissingException;
import dev.retrovisor.bridge.qemu.QemuException;
import dev.retrovisor.bridge.session.MonitorSilentException;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.RecordingException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The one place where an exception becomes a message and an exit code. */
final class Failures implements CommandLine.IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private static final Map<Class<? extends Exception>, ExitCode> CODES = Map.of(
            RecordingException.class, ExitCode.BAD_RECORDING,
            DemoException.class, ExitCode.SESSION_FAILED,
            SessionException.class, ExitCode.SESSION_FAILED,
            QemuException.class, ExitCode.SESSION_FAILED,
            ProgramMissingException.class, ExitCode.PROGRAM_MISSING,
            GuestImageException.class, ExitCode.BAD_GUEST_IMAGE,
            LinkOpenException.class, ExitCode.LINK_FAILED,
            LinkLostException.class, ExitCode.LINK_FAILED,
            MonitorSilentException.class, ExitCode.LINK_FAILED);

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
        if (failure instanceof InterruptedException) {
            line.getErr().println("retrovisor: ended");
            return ExitCode.OK.number;
        }
        ExitCode code = CODES.get(failure.getClass());
        if (code == null) {
            LOG.error("this is a defect of retrovisor", failure);
            return ExitCode.SESSION_FAILED.number;
        }
        LOG.debug("failed", failure);
        line.getErr().println("retrovisor: " + failure.getMessage());
        return code.number;
    }
}
