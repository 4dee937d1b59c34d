// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import java.io.Writer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.debug.core.IStreamListener;
import org.eclipse.debug.core.model.IFlushableStreamMonitor;

/** Text for a console. What came before there was one is kept, the last megabyte of it. */
final class TextStream extends Writer implements IFlushableStreamMonitor {
    private static final int MOST_KEPT = 1 << 20;
    private static final int TAIL = 4096;

    private final List<IStreamListener> listeners = new CopyOnWriteArrayList<>();
    private final StringBuilder kept = new StringBuilder();
    private boolean buffered = true;
    private String tail = "";

    @Override
    public void write(char[] text, int offset, int length) {
        write(new String(text, offset, length));
    }

    @Override
    public synchronized void write(String text) {
        tail = tail + text;
        tail = tail.substring(Math.max(0, tail.length() - TAIL));
        if (buffered) {
            kept.append(text);
            kept.delete(0, Math.max(0, kept.length() - MOST_KEPT));
        }
        listeners.forEach(listener -> listener.streamAppended(text, this));
    }

    /** The last 4 KB, whether or not a console has taken them. */
    synchronized String tail() {
        return tail;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public void addListener(IStreamListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(IStreamListener listener) {
        listeners.remove(listener);
    }

    @Override
    public synchronized String getContents() {
        return kept.toString();
    }

    @Override
    public synchronized void flushContents() {
        kept.setLength(0);
    }

    @Override
    public synchronized void setBuffered(boolean keep) {
        buffered = keep;
    }

    @Override
    public synchronized boolean isBuffered() {
        return buffered;
    }
}
