// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.eclipse.cdt.dsf.datamodel.IDMContext;
import org.eclipse.cdt.dsf.debug.internal.provisional.model.IMemoryBlockRetrievalManager;
import org.eclipse.cdt.dsf.debug.service.IFormattedValues;
import org.eclipse.cdt.dsf.debug.service.IFormattedValues.FormattedValueDMContext;
import org.eclipse.cdt.dsf.debug.service.IFormattedValues.FormattedValueDMData;
import org.eclipse.cdt.dsf.debug.service.IMemorySpaces;
import org.eclipse.cdt.dsf.debug.service.IRegisters;
import org.eclipse.cdt.dsf.debug.service.IRegisters.IRegisterDMContext;
import org.eclipse.cdt.dsf.debug.service.command.ICommandControlService.ICommandControlDMContext;
import org.eclipse.cdt.dsf.gdb.service.IReverseRunControl;
import org.eclipse.cdt.dsf.gdb.service.command.IGDBControl;
import org.eclipse.core.runtime.IAdaptable;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IMemoryBlockRetrievalExtension;
import org.eclipse.debug.core.model.MemoryByte;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import dev.retrovisor.eclipse.tests.TestLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Registers and memory of one stopped guest. */
@ExtendWith(TestLimit.class)
class InspectTest {
    private static final String SOME_WORDS = "numbers";
    private static Debugger debugger;

    @BeforeAll
    static void launch() throws Exception {
        debugger = Debugger.launch("calls");
    }

    @AfterAll
    static void end() throws Exception {
        debugger.close();
    }

    @Test
    void systemRegistersAreAGroupOfTheirOwn() throws Exception {
        IRegisters registers = debugger.service(IRegisters.class);
        IRegisterDMContext[] all = debugger.registers("System Registers");
        List<String> names = debugger.registerNames("System Registers");
        assertTrue(names.containsAll(List.of("cr0", "cr3", "efer", "gdtr_base", "lstar", "tr")), names.toString());
        assertFalse(names.contains("rax"), names.toString());
        IRegisterDMContext cr3 = all[names.indexOf("cr3")];
        assertEquals(debugger.gdb("output/x $cr3"), value(registers, cr3));
    }

    private static String value(IRegisters registers, IRegisterDMContext register) throws Exception {
        FormattedValueDMContext hex = registers.getFormattedValueContext(register, IFormattedValues.HEX_FORMAT);
        return debugger.<FormattedValueDMData>ask(answer -> registers.getFormattedExpressionValue(hex, answer))
                .getFormattedValue();
    }

    @Test
    void thereAreTwoMemorySpaces() throws Exception {
        String[] spaces = debugger.ask(
                answer -> debugger.service(IMemorySpaces.class).getMemorySpaces(debugger.machine(), answer));
        assertArrayEquals(new String[] {"virtual", "physical"}, spaces);
    }

    private static IMemoryBlockExtension block(String address) throws Exception {
        IMemoryBlockRetrievalManager manager =
                (IMemoryBlockRetrievalManager) debugger.session.getModelAdapter(IMemoryBlockRetrievalManager.class);
        IDMContext machine = debugger.machine();
        IAdaptable context = new IAdaptable() {
            @Override
            public <T> T getAdapter(Class<T> type) {
                return type == IDMContext.class ? type.cast(machine) : null;
            }
        };
        IMemoryBlockRetrievalExtension retrieval =
                (IMemoryBlockRetrievalExtension) manager.getMemoryBlockRetrieval(machine);
        return retrieval.getExtendedMemoryBlock(address, context);
    }

    private static byte[] read(String address, int count) throws Exception {
        IMemoryBlockExtension block = block(address);
        MemoryByte[] bytes = block.getBytesFromAddress(block.getBigBaseAddress(), count);
        byte[] values = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            assertTrue(bytes[i].isReadable(), address + "+" + i + " can be read");
            values[i] = bytes[i].getValue();
        }
        return values;
    }

    private static String addressOf(String name) throws Exception {
        return debugger.gdb("output/x (unsigned long)&" + name);
    }

    /** calls runs with its memory mapped one to one. */
    @Test
    void theSameBytesAreInBothSpaces() throws Exception {
        String address = addressOf(SOME_WORDS);
        byte[] linear = read("virtual:" + address, 40);
        assertArrayEquals(new byte[] {3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0}, Arrays.copyOf(linear, 12));
        assertArrayEquals(linear, read("physical:" + address, 40));
        assertArrayEquals(linear, read(address, 40));
    }

    @Test
    void whatIsWrittenPhysicallyIsThere() throws Exception {
        String address = addressOf("halves");
        IMemoryBlockExtension block = block("physical:" + address);
        block.setValue(BigInteger.ZERO, new byte[] {0x12, 0x34, 0x56, 0x78});
        Workbench.await(
                "gdb sees it", () -> debugger.gdb("output/x *(int *)" + address).equals("0x78563412"));
        assertArrayEquals(new byte[] {0x12, 0x34, 0x56, 0x78}, read("physical:" + address, 4));
        assertArrayEquals(new byte[] {0x12, 0x34, 0x56, 0x78}, read("virtual:" + address, 4));
    }

    @Test
    void whereNoMemoryIsNothingCanBeRead() throws Exception {
        IMemoryBlockExtension block = block("physical:0xfe000000");
        for (MemoryByte one : block.getBytesFromAddress(block.getBigBaseAddress(), 16)) {
            assertFalse(one.isReadable());
        }
    }

    @Test
    void recordingCanBeginOnDemand() throws Exception {
        try (Debugger live = Debugger.launch("calls", options -> options.setAttribute(GuestDelegate.RECORD, false))) {
            IReverseRunControl reverse = live.service(IReverseRunControl.class);
            ICommandControlDMContext control = live.service(IGDBControl.class).getContext();
            assertFalse(live.<Boolean>ask(answer -> reverse.isReverseModeEnabled(control, answer)));
            live.run(done -> reverse.enableReverseMode(control, true, done));
            assertTrue(live.<Boolean>ask(answer -> reverse.isReverseModeEnabled(control, answer)));
            assertTrue(live.gdb("monitor status").contains("live end of the recording"));
        }
    }
}
