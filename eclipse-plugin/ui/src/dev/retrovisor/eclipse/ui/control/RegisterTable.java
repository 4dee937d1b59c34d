// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.control;

import dev.retrovisor.eclipse.core.session.Register;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Table;

/** The registers; those whose value the last stop has changed are coloured. */
final class RegisterTable {
    private final TableViewer viewer;
    private Map<String, String> before = Map.of();
    private Map<String, String> now = Map.of();

    RegisterTable(Composite parent) {
        viewer = new TableViewer(parent, SWT.FULL_SELECTION | SWT.BORDER);
        viewer.getTable().setHeaderVisible(true);
        viewer.setContentProvider(ArrayContentProvider.getInstance());
        column("Group", 70, Register::group);
        column("Register", 100, Register::name);
        column("Value", 180, Register::value);
    }

    private void column(String title, int width, Function<Register, String> text) {
        TableViewerColumn column = new TableViewerColumn(viewer, SWT.NONE);
        column.getColumn().setText(title);
        column.getColumn().setWidth(width);
        column.setLabelProvider(new ColumnLabelProvider() {
            @Override
            public String getText(Object element) {
                return text.apply((Register) element);
            }

            @Override
            public Font getFont(Object element) {
                return JFaceResources.getTextFont();
            }

            @Override
            public Color getForeground(Object element) {
                return hasChanged((Register) element)
                        ? JFaceResources.getColorRegistry().get("org.eclipse.debug.ui.changedDebugElement")
                        : null;
            }
        });
    }

    private boolean hasChanged(Register register) {
        return !before.getOrDefault(register.name(), register.value()).equals(register.value());
    }

    void show(List<Register> registers) {
        before = now;
        now = new HashMap<>();
        registers.forEach(register -> now.put(register.name(), register.value()));
        viewer.setInput(registers);
    }

    Table table() {
        return viewer.getTable();
    }
}
