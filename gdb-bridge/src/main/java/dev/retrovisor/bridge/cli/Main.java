// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import picocli.CommandLine;

/** The program. */
@CommandLine.Command(
        name = "retrovisor",
        description = {"A debugger for operating systems and device drivers that looks back."},
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            RecordCommand.class,
            ReplayCommand.class,
            VerifyCommand.class,
            LsCommand.class,
            InfoCommand.class,
            LogCommand.class,
            SqlCommand.class,
            DiffCommand.class,
            WhyCommand.class,
            ExportCommand.class,
            TimelineCommand.class,
            PackCommand.class,
            MigrateCommand.class,
            NoteCommand.class,
            CompletionCommand.class,
            AttachCommand.class,
            GdbCommand.class,
            DoctorCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the session, or what was asked, ended as it should",
            "1:the session failed, or the recordings that were compared differ",
            "2:the command line is wrong",
            "3:a program is missing",
            "4:the guest's image, or a module, cannot be used",
            "5:a port or the link to the monitor failed",
            "6:a recording cannot be read or written, is damaged, or does not hold"
        })
public final class Main {
    private final IntConsumer served;

    private Main(IntConsumer served) {
        this.served = served;
    }

    public static void main(String[] arguments) {
        int code = run(arguments, writer(System.out), writer(System.err));
        System.exit(code);
    }

    private static PrintWriter writer(java.io.PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return run(arguments, out, err, port -> {});
    }

    /**
     * A command, on this thread, for a program that has the bridge inside. What a user would be told goes to {@code out} and {@code err}; nothing is read. Interrupting
     * the thread ends a session as Ctrl-C ends the program.
     *
     * @param served told the TCP port, on this thread, once debuggers can connect
     * @return the exit code
     */
    public static int run(String[] arguments, PrintWriter out, PrintWriter err, IntConsumer served) {
        CommandLine line = new CommandLine(new Main(served));
        line.setOut(out);
        line.setErr(err);
        line.setExecutionExceptionHandler(new Failures());
        line.setParameterExceptionHandler(Main::explainUsage);
        return line.execute(arguments);
    }

    /** Tells who started {@code command} that debuggers can connect at {@code port}. */
    static void serves(CommandLine.Model.CommandSpec command, int port) {
        ((Main) command.root().userObject()).served.accept(port);
    }

    private static int explainUsage(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        line.getErr()
                .println("retrovisor: " + wrong.getMessage().lines().findFirst().orElse("wrong usage") + "; see: "
                        + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number;
    }
}
