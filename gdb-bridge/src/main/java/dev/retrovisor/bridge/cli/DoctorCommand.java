// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Looks whether everything is there. */
@CommandLine.Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks the programs and ports that retrovisor needs, and says what to do about what is missing.")
final class DoctorCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Mixin
    private ServingOptions serving;

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        List<Finding> findings = Examination.of(serving);
        findings.forEach(out::println);
        out.flush();
        return worst(findings).number;
    }

    private static ExitCode worst(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> !finding.isGood())
                .map(Finding::exitCode)
                .findFirst()
                .orElse(ExitCode.OK);
    }
}
