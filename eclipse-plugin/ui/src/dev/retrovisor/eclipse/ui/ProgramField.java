// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui;

import dev.retrovisor.eclipse.core.Settings;
import java.util.Optional;
import org.eclipse.jface.preference.FileFieldEditor;
import org.eclipse.swt.widgets.Composite;

/** A program: a file, or a name in PATH. */
final class ProgramField extends FileFieldEditor {
    private final boolean mayBeEmpty;

    ProgramField(String key, String label, boolean mayBeEmpty, Composite parent) {
        this.mayBeEmpty = mayBeEmpty;
        init(key, label);
        setChangeButtonText("Browse...");
        setValidateStrategy(VALIDATE_ON_KEY_STROKE);
        createControl(parent);
    }

    @Override
    protected boolean checkState() {
        String program = getTextControl().getText().strip();
        Optional<String> wrong = program.isEmpty()
                ? Optional.of("a program is missing (expected: an executable file, or a name in PATH)")
                        .filter(text -> !mayBeEmpty)
                : Settings.whatIsWrongWith(program);
        wrong.ifPresentOrElse(this::showErrorMessage, this::clearErrorMessage);
        return wrong.isEmpty();
    }
}
