// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.ui.control.ControlView;
import dev.retrovisor.eclipse.ui.help.FirstStepsView;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.core.commands.ParameterizedCommand;
import org.eclipse.core.runtime.FileLocator;
import org.eclipse.core.runtime.IPath;
import org.eclipse.core.runtime.Platform;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.help.HelpSystem;
import org.eclipse.help.IToc;
import org.eclipse.help.ITopic;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.forms.widgets.Hyperlink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a user finds under Help. */
@ExtendWith(TestLimit.class)
class HelpTest {
    private static final String BUNDLE = "dev.retrovisor.eclipse.ui";
    private static final String SHEET = "help/first-reverse-step.xml";

    @AfterEach
    void closeViews() throws Exception {
        for (String id : List.of(FirstStepsView.ID, ControlView.ID)) {
            IViewPart view = Widgets.page().findView(id);
            if (view != null) {
                Widgets.page().hideView(view);
            }
        }
        PlatformUI.getWorkbench().showPerspective("org.eclipse.ui.resourcePerspective", window());
    }

    private static String read(InputStream page) throws Exception {
        assertNotNull(page);
        try (page) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream open(String file) throws Exception {
        return FileLocator.openStream(Platform.getBundle(BUNDLE), IPath.fromPortableString(file), false);
    }

    private static IWorkbenchWindow window() {
        return PlatformUI.getWorkbench().getActiveWorkbenchWindow();
    }

    @Test
    void eachTopicOfTheBookHasAPageWithItsTitle() throws Exception {
        IToc book = Arrays.stream(HelpSystem.getTocs())
                .filter(toc -> toc.getLabel().startsWith("Retrovisor"))
                .findFirst()
                .orElseThrow();
        assertEquals(3, book.getTopics().length);
        for (ITopic topic : book.getTopics()) {
            String page = read(open(topic.getHref().replace("/" + BUNDLE + "/", "")));
            assertTrue(page.contains("<h1>" + topic.getLabel() + "</h1>"), topic.getHref() + ": " + page);
        }
    }

    @Test
    void theMenuOpensTheWayToTheFirstReverseStep() throws Exception {
        press("First Steps with Retrovisor");
        assertEquals(
                List.of(
                        "1. Open the Debug perspective",
                        "2. Look which QEMU and which monitor are used",
                        "3. Launch a kernel",
                        "4. Step forwards",
                        "6. See what went in and out"),
                links().stream().map(Hyperlink::getText).toList());
        follow(0);
        assertEquals(
                IDebugUIConstants.ID_DEBUG_PERSPECTIVE,
                Widgets.page().getPerspective().getId());
        Widgets.page().showView(FirstStepsView.ID);
        follow(3);
        assertNotNull(Widgets.page().findView(ControlView.ID));
        Widgets.page().setEditorAreaVisible(false);
        Widgets.page().showView(FirstStepsView.ID);
        Widgets.photograph("first-steps.png");
        Widgets.page().setEditorAreaVisible(true);
    }

    private static List<Hyperlink> links() {
        return Widgets.all(Hyperlink.class).stream()
                .filter(link -> link.getText().matches("[0-9]\\. .*"))
                .toList();
    }

    private static void follow(int link) {
        Event enter = new Event();
        enter.character = '\r';
        links().get(link).notifyListeners(SWT.KeyDown, enter);
        Widgets.live(200);
    }

    private static void press(String label) {
        Menu bar = window().getShell().getMenuBar();
        Menu help = item(bar, "Help").getMenu();
        help.notifyListeners(SWT.Show, new Event());
        item(help, label).notifyListeners(SWT.Selection, new Event());
    }

    private static MenuItem item(Menu menu, String label) {
        return Arrays.stream(menu.getItems())
                .filter(item -> item.getText().replace("&", "").equals(label))
                .findFirst()
                .orElseThrow(() -> new AssertionError(label + " in "
                        + Arrays.stream(menu.getItems()).map(MenuItem::getText).toList()));
    }

    /** Those that open a dialog have only to be there. */
    @Test
    void theCommandsOfItsStepsAreThere() throws Exception {
        PlatformUI.getWorkbench().showPerspective(IDebugUIConstants.ID_DEBUG_PERSPECTIVE, window()); // the first step
        String sheet = read(open(SHEET));
        ICommandService commands = PlatformUI.getWorkbench().getService(ICommandService.class);
        Matcher found = Pattern.compile("serialization=\"([^\"]+)\"").matcher(sheet);
        int count = 0;
        for (; found.find(); count++) {
            ParameterizedCommand command = commands.deserialize(found.group(1));
            assertTrue(command.getCommand().isDefined() && command.getCommand().isEnabled(), found.group(1));
        }
        assertEquals(5, count);
    }
}
