// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.retrovisor.eclipse.core.events.Rows;
import dev.retrovisor.eclipse.core.events.Visited;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What needs neither a recording nor a display: visited instants, and the order of rows. */
@ExtendWith(TestLimit.class)
class EventsTest {
    @Test
    void aNewVisitDropsWhatLayAhead() {
        Visited visited = new Visited();
        assertFalse(visited.canGoBack());
        visited.visit(10);
        visited.visit(20);
        visited.visit(20);
        visited.visit(30);
        assertEquals(OptionalLong.of(20), visited.back());
        assertEquals(OptionalLong.of(10), visited.back());
        assertEquals(OptionalLong.empty(), visited.back());
        assertEquals(OptionalLong.of(20), visited.forward());
        visited.visit(40);
        assertFalse(visited.canGoForward());
        assertEquals(OptionalLong.of(20), visited.back());
        assertTrue(visited.canGoForward());
    }

    @Test
    void theNewestFirstTurnsTheRows() {
        Rows rows = new Rows(100, Optional.empty(), false);
        assertEquals(7, rows.event(7, 100));
        assertEquals(7, rows.rowOf(7));
        assertEquals(99, rows.rowOf(1000));
        Rows turned = rows.newestFirst(true);
        assertEquals(92, turned.event(7, 100));
        assertEquals(92, turned.rowOf(7));
        assertEquals(0, Rows.NONE.rowOf(5));
    }
}
