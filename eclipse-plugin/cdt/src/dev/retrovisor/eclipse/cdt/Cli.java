// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.cdt.dsf.concurrent.ImmediateDataRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.debug.service.command.ICommandControlService;
import org.eclipse.cdt.dsf.mi.service.command.commands.CLICommand;
import org.eclipse.cdt.dsf.mi.service.command.output.MIInfo;
import org.eclipse.cdt.dsf.mi.service.command.output.MILogStreamOutput;
import org.eclipse.cdt.dsf.mi.service.command.output.MIOOBRecord;
import org.eclipse.cdt.dsf.mi.service.command.output.MIStreamRecord;

/** Commands of gdb's command line, among them those for the monitor. On the session's executor only. */
final class Cli {
    private final ICommandControlService control;

    Cli(ICommandControlService control) {
        this.control = control;
    }

    /** Runs the command and hands on what it printed; where gdb refuses it, {@code failed} is done with gdb's words. */
    void ask(String command, RequestMonitor failed, Consumer<String> answer) {
        control.queueCommand(
                new CLICommand<MIInfo>(control.getContext(), command), new ImmediateDataRequestMonitor<MIInfo>(failed) {
                    @Override
                    protected void handleSuccess() {
                        answer.accept(printed(getData()));
                    }
                });
    }

    /** Runs one after the other. */
    void run(List<String> commands, RequestMonitor done) {
        if (commands.isEmpty()) {
            done.done();
        } else {
            ask(commands.get(0), done, ignored -> run(commands.subList(1, commands.size()), done));
        }
    }

    private static String printed(MIInfo info) {
        return Arrays.stream(info.getMIOutput().getMIOOBRecords())
                .filter(record -> record instanceof MIStreamRecord && !isEcho(record))
                .map(record -> ((MIStreamRecord) record).getString())
                .collect(Collectors.joining());
    }

    /** gdb writes the command itself to its log. */
    private static boolean isEcho(MIOOBRecord record) {
        return record instanceof MILogStreamOutput;
    }
}
