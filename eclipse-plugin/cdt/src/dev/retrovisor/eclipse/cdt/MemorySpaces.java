// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.cdt;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.cdt.core.IAddress;
import org.eclipse.cdt.dsf.concurrent.DataRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.ImmediateRequestMonitor;
import org.eclipse.cdt.dsf.concurrent.RequestMonitor;
import org.eclipse.cdt.dsf.datamodel.IDMContext;
import org.eclipse.cdt.dsf.debug.service.IMemorySpaces;
import org.eclipse.cdt.dsf.debug.service.command.ICommandControlService;
import org.eclipse.cdt.dsf.gdb.service.extensions.GDBMemory_HEAD;
import org.eclipse.cdt.dsf.service.DsfSession;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.model.MemoryByte;

/** Memory by linear addresses, as always, and by guest-physical ones: two memory spaces. Addresses have 8 bytes; the machine is x86. */
final class MemorySpaces extends GDBMemory_HEAD implements IMemorySpaces {
    static final String VIRTUAL = "virtual";
    static final String PHYSICAL = "physical";

    private static final int ADDRESS_BYTES = 8;

    /** What {@code monitor xp} prints at most. */
    private static final int MOST_AT_ONCE = 0x10000;

    MemorySpaces(DsfSession session) {
        super(session);
    }

    @Override
    public void initialize(RequestMonitor done) {
        super.initialize(new ImmediateRequestMonitor(done) {
            @Override
            protected void handleSuccess() {
                register(new String[] {IMemorySpaces.class.getName()}, new Hashtable<>());
                done.done();
            }
        });
    }

    /** Nothing to ask gdb: it would have to evaluate expressions before it has a target. */
    @Override
    public void initializeMemoryData(IMemoryDMContext context, RequestMonitor done) {
        done.done();
    }

    @Override
    public int getAddressSize(IMemoryDMContext context) {
        return ADDRESS_BYTES;
    }

    @Override
    public int getAddressableSize(IMemoryDMContext context) {
        return 1;
    }

    @Override
    public boolean isBigEndian(IMemoryDMContext context) {
        return false;
    }

    @Override
    public void getMemorySpaces(IDMContext context, DataRequestMonitor<String[]> done) {
        done.done(new String[] {VIRTUAL, PHYSICAL});
    }

    @Override
    public boolean creatingBlockRequiresMemorySpaceID() {
        return false;
    }

    /** CDT's own: {@code physical:0x1000}. */
    @Override
    public String encodeAddress(String expression, String space) {
        return null;
    }

    @Override
    public DecodeResult decodeAddress(String text) {
        return null;
    }

    private static boolean isPhysical(IDMContext context) {
        return context instanceof IMemorySpaceDMContext space && PHYSICAL.equals(space.getMemorySpaceId());
    }

    private Cli cli() {
        return new Cli(getServicesTracker().getService(ICommandControlService.class));
    }

    private static String hex(IAddress address, long offset) {
        return "0x" + address.getValue().add(BigInteger.valueOf(offset)).toString(16);
    }

    @Override
    protected void readMemoryBlock(
            IDMContext context,
            IAddress address,
            long offset,
            int size,
            int count,
            DataRequestMonitor<MemoryByte[]> done) {
        if (!isPhysical(context)) {
            super.readMemoryBlock(context, address, offset, size, count, done);
            return;
        }
        byte[] bytes = new byte[size * count];
        int asked = Math.min(bytes.length, MOST_AT_ONCE);
        cli().ask("monitor xp " + hex(address, offset) + " " + asked, done, said -> {
            int found = MonitorWords.dump(said, bytes);
            done.done(block(bytes, found));
        });
    }

    /** What is behind {@code known} could not be read. */
    private static MemoryByte[] block(byte[] bytes, int known) {
        MemoryByte[] block = new MemoryByte[bytes.length];
        Arrays.setAll(block, i -> i < known ? new MemoryByte(bytes[i]) : new MemoryByte((byte) 0, (byte) 0));
        for (MemoryByte one : block) {
            one.setBigEndian(false);
            one.setEndianessKnown(true);
        }
        return block;
    }

    @Override
    protected void writeMemoryBlock(
            IDMContext context,
            IAddress address,
            long offset,
            int size,
            int count,
            byte[] buffer,
            RequestMonitor done) {
        if (!isPhysical(context)) {
            super.writeMemoryBlock(context, address, offset, size, count, buffer, done);
            return;
        }
        String bytes = HexFormat.of().formatHex(buffer, 0, size * count);
        String packet = "M" + hex(address, offset).substring(2) + "," + Integer.toHexString(size * count) + ":" + bytes;
        cli().run(List.of("maint packet QRetro.PhysicalMemory:1"), new ImmediateRequestMonitor(done) {
            @Override
            protected void handleSuccess() {
                cli().ask("maint packet " + packet, done, said -> backToLinear(said, done));
            }
        });
    }

    private void backToLinear(String said, RequestMonitor done) {
        cli().run(
                        List.of("maint packet QRetro.PhysicalMemory:0", "maint flush dcache"),
                        new ImmediateRequestMonitor(done) {
                            @Override
                            protected void handleSuccess() {
                                done.done(
                                        said.contains("\"OK\"")
                                                ? Status.OK_STATUS
                                                : Status.error("not written: " + said.strip()));
                            }
                        });
    }
}
