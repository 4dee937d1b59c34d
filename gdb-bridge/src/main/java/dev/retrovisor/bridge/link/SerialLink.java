// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A serial port by jSerialComm: 8N1, no flow control. Owns the port. */
final class SerialLink implements Link {
    private static final int SLICE_MILLIS = 20;

    private final SerialPort port;
    private final String name;
    private volatile boolean closed;

    private SerialLink(SerialPort port, String name) {
        this.port = port;
        this.name = name;
    }

    static Link open(String device, int baud) throws LinkOpenException {
        String name = device + " at " + baud + " baud";
        checkDevice(device);
        SerialPort port = port(device);
        port.setComPortParameters(baud, 8, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
        port.setFlowControl(SerialPort.FLOW_CONTROL_DISABLED);
        port.setComPortTimeouts(
                SerialPort.TIMEOUT_READ_SEMI_BLOCKING | SerialPort.TIMEOUT_WRITE_BLOCKING, SLICE_MILLIS, (int)
                        WRITE_PATIENCE.toMillis());
        if (!port.openPort()) {
            throw SerialTrouble.opening(name, port.getLastErrorCode());
        }
        return new SerialLink(port, name);
    }

    private static void checkDevice(String device) throws LinkOpenException {
        Path path = Path.of(device);
        if (!Files.exists(path)) {
            throw new LinkOpenException(device, "no such device", SerialTrouble.whatThereIs());
        }
        if (!Files.isReadable(path) || !Files.isWritable(path)) {
            throw new LinkOpenException(
                    device, "permission denied", "join the group that owns it (on Debian: adduser $USER dialout)");
        }
    }

    private static SerialPort port(String device) throws LinkOpenException {
        try {
            return SerialPort.getCommPort(device);
        } catch (SerialPortInvalidPortException e) {
            throw new LinkOpenException(device, "not a serial port", SerialTrouble.whatThereIs());
        }
    }

    @Override
    public int read(byte[] buffer, Duration patience) throws LinkLostException {
        long end = System.nanoTime() + patience.toNanos();
        int count;
        do {
            checkOpen();
            count = port.readBytes(buffer, buffer.length);
        } while (count == 0 && System.nanoTime() < end);
        if (count < 0) {
            throw gone();
        }
        return count;
    }

    @Override
    public void write(byte[] bytes) throws LinkLostException {
        checkOpen();
        int written = port.writeBytes(bytes, bytes.length);
        if (written < 0) {
            throw gone();
        }
        if (written < bytes.length) {
            throw new LinkLostException(name, "took " + written + " of " + bytes.length + " bytes");
        }
    }

    private void checkOpen() throws LinkLostException {
        if (closed || !port.isOpen()) {
            throw gone();
        }
    }

    private LinkLostException gone() {
        return new LinkLostException(name, closed ? "closed" : "the device is gone (unplugged?)");
    }

    @Override
    public boolean isReliable() {
        return false;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        closed = true;
        port.closePort();
    }
}
