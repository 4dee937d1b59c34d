// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

/** What a {@link FrameDecoder} found on the wire. */
public sealed interface RspEvent {
    /** Calls the method of {@code handler} that belongs to this kind of event. */
    <R, X extends Exception> R accept(Handler<R, X> handler) throws X;

    /** The last packet arrived. */
    record Ack() implements RspEvent {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.ack();
        }
    }

    /** The last packet arrived damaged. */
    record Nak() implements RspEvent {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.nak();
        }
    }

    /** The byte 0x03 outside a packet: stop the guest. */
    record Interrupt() implements RspEvent {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.interrupt();
        }
    }

    /** A packet with the right checksum; {@code content} has escapes and runs undone. */
    record Packet(Bytes content) implements RspEvent {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.packet(content);
        }
    }

    /** A notification ({@code %}) with the right checksum; nobody acknowledges these. */
    record Notification(Bytes content) implements RspEvent {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.notification(content);
        }
    }

    /** A frame that cannot be used: {@code why} states the bound it broke. */
    record Damaged(String why) implements RspEvent {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.damaged(why);
        }
    }

    /** A byte outside any frame that means nothing there. */
    record Noise(int value) implements RspEvent {
        @Override
        public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
            return handler.noise(value);
        }
    }

    /** One method a kind, so that a new kind does not compile until every handler knows it. */
    interface Handler<R, X extends Exception> {
        R ack() throws X;

        R nak() throws X;

        R interrupt() throws X;

        R packet(Bytes content) throws X;

        R notification(Bytes content) throws X;

        R damaged(String why) throws X;

        R noise(int value) throws X;
    }
}
