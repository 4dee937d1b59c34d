// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.store.query;

import dev.retrovisor.store.format.TraceEvent;
import java.util.Set;

/**
 * Which events are meant: those for which all of it is true.
 *
 * @param kinds numbers of kinds (docs/spec/trace-format.md); empty: all
 * @param addresses what {@code address} may be: ports, device addresses, vectors, numbers of MSRs, pages
 * @param rips where the guest may have been
 */
public record EventFilter(Set<Integer> kinds, Range addresses, Range instants, Range rips) {
    public static final EventFilter ALL = new EventFilter(Set.of(), Range.ALL, Range.ALL, Range.ALL);

    public EventFilter {
        kinds = Set.copyOf(kinds);
    }

    public boolean matches(TraceEvent event) {
        return (kinds.isEmpty() || kinds.contains(event.kind()))
                && addresses.contains(event.address())
                && instants.contains(event.instant())
                && rips.contains(event.rip());
    }

    public EventFilter withKinds(Set<Integer> some) {
        return new EventFilter(some, addresses, instants, rips);
    }

    public EventFilter withAddresses(Range range) {
        return new EventFilter(kinds, range, instants, rips);
    }

    public EventFilter withInstants(Range range) {
        return new EventFilter(kinds, addresses, range, rips);
    }

    public EventFilter withRips(Range range) {
        return new EventFilter(kinds, addresses, instants, range);
    }
}
