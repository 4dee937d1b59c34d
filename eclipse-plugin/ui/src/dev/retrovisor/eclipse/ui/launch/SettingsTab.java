// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.launch;

import dev.retrovisor.eclipse.core.launch.LaunchSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.ui.AbstractLaunchConfigurationTab;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;

/** A tab of fields, each of which is one attribute. Those that have no meaning now are hidden. What equals its default is not kept in the configuration. */
abstract class SettingsTab extends AbstractLaunchConfigurationTab {
    /** Data of a field's widget: the attribute's key. */
    static final String KEY = "dev.retrovisor.key";

    private static final int COLUMNS = 3;

    /** A field; {@code row}: the control and what stands beside it; {@code applies}: where it has a meaning. */
    private record Field(Control control, List<Control> row, List<String> values, Predicate<LaunchSettings> applies) {
        void show(boolean shown) {
            for (Control one : row) {
                one.setVisible(shown);
                ((GridData) one.getLayoutData()).exclude = !shown;
            }
        }

        String value() {
            if (control instanceof Button box) {
                return String.valueOf(box.getSelection());
            }
            if (control instanceof Combo combo) {
                return values.isEmpty() ? combo.getText() : values.get(Math.max(0, combo.getSelectionIndex()));
            }
            return ((Text) control).getText();
        }

        void show(String value) {
            if (control instanceof Button box) {
                box.setSelection(Boolean.parseBoolean(value));
            } else if (control instanceof Combo combo && !values.isEmpty()) {
                combo.select(Math.max(0, values.indexOf(value)));
            } else if (control instanceof Combo combo) {
                combo.setText(value);
            } else {
                ((Text) control).setText(value);
            }
        }
    }

    private final Map<String, Field> fields = new LinkedHashMap<>();
    private Composite area;

    /** Makes the fields. */
    abstract void fill();

    abstract Optional<String> complaint(LaunchSettings settings);

    @Override
    public void createControl(Composite parent) {
        area = new Composite(parent, SWT.NONE);
        area.setLayout(new GridLayout(COLUMNS, false));
        fill();
        setControl(area);
    }

    void text(String key, String label, Predicate<LaunchSettings> applies) {
        Label before = label(label);
        Text text = new Text(area, SWT.BORDER);
        text.addModifyListener(event -> changed());
        add(key, List.of(text, before), 2, List.of(), applies);
    }

    /** A path, with a button that opens a dialog; {@code style}: {@link SWT#OPEN} or {@link SWT#SAVE}. */
    void file(String key, String label, int style, Predicate<LaunchSettings> applies) {
        Label before = label(label);
        Text text = new Text(area, SWT.BORDER);
        text.addModifyListener(event -> changed());
        Button browse = createPushButton(area, "Browse...", null);
        add(key, List.of(text, before, browse), 1, List.of(), applies);
        browse.addListener(SWT.Selection, event -> {
            FileDialog dialog = new FileDialog(area.getShell(), style);
            dialog.setFileName(text.getText());
            String chosen = dialog.open();
            if (chosen != null) {
                text.setText(chosen);
            }
        });
    }

    /** One of {@code choices}: value and label. */
    void choice(String key, String label, Map<String, String> choices, Predicate<LaunchSettings> applies) {
        Label before = label(label);
        Combo combo = new Combo(area, SWT.READ_ONLY);
        combo.setItems(choices.values().toArray(String[]::new));
        combo.addListener(SWT.Selection, event -> changed());
        add(key, List.of(combo, before), 2, List.copyOf(choices.keySet()), applies);
    }

    /** Text, with {@code offers}. */
    void offer(String key, String label, List<String> offers, Predicate<LaunchSettings> applies) {
        Label before = label(label);
        Combo combo = new Combo(area, SWT.NONE);
        combo.setItems(offers.toArray(String[]::new));
        combo.addModifyListener(event -> changed());
        add(key, List.of(combo, before), 2, List.of(), applies);
    }

    void box(String key, String label, Predicate<LaunchSettings> applies) {
        Button box = new Button(area, SWT.CHECK);
        box.setText(label);
        box.addListener(SWT.Selection, event -> changed());
        add(key, List.of(box), COLUMNS, List.of(), applies);
    }

    private Label label(String text) {
        Label label = new Label(area, SWT.NONE);
        label.setText(text);
        label.setLayoutData(new GridData());
        return label;
    }

    /** {@code row}: the control first. */
    private void add(
            String key, List<Control> row, int columns, List<String> values, Predicate<LaunchSettings> applies) {
        Control control = row.get(0);
        control.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false, columns, 1));
        control.setData(KEY, key);
        fields.put(key, new Field(control, row, values, applies));
    }

    private void changed() {
        scheduleUpdateJob();
    }

    @Override
    public void setDefaults(ILaunchConfigurationWorkingCopy configuration) {
        // what a configuration does not say has its default
    }

    @Override
    public void initializeFrom(ILaunchConfiguration configuration) {
        read(configuration).ifPresent(settings -> {
            fields.forEach((key, field) -> field.show(settings.get(key)));
            showWhatApplies(settings);
        });
    }

    @Override
    public void performApply(ILaunchConfigurationWorkingCopy configuration) {
        fields.forEach((key, field) -> {
            configuration.removeAttribute(key);
            String otherwise = read(configuration).map(rest -> rest.get(key)).orElse("");
            if (!field.value().strip().equals(otherwise)) {
                configuration.setAttribute(key, field.value().strip());
            }
        });
        read(configuration).ifPresent(this::showWhatApplies);
    }

    @Override
    public void activated(ILaunchConfigurationWorkingCopy configuration) {
        read(configuration).ifPresent(this::showWhatApplies); // another tab may have changed what applies here
    }

    private void showWhatApplies(LaunchSettings settings) {
        fields.values().forEach(field -> field.show(field.applies().test(settings)));
        area.layout();
    }

    @Override
    public boolean isValid(ILaunchConfiguration configuration) {
        Optional<String> complaint = read(configuration).flatMap(this::complaint);
        setErrorMessage(complaint.orElse(null));
        return complaint.isEmpty();
    }

    private Optional<LaunchSettings> read(ILaunchConfiguration configuration) {
        try {
            return Optional.of(LaunchSettings.of(configuration));
        } catch (CoreException e) {
            setErrorMessage(e.getMessage());
            return Optional.empty();
        }
    }

    static Map<String, String> choices(String... valuesAndLabels) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < valuesAndLabels.length; i += 2) {
            all.put(valuesAndLabels[i], valuesAndLabels[i + 1]);
        }
        return all;
    }
}
