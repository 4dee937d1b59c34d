// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.control;

import dev.retrovisor.eclipse.core.session.Register;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.CellEditor;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnViewerEditor;
import org.eclipse.jface.viewers.ColumnViewerEditorActivationEvent;
import org.eclipse.jface.viewers.ColumnViewerEditorActivationStrategy;
import org.eclipse.jface.viewers.EditingSupport;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.jface.viewers.TableViewerEditor;
import org.eclipse.jface.viewers.TextCellEditor;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Table;

/** The registers; those whose value the last stop has changed are coloured. A double-click at a value writes another one. */
final class RegisterTable {
    private final TableViewer viewer;
    private Map<String, String> before = Map.of();
    private Map<String, String> now = Map.of();

    /** Told what the user enters: the register, and a text that is no number yet. */
    interface Writer {
        void write(Register register, String text);
    }

    RegisterTable(Composite parent, Writer writer) {
        viewer = new TableViewer(parent, SWT.FULL_SELECTION | SWT.BORDER);
        viewer.getTable().setHeaderVisible(true);
        viewer.setContentProvider(ArrayContentProvider.getInstance());
        column("Group", 70, Register::group);
        column("Register", 100, Register::name);
        column("Value", 180, Register::value).setEditingSupport(editing(writer));
        TableViewerEditor.create(viewer, onDoubleClick(), ColumnViewerEditor.DEFAULT);
    }

    private ColumnViewerEditorActivationStrategy onDoubleClick() {
        return new ColumnViewerEditorActivationStrategy(viewer) {
            @Override
            protected boolean isEditorActivationEvent(ColumnViewerEditorActivationEvent event) {
                return event.eventType == ColumnViewerEditorActivationEvent.MOUSE_DOUBLE_CLICK_SELECTION;
            }
        };
    }

    private EditingSupport editing(Writer writer) {
        CellEditor field = new TextCellEditor(viewer.getTable());
        return new EditingSupport(viewer) {
            @Override
            protected CellEditor getCellEditor(Object element) {
                return field;
            }

            @Override
            protected boolean canEdit(Object element) {
                return ((Register) element).hasValue();
            }

            @Override
            protected Object getValue(Object element) {
                return ((Register) element).value();
            }

            @Override
            protected void setValue(Object element, Object text) {
                Register register = (Register) element;
                if (!register.value().equals(text)) {
                    writer.write(register, (String) text);
                }
            }
        };
    }

    private TableViewerColumn column(String title, int width, Function<Register, String> text) {
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
        return column;
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
