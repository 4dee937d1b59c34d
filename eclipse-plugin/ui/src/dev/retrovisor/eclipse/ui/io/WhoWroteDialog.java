// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import dev.retrovisor.eclipse.core.LastWriter;
import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;

/** Asks for the memory of <em>Who wrote this memory?</em>. */
final class WhoWroteDialog extends Dialog {
    private static final int EIGHT = 3;

    private final String before;
    private String address;
    private int length = LastWriter.LENGTHS.get(EIGHT);

    /** {@code before}: for the user, before which moment. */
    WhoWroteDialog(Shell shell, String address, String before) {
        super(shell);
        this.address = address;
        this.before = before;
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText("Who wrote this memory?");
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        ((GridLayout) area.getLayout()).numColumns = 2;
        Label title = new Label(area, SWT.WRAP);
        title.setText("The last write before " + before + ", found by a replay backwards.");
        title.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false, 2, 1));
        new Label(area, SWT.NONE).setText("Address:");
        Text text = new Text(area, SWT.BORDER);
        text.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        text.setText(address);
        text.addListener(SWT.Modify, event -> setAddress(text.getText().strip()));
        new Label(area, SWT.NONE).setText("Bytes:");
        Combo bytes = new Combo(area, SWT.READ_ONLY);
        bytes.setItems(LastWriter.LENGTHS.stream().map(String::valueOf).toArray(String[]::new));
        bytes.select(EIGHT);
        bytes.addListener(SWT.Selection, event -> length = LastWriter.LENGTHS.get(bytes.getSelectionIndex()));
        return area;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        super.createButtonsForButtonBar(parent);
        setAddress(address);
    }

    private void setAddress(String text) {
        address = text;
        getButton(IDialogConstants.OK_ID).setEnabled(text.matches("0x[0-9a-fA-F]{1,16}|[0-9]{1,19}"));
    }

    String address() {
        return address;
    }

    int length() {
        return length;
    }
}
