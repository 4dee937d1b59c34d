// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.LastWriter;
import dev.retrovisor.eclipse.ui.UiThread;
import dev.retrovisor.eclipse.ui.launch.Launches;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.action.IMenuManager;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ResourceLocator;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IActionBars;
import org.eclipse.ui.PlatformUI;

/** The view's tool bar and menu. */
final class IoActions {
    private static final String BUNDLE = "dev.retrovisor.eclipse.ui";

    private final Shell shell;
    private final RecordedIo io;
    private final IoPane pane;
    private final SessionLink sessions;
    private final UiThread thread;
    private final IAction goTo;
    private final IAction why;
    private final IAction back;
    private final IAction forward;
    private final IAction bookmark;
    private final MenuManager exports = new MenuManager("Export");

    IoActions(Shell shell, RecordedIo io, IoPane pane, SessionLink sessions) {
        this.shell = shell;
        this.io = io;
        this.pane = pane;
        this.sessions = sessions;
        this.thread = new UiThread(pane);
        goTo = action("Go to this instant", "instant", () -> io.instant().ifPresent(this::goTo));
        why = action("Who wrote this memory?...", "why", this::askWhoWrote);
        pane.grid().onOpen(event -> io.instantOf(event).ifPresent(this::goTo));
        back = action("Back to the instant before", "back", io::back);
        forward = action("Forward to the instant after", "forward", io::forward);
        bookmark = action("Add a bookmark here...", "bookmark", this::addBookmark);
        for (ExportForm form : ExportForm.values()) {
            exports.add(action(form.title, "export", () -> export(form)));
        }
    }

    void contribute(IActionBars bars) {
        IToolBarManager tools = bars.getToolBarManager();
        tools.add(action("Open a recording...", "recording", this::open));
        tools.add(new Separator());
        tools.add(back);
        tools.add(forward);
        tools.add(goTo);
        tools.add(bookmark);
        tools.add(why);
        tools.add(new Separator());
        tools.add(action("Zoom in", "zoom-in", () -> pane.strip().zoom(true)));
        tools.add(action("Zoom out", "zoom-out", () -> pane.strip().zoom(false)));
        tools.add(action("All of the recording", "zoom-all", io.range()::showAll));
        IMenuManager menu = bars.getMenuManager();
        menu.add(action("Show instant...", "instant", this::askInstant));
        menu.add(goTo);
        menu.add(bookmark);
        menu.add(why);
        menu.add(exports);
        update();
    }

    void update() {
        back.setEnabled(io.visited().canGoBack());
        forward.setEnabled(io.visited().canGoForward());
        goTo.setEnabled(io.instant().isPresent());
        why.setEnabled(io.file().isPresent());
        bookmark.setEnabled(io.instant().isPresent());
        exports.setVisible(io.file().isPresent());
    }

    /** With an icon of ours; SVG where the platform draws it, which it does in the sizes that are needed. */
    static IAction action(String text, String icon, Runnable what) {
        Action action = new Action(text) {
            @Override
            public void run() {
                what.run();
            }
        };
        action.setToolTipText(text);
        ResourceLocator.imageDescriptorFromBundle(BUNDLE, "icons/" + icon + ".svg")
                .ifPresent((ImageDescriptor image) -> action.setImageDescriptor(image));
        return action;
    }

    private void open() {
        FileDialog dialog = new FileDialog(shell, SWT.OPEN);
        dialog.setFilterExtensions(new String[] {"*.retro", "*"});
        String chosen = dialog.open();
        if (chosen != null) {
            io.open(Path.of(chosen));
        }
    }

    private void askInstant() {
        InputDialog dialog =
                new InputDialog(shell, "Show instant", "Instant, such as @1000000:", "@", IoActions::checkInstant);
        if (dialog.open() == Window.OK) {
            io.visit(Long.parseLong(dialog.getValue().replace("@", "")));
        }
    }

    private static String checkInstant(String text) {
        return text.matches("@?[0-9]{1,18}") ? null : "expected: @ and a number";
    }

    private void goTo(long instant) {
        if (!sessions.goTo(instant)) {
            io.file().ifPresent(file -> offerReplay(file, instant));
        }
    }

    private void offerReplay(Path file, long instant) {
        if (MessageDialog.openQuestion(
                shell,
                "Go to this instant",
                "No session replays " + file.getFileName() + ". Start a replay, and go to @" + instant + "?")) {
            sessions.goToLater(file, instant);
            Launches.debug(file);
        }
    }

    private void askWhoWrote() {
        String selected = SelectedAddress.in(
                        PlatformUI.getWorkbench().getActiveWorkbenchWindow().getSelectionService())
                .orElse("0x");
        OptionalLong before = io.instant();
        WhoWroteDialog dialog = new WhoWroteDialog(
                shell, selected, before.isPresent() ? "@" + before.getAsLong() : "the end of the recording");
        if (dialog.open() == Window.OK) {
            whoWrote(dialog.address(), dialog.length());
        }
    }

    /** Asks who wrote memory before the instant that is looked at; the answer is shown in a dialog that leads there. */
    private void whoWrote(String address, int length) {
        io.file().ifPresent(file -> new WhoWroteJob(
                        file, address, length, io.instant(), answer -> thread.later(() -> show(answer)))
                .schedule());
    }

    private void show(LastWriter answer) {
        String[] buttons =
                answer.instant().isPresent() ? new String[] {"Show its instant", "Close"} : new String[] {"Close"};
        int icon = answer.isAnswered() ? MessageDialog.INFORMATION : MessageDialog.ERROR;
        int pressed = MessageDialog.open(icon, shell, "Who wrote this memory?", answer.text(), SWT.NONE, buttons);
        if (pressed == 0) {
            answer.instant().ifPresent(io::visit);
        }
    }

    private void addBookmark() {
        OptionalLong at = io.instant();
        if (at.isPresent()) {
            InputDialog dialog = new InputDialog(
                    shell,
                    "Bookmark",
                    "A note at @" + at.getAsLong() + "; it is kept in the recording:",
                    "",
                    text -> text.isBlank() ? "expected: one line of text" : null);
            if (dialog.open() == Window.OK) {
                io.addNote(at.getAsLong(), dialog.getValue());
            }
        }
    }

    private void export(ExportForm form) {
        FileDialog dialog = new FileDialog(shell, SWT.SAVE);
        dialog.setOverwrite(true);
        dialog.setFilterExtensions(new String[] {"*." + form.suffix});
        String chosen = dialog.open();
        if (chosen != null && io.file().isPresent()) {
            new ExportJob(io.file().get(), io.filter(), form, Path.of(chosen)).schedule();
        }
    }
}
