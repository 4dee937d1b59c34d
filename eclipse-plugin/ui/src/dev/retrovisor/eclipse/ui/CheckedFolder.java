// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jface.preference.DirectoryFieldEditor;
import org.eclipse.swt.widgets.Composite;

/** A folder, checked while it is typed. */
final class CheckedFolder extends DirectoryFieldEditor {
    private final Function<String, Optional<String>> wrong;

    /** {@code wrong}: what is wrong with what is typed, for the user. */
    CheckedFolder(String key, String label, Function<String, Optional<String>> wrong, Composite parent) {
        this.wrong = wrong;
        init(key, label);
        setChangeButtonText("Browse...");
        setValidateStrategy(VALIDATE_ON_KEY_STROKE);
        createControl(parent);
        getTextControl().addModifyListener(event -> valueChanged()); // what is pasted is checked, too
    }

    @Override
    protected boolean checkState() {
        Optional<String> complaint = wrong.apply(getTextControl().getText().strip());
        complaint.ifPresentOrElse(this::showErrorMessage, this::clearErrorMessage);
        return complaint.isEmpty();
    }
}
