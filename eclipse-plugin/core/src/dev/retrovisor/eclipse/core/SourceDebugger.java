// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core;

import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.Platform;
import org.eclipse.debug.core.model.ILaunchConfigurationDelegate2;

/**
 * The debugger with sources that another bundle may contribute (the one for CDT does). The launch delegate makes its launch by the contributed delegate's
 * {@code getLaunch}, starts the session, sets the attributes below on the launch, and then calls the contributed delegate's {@code launch}. The session stays the
 * launch's own: it ends when the launch is terminated.
 */
public final class SourceDebugger {
    /**
     * The extension point: {@code <debugger class="..." sourcePathComputer="..."/>}, an {@link ILaunchConfigurationDelegate2}, and the id of the source path computer
     * that says where it looks for sources by default.
     */
    public static final String POINT = "dev.retrovisor.eclipse.core.sourceDebugger";

    /** Attribute of a launch: the TCP port on localhost where its session serves debuggers, in decimal. */
    public static final String PORT = "dev.retrovisor.port";

    /** Attribute of a launch: the absolute path of the ELF file with the guest's symbols; missing if there is none. */
    public static final String SYMBOLS = "dev.retrovisor.symbols";

    /** Attribute of a launch: {@code true} if the guest shall run as soon as the debugger is connected; missing if it shall stand. */
    public static final String RUNNING = "dev.retrovisor.running";

    private SourceDebugger() {}

    /** A new one, or empty where only the platform is installed. */
    public static Optional<ILaunchConfigurationDelegate2> contributed() throws CoreException {
        Optional<IConfigurationElement> one = extension();
        return one.isEmpty()
                ? Optional.empty()
                : Optional.of((ILaunchConfigurationDelegate2) one.get().createExecutableExtension("class"));
    }

    /** The id of the contributed debugger's source path computer. */
    public static Optional<String> sourcePathComputer() {
        return extension().map(one -> one.getAttribute("sourcePathComputer"));
    }

    private static Optional<IConfigurationElement> extension() {
        return Stream.of(Platform.getExtensionRegistry().getConfigurationElementsFor(POINT))
                .findFirst();
    }
}
