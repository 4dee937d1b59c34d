// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import java.math.BigInteger;
import java.util.Arrays;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IMemoryBlockRetrieval;
import org.eclipse.debug.core.model.MemoryByte;

/** Memory by linear addresses, for the platform's Memory view. */
final class LinearMemory extends MachineElement implements IMemoryBlockExtension {
    private static final int SHOWN = 4096;
    private static final BigInteger LAST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final String expression;
    private final BigInteger base;

    LinearMemory(MachineTarget target, String expression, BigInteger base) {
        super(target);
        this.expression = expression;
        this.base = base;
    }

    /** Of {@code 0x1000} or {@code 4096}. */
    static BigInteger address(String text) throws DebugException {
        String word = text.strip();
        boolean hexadecimal = word.matches("0[xX][0-9a-fA-F]{1,16}");
        if (!hexadecimal && !word.matches("[0-9]{1,19}")) {
            throw new DebugException(Status.error(word + ": expected an address, such as 0x100000"));
        }
        return hexadecimal ? new BigInteger(word.substring(2), 16) : new BigInteger(word);
    }

    @Override
    public String getExpression() {
        return expression;
    }

    @Override
    public BigInteger getBigBaseAddress() {
        return base;
    }

    @Override
    public BigInteger getMemoryBlockStartAddress() {
        return BigInteger.ZERO;
    }

    @Override
    public BigInteger getMemoryBlockEndAddress() {
        return LAST;
    }

    @Override
    public BigInteger getBigLength() {
        return LAST.add(BigInteger.ONE);
    }

    @Override
    public int getAddressSize() {
        return Long.BYTES;
    }

    @Override
    public int getAddressableSize() {
        return 1;
    }

    @Override
    public boolean supportBaseAddressModification() {
        return false;
    }

    @Override
    public void setBaseAddress(BigInteger address) {}

    @Override
    public boolean supportsChangeManagement() {
        return false;
    }

    @Override
    public MemoryByte[] getBytesFromOffset(BigInteger offset, long units) throws DebugException {
        return getBytesFromAddress(base.add(offset), units);
    }

    @Override
    public MemoryByte[] getBytesFromAddress(BigInteger address, long units) throws DebugException {
        MemoryByte[] all = new MemoryByte[(int) units];
        byte[] read = await(session().readMemory(address.longValue(), (int) units));
        for (int i = 0; i < all.length; i++) {
            all[i] = i < read.length
                    ? new MemoryByte(
                            read[i], (byte) (MemoryByte.READABLE | MemoryByte.WRITABLE | MemoryByte.ENDIANESS_KNOWN))
                    : new MemoryByte((byte) 0, (byte) 0);
        }
        return all;
    }

    @Override
    public void setValue(BigInteger offset, byte[] bytes) throws DebugException {
        await(session().writeMemory(base.add(offset).longValue(), bytes));
    }

    @Override
    public void setValue(long offset, byte[] bytes) throws DebugException {
        setValue(BigInteger.valueOf(offset), bytes);
    }

    @Override
    public boolean supportsValueModification() {
        return true;
    }

    @Override
    public long getStartAddress() {
        return base.longValue();
    }

    @Override
    public long getLength() {
        return SHOWN;
    }

    @Override
    public byte[] getBytes() throws DebugException {
        byte[] read = await(session().readMemory(base.longValue(), SHOWN));
        return Arrays.copyOf(read, SHOWN);
    }

    @Override
    public IMemoryBlockRetrieval getMemoryBlockRetrieval() {
        return machine();
    }

    @Override
    public Object[] getConnections() {
        return new Object[0];
    }

    @Override
    public void connect(Object client) {}

    @Override
    public void disconnect(Object client) {}

    @Override
    public void dispose() {}
}
