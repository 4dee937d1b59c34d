// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.control;

import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.ui.UiThread;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;

/** A piece of memory, at an address that is typed in, or where a register points to. */
final class MemoryPane {
    private static final int BYTES = 256;

    private final Text address;
    private final Text bytes;
    private final UiThread thread;

    /** {@code asked}: Enter was pressed. */
    MemoryPane(Composite parent, Runnable asked) {
        Composite area = new Composite(parent, SWT.NONE);
        area.setLayout(new GridLayout(2, false));
        new Label(area, SWT.NONE).setText("Memory at");
        address = new Text(area, SWT.BORDER | SWT.SEARCH);
        address.setMessage("a linear address, such as 0x100000, or a register");
        address.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        address.addListener(SWT.DefaultSelection, event -> asked.run());
        bytes = new Text(area, SWT.MULTI | SWT.READ_ONLY | SWT.BORDER | SWT.H_SCROLL | SWT.V_SCROLL);
        bytes.setFont(JFaceResources.getTextFont());
        bytes.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true, 2, 1));
        thread = new UiThread(area);
    }

    /** Shows the memory of a session whose registers these are. */
    void show(Session session, List<Register> registers, Consumer<Throwable> trouble) {
        String text = address.getText().strip();
        Optional<Long> where = address(text, registers);
        if (where.isEmpty()) {
            bytes.setText(text.isEmpty() ? "" : text + ": neither an address, such as 0x100000, nor a register");
            return;
        }
        long at = where.get();
        session.readMemory(at, BYTES)
                .whenComplete((read, failure) -> thread.later(() -> {
                    if (failure == null) {
                        bytes.setText(
                                read.length == 0 ? String.format("0x%x: cannot be read", at) : HexDump.of(at, read));
                    } else {
                        trouble.accept(failure);
                    }
                }));
    }

    private static Optional<Long> address(String text, List<Register> registers) {
        String value = registers.stream()
                .filter(register -> register.name().equals(text))
                .map(Register::value)
                .findFirst()
                .orElse(text);
        return value.matches("0x[0-9a-fA-F]{1,16}")
                ? Optional.of(Long.parseUnsignedLong(value.substring(2), 16))
                : Optional.empty();
    }

    void clear() {
        bytes.setText("");
    }
}
