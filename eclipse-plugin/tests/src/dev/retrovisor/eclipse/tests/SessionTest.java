// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.bridge.cli.Main;
import dev.retrovisor.eclipse.core.session.BridgeSession;
import dev.retrovisor.eclipse.core.session.Register;
import dev.retrovisor.eclipse.core.session.Session;
import dev.retrovisor.eclipse.core.session.SessionState;
import dev.retrovisor.eclipse.core.session.Sessions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A session with the monitor in QEMU, through the bridge in this JVM. */
@ExtendWith(TestLimit.class)
class SessionTest {
    private static final String HOME = System.getProperty("retrovisor.home");
    private static final int PATIENCE_SECONDS = 120;

    private final StringWriter said = new StringWriter();
    private Thread bridge;
    private BridgeSession session;

    @BeforeEach
    void start() throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        String[] command = {
            "run",
            "--record",
            "--guest",
            HOME + "/stub-monitor/build/guests/ticks.elf",
            "--monitor",
            HOME + "/stub-monitor/build/monitor.bin",
            "--port",
            "0",
            "--console",
            "null"
        };
        PrintWriter out = new PrintWriter(said, true);
        bridge = new Thread(() -> {
            int code = Main.run(command, out, out, port::complete);
            port.completeExceptionally(new IllegalStateException("exit code " + code + ": " + said));
        });
        bridge.start();
        session = BridgeSession.open("ticks", await(port), Optional.empty());
    }

    @AfterEach
    void end() throws Exception {
        session.close();
        bridge.interrupt();
        bridge.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertFalse(bridge.isAlive());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private String register(String name) throws Exception {
        return await(session.registers()).stream()
                .filter(register -> register.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void stepsAndJourneysGoBothWays() throws Exception {
        assertEquals(List.of(session), Sessions.active());
        assertEquals(0, session.instant().orElseThrow());
        String first = register("rip");
        for (int i = 0; i < 20; i++) {
            await(session.step());
        }
        assertEquals(20, session.instant().orElseThrow());
        String there = register("rip");
        assertNotEquals(first, there);
        await(session.reverseStep());
        assertEquals(19, session.instant().orElseThrow());
        await(session.step());
        assertEquals(there, register("rip"));
        await(session.reverseContinue());
        assertEquals(SessionState.BEGIN_OF_HISTORY, session.state());
        assertEquals(first, register("rip"));
        assertEquals(7, await(session.goTo(7)));
        assertEquals(20, await(session.goTo("end")));
        assertEquals(there, register("rip"));
    }

    @Test
    void suspendedAsSoonAsItIsSeenToRunItStops() throws Exception {
        Session.Listener suspender = Session::suspend;
        session.addListener(suspender);
        await(session.resume());
        session.removeListener(suspender);
        assertEquals(SessionState.STOPPED, session.state());
    }

    @Test
    void whereThereIsNoHistoryIsSaid() throws Exception {
        ExecutionException refusal = assertThrows(ExecutionException.class, () -> await(session.goTo("nowhere")));
        assertTrue(refusal.getMessage().contains("'nowhere' is no instant"), refusal.getMessage());
        assertEquals(SessionState.STOPPED, session.state());
    }

    /** Who looks on while another debugger is in control may not move the machine. */
    @Test
    void aRefusedJourneyLeavesTheSessionStanding() throws Exception {
        for (int i = 0; i < 5; i++) {
            await(session.step());
        }
        try (BridgeSession looker = BridgeSession.open("looker", session.port(), Optional.empty())) {
            for (Supplier<Future<?>> journey : List.<Supplier<Future<?>>>of(
                    () -> looker.goTo(2), () -> looker.goTo("begin"), looker::reverseStep, looker::reverseContinue)) {
                ExecutionException refusal = assertThrows(ExecutionException.class, () -> await(journey.get()));
                assertTrue(refusal.getMessage().contains("control"), refusal.getMessage());
                assertTrue(looker.state().isStopped(), String.valueOf(looker.state()));
                assertEquals(5, looker.instant().orElseThrow());
            }
            assertEquals(register("rip"), rip(looker));
            await(session.step());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (looker.instant().orElseThrow() != 6 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            assertEquals(6, looker.instant().orElseThrow());
            assertEquals("", looker.message()); // not what the looker was told last
            await(session.reverseStep());
        }
        assertEquals(5, session.instant().orElseThrow());
    }

    private static String rip(Session session) throws Exception {
        return await(session.registers()).stream()
                .filter(register -> register.name().equals("rip"))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void aRunningGuestIsSuspended() throws Exception {
        List<SessionState> states = new CopyOnWriteArrayList<>();
        session.addListener((Session changed) -> states.add(changed.state()));
        Future<Void> run = session.resume();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (session.state() != SessionState.RUNNING && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        ExecutionException refusal = assertThrows(ExecutionException.class, () -> await(session.registers()));
        assertTrue(refusal.getMessage().contains("suspend it first"), refusal.getMessage());
        session.suspend();
        await(run);
        assertEquals(List.of(SessionState.RUNNING, SessionState.STOPPED), new ArrayList<>(states));
        while (session.instant().orElseThrow() == 0
                && System.nanoTime() < end) { // suspended before it came to anything
            run = session.resume();
            Thread.sleep(10);
            session.suspend();
            await(run);
        }
        assertTrue(session.instant().orElseThrow() > 0);
    }

    @Test
    void memoryAndRegistersAreRead() throws Exception {
        List<Register> all = await(session.registers());
        assertTrue(all.stream()
                .anyMatch(one -> one.group().equals(Register.SYSTEM)
                        && one.name().equals("cr0")
                        && one.value().equals("0x0000000000000011")));
        long address = 0x100000;
        byte[] before = await(session.readMemory(address, 5000));
        assertEquals(5000, before.length);
        byte[] other = {(byte) ~before[0], (byte) ~before[1]};
        await(session.writeMemory(address, other));
        byte[] after = await(session.readMemory(address, 2));
        assertEquals(other[0], after[0]);
        assertEquals(other[1], after[1]);
        assertEquals(0, await(session.readMemory(0x7fff_ffff_f000L, 16)).length);
    }

    /** In the past as well, where that begins a branch that is discarded by going back. */
    @Test
    void registersAreWritten() throws Exception {
        await(session.writeRegister("rax", new BigInteger("fedcba9876543210", 16)));
        await(session.writeRegister("eflags", BigInteger.valueOf(0x12)));
        assertEquals("0xfedcba9876543210", register("rax"));
        assertEquals("0x00000012", register("eflags"));
        assertEquals("fedcba9876543210", Gdb.registers(session.port()).get("rax"));
        await(session.step());
        await(session.step());
        await(session.reverseStep());
        long here = session.instant().orElseThrow();
        String before = register("cr2");
        await(session.writeRegister("cr2", BigInteger.valueOf(0x1234)));
        assertEquals("0x0000000000001234", register("cr2"));
        assertTrue(await(session.ask("status")).contains("what-if branch"));
        await(session.goTo(here));
        assertEquals(before, register("cr2"));
    }

    @Test
    void aRegisterThatCannotTakeTheValueKeepsItsOwn() throws Exception {
        String before = register("eflags");
        for (Map.Entry<String, String> wrong : Map.of(
                        "eflags",
                        "does not fit (expected: at most 4 bytes)",
                        "r99",
                        "no such register",
                        "xcr0",
                        "refuses")
                .entrySet()) {
            ExecutionException refusal = assertThrows(
                    ExecutionException.class,
                    () -> await(session.writeRegister(wrong.getKey(), BigInteger.ONE.shiftLeft(32))));
            assertTrue(refusal.getMessage().contains(wrong.getValue()), refusal.getMessage());
        }
        assertEquals(before, register("eflags"));
        assertEquals(SessionState.STOPPED, session.state());
    }

    @Test
    void theEndOfTheBridgeEndsTheSession() throws Exception {
        bridge.interrupt();
        bridge.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (session.state() != SessionState.TERMINATED && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertEquals(SessionState.TERMINATED, session.state());
        assertTrue(Sessions.active().isEmpty());
        assertTrue(said.toString().contains("retrovisor: ended"), said.toString());
        assertThrows(ExecutionException.class, () -> await(session.step()));
    }
}
