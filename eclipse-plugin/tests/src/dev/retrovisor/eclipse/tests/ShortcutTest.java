// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static dev.retrovisor.eclipse.tests.TestLaunches.TICKS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.Sessions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.core.expressions.EvaluationContext;
import org.eclipse.core.expressions.EvaluationResult;
import org.eclipse.core.expressions.ExpressionConverter;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.IPath;
import org.eclipse.core.runtime.Platform;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.ILaunchShortcut;
import org.eclipse.jface.viewers.StructuredSelection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** <em>Debug As &gt; OS under Retrovisor</em>: the files that it is offered for, and what it launches. */
@ExtendWith(TestLimit.class)
class ShortcutTest {
    @RegisterExtension
    final Launching launching = new Launching();

    @TempDir
    private Path folder;

    private IProject project;
    private IConfigurationElement shortcut;

    @BeforeEach
    void makeProject() throws Exception {
        project = ResourcesPlugin.getWorkspace().getRoot().getProject("guests");
        project.create(null);
        project.open(null);
        shortcut = Arrays.stream(Platform.getExtensionRegistry()
                        .getConfigurationElementsFor("org.eclipse.debug.ui.launchShortcuts"))
                .filter(one -> "dev.retrovisor.shortcut".equals(one.getAttribute("id")))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void removeProject() throws Exception {
        launching.end();
        project.delete(true, true, null);
    }

    private IFile link(String name, Path target) throws Exception {
        IFile file = project.getFile(name);
        file.createLink(IPath.fromPath(target), IResource.ALLOW_MISSING_LOCAL, null);
        return file;
    }

    private boolean isOffered(String name) throws Exception {
        IFile file = link(name, folder.resolve(name));
        EvaluationContext context = new EvaluationContext(null, List.of(file));
        context.addVariable("selection", List.of(file));
        context.setAllowPluginActivation(true);
        IConfigurationElement condition =
                shortcut.getChildren("contextualLaunch")[0].getChildren("enablement")[0];
        return ExpressionConverter.getDefault().perform(condition).evaluate(context) == EvaluationResult.TRUE;
    }

    private void debug(IFile file) throws Exception {
        ((ILaunchShortcut) shortcut.createExecutableExtension("class"))
                .launch(new StructuredSelection(file), ILaunchManager.DEBUG_MODE);
    }

    private static ILaunchConfiguration[] configurations() throws Exception {
        return DebugPlugin.getDefault().getLaunchManager().getLaunchConfigurations();
    }

    @Test
    void itIsOfferedForGuestsAndRecordingsOnly() throws Exception {
        for (String name : List.of(
                "kernel.elf", "crash.retro", "cd.iso", "disk.img", "disk.qcow2", "vmlinuz-6.1.0-amd64", "bzImage")) {
            assertEquals(true, isOffered(name), name);
        }
        for (String name : List.of("kernel.c", "notes.txt", "elf", "kernel.elf.bak")) {
            assertEquals(false, isOffered(name), name);
        }
    }

    @Test
    void aKernelIsLaunchedByOneConfigurationHoweverOften() throws Exception {
        IFile file = link("ticks.elf", TICKS);
        debug(file);
        Widgets.await(() -> "a session", () -> Sessions.newest().isPresent());
        Session session = Sessions.newest().orElseThrow();
        assertEquals("ticks.elf", session.name());
        session.step().get();
        assertEquals(1, session.instant().orElseThrow());
        DebugPlugin.getDefault().getLaunchManager().getLaunches()[0].terminate();
        Widgets.await(() -> "the end", () -> Sessions.active().isEmpty());
        debug(file);
        Widgets.await(() -> "another session", () -> Sessions.newest().isPresent());
        assertEquals(1, configurations().length);
        assertEquals(TICKS.toString(), configurations()[0].getAttribute(LaunchSettings.GUEST, ""));
    }

    @Test
    void aRecordingIsReplayed() throws Exception {
        Path recording = folder.resolve("ticks.retro");
        Session live = launching.launched(launching.configuration(
                "record",
                Map.of(
                        LaunchSettings.GUEST, TICKS.toString(),
                        LaunchSettings.RECORD, LaunchSettings.TO_FILE,
                        LaunchSettings.OUTPUT, recording.toString())));
        live.step().get();
        live.step().get();
        launching.end();
        debug(link("ticks.retro", recording));
        Widgets.await(() -> "the replay", () -> Sessions.newest().isPresent());
        Session replay = Sessions.newest().orElseThrow();
        assertEquals(recording, replay.recording().orElseThrow());
        assertEquals(2, replay.goTo("end").get());
    }
}
