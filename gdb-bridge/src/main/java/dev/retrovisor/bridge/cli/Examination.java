// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import dev.retrovisor.bridge.link.LinkOpenException;
import dev.retrovisor.bridge.qemu.ProgramMissingException;
import dev.retrovisor.bridge.qemu.ProgramPath;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What {@link DoctorCommand} looks at. */
final class Examination {
    private static final long ANSWER_SECONDS = 20;

    private Examination() {}

    static List<Finding> of(ServingOptions serving) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.good("java", System.getProperty("java.runtime.version")));
        findings.add(program("qemu-system-x86_64", "qemu-system-x86"));
        findings.add(program("gdb", "gdb"));
        findings.add(program("setpriv", "util-linux"));
        findings.add(program("setsid", "util-linux"));
        findings.add(program("gcc", "gcc"));
        findings.add(program("make", "make"));
        findings.add(program("socat", "socat"));
        findings.add(program("python3", "python3"));
        findings.add(port(serving));
        return findings;
    }

    private static Finding program(String name, String debianPackage) {
        try {
            Path path = ProgramPath.require(name, debianPackage);
            return Finding.good(name, version(path));
        } catch (ProgramMissingException missing) {
            return new Finding(name, missing.getMessage(), ExitCode.PROGRAM_MISSING);
        }
    }

    private static Finding port(ServingOptions serving) {
        try (Listeners listeners = new Listeners(serving.listen())) {
            return Finding.good("port " + listeners.all().get(0).port(), "free");
        } catch (LinkOpenException busy) {
            return new Finding("port", busy.getMessage(), ExitCode.LINK_FAILED);
        }
    }

    /** The first line that has a number in it, of what the program says about its version. */
    private static String version(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), program.endsWith("socat") ? "-V" : "--version")
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            try (BufferedReader output = process.inputReader()) {
                String line = output.lines()
                        .filter(text -> text.matches(".*[0-9].*"))
                        .findFirst()
                        .orElse("no version");
                process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS);
                return line.strip();
            }
        } catch (IOException e) {
            return "cannot be started: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
