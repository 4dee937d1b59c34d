// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.io;

import java.math.BigInteger;
import java.util.Optional;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.IMemoryBlock;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.debug.ui.memory.AbstractTableRendering;
import org.eclipse.debug.ui.memory.IMemoryRendering;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.ui.ISelectionService;

/** The address that is selected in the views Memory or Registers. */
final class SelectedAddress {
    private SelectedAddress() {}

    /** As {@code 0x...}; empty if nothing that has an address is selected. */
    static Optional<String> in(ISelectionService selections) {
        return first(selections, IDebugUIConstants.ID_MEMORY_VIEW)
                .flatMap(SelectedAddress::ofMemory)
                .or(() -> first(selections, IDebugUIConstants.ID_REGISTER_VIEW).flatMap(SelectedAddress::ofRegister));
    }

    private static Optional<Object> first(ISelectionService selections, String view) {
        ISelection selection = selections.getSelection(view);
        return selection instanceof IStructuredSelection list && !list.isEmpty()
                ? Optional.of(list.getFirstElement())
                : Optional.empty();
    }

    private static Optional<String> ofMemory(Object selected) {
        if (selected instanceof AbstractTableRendering table && table.getSelectedAddress() != null) {
            return Optional.of(hex(table.getSelectedAddress()));
        }
        IMemoryBlock block = selected instanceof IMemoryRendering rendering
                ? rendering.getMemoryBlock()
                : Adapters.adapt(selected, IMemoryBlock.class);
        return Optional.ofNullable(block).flatMap(SelectedAddress::ofBlock);
    }

    private static Optional<String> ofBlock(IMemoryBlock block) {
        try {
            return Optional.of(
                    block instanceof IMemoryBlockExtension big
                            ? hex(big.getBigBaseAddress())
                            : "0x" + Long.toHexString(block.getStartAddress()));
        } catch (DebugException e) {
            return Optional.empty(); // the block is gone; the user can type the address
        }
    }

    private static Optional<String> ofRegister(Object selected) {
        IRegister register = Adapters.adapt(selected, IRegister.class);
        try {
            return Optional.ofNullable(
                            register == null ? null : register.getValue().getValueString())
                    .filter(text -> text.matches("0x[0-9a-fA-F]{1,16}"));
        } catch (DebugException e) {
            return Optional.empty(); // it runs; the user can type the address
        }
    }

    private static String hex(BigInteger address) {
        return "0x" + address.toString(16);
    }
}
