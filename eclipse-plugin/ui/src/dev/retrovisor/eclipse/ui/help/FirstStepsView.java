// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.help;

import java.io.IOException;
import java.io.InputStream;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.core.runtime.FileLocator;
import org.eclipse.core.runtime.IPath;
import org.eclipse.core.runtime.Status;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.forms.events.IHyperlinkListener;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.eclipse.ui.forms.widgets.ScrolledForm;
import org.eclipse.ui.forms.widgets.TableWrapData;
import org.eclipse.ui.forms.widgets.TableWrapLayout;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.part.ViewPart;
import org.eclipse.ui.statushandlers.StatusManager;
import org.osgi.framework.FrameworkUtil;

/** The way from nothing to the first reverse step: the steps of the cheat sheet, each with a link that does it. */
public final class FirstStepsView extends ViewPart {
    public static final String ID = "dev.retrovisor.firstSteps";

    private static final IPath SHEET = IPath.fromPortableString("help/first-reverse-step.xml");

    private ScrolledForm form;

    @Override
    public void createPartControl(Composite parent) {
        FormToolkit toolkit = new FormToolkit(parent.getDisplay());
        form = toolkit.createScrolledForm(parent);
        form.addListener(SWT.Dispose, event -> toolkit.dispose());
        form.getBody().setLayout(new TableWrapLayout());
        try (InputStream sheet = FileLocator.openStream(FrameworkUtil.getBundle(FirstStepsView.class), SHEET, false)) {
            fill(toolkit, Steps.read(sheet));
        } catch (IOException e) {
            paragraph(toolkit, SHEET + ": " + e.getMessage());
        }
    }

    private void fill(FormToolkit toolkit, Steps all) {
        form.setText(all.title());
        paragraph(toolkit, all.intro());
        int number = 1;
        for (Steps.Step step : all.steps()) {
            String title = number++ + ". " + step.title();
            if (step.command().isPresent()) {
                String command = step.command().get();
                toolkit.createHyperlink(form.getBody(), title, SWT.WRAP)
                        .addHyperlinkListener(IHyperlinkListener.linkActivatedAdapter(event -> execute(command)));
            } else {
                paragraph(toolkit, title);
            }
            paragraph(toolkit, step.text()).setLayoutData(indented());
        }
    }

    private Label paragraph(FormToolkit toolkit, String text) {
        Label label = toolkit.createLabel(form.getBody(), text, SWT.WRAP);
        label.setLayoutData(new TableWrapData(TableWrapData.FILL_GRAB));
        return label;
    }

    private static TableWrapData indented() {
        TableWrapData data = new TableWrapData(TableWrapData.FILL_GRAB);
        data.indent = 16;
        return data;
    }

    private void execute(String serialized) {
        try {
            getSite()
                    .getService(IHandlerService.class)
                    .executeCommand(getSite().getService(ICommandService.class).deserialize(serialized), null);
        } catch (CommandException e) {
            StatusManager.getManager()
                    .handle(
                            Status.error("This step cannot be done here: open the Debug perspective first", e),
                            StatusManager.SHOW);
        }
    }

    @Override
    public void setFocus() {
        form.setFocus();
    }
}
