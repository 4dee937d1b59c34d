// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.link;

import com.fazecast.jSerialComm.SerialPort;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What to say when a serial port cannot be opened. */
final class SerialTrouble {
    /** Error numbers of Linux, errno(3). */
    private static final int EPERM = 1;

    /** The device was there a moment ago: jSerialComm says this of a port that this same process has open. */
    private static final int ENOENT = 2;

    private static final int EIO = 5;
    private static final int EAGAIN = 11;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;
    private static final int EINVAL = 22;

    private SerialTrouble() {}

    static LinkOpenException opening(String name, int errno) {
        return switch (errno) {
            case EPERM, EACCES -> new LinkOpenException(
                    name, "permission denied", "join the group that owns it (on Debian: adduser $USER dialout)");
            case EAGAIN, EBUSY, ENOENT -> new LinkOpenException(
                    name, "in use by another program", "end that program (fuser -v names it)");
            case EIO -> new LinkOpenException(name, "there is no hardware behind it", whatThereIs());
            case EINVAL -> new LinkOpenException(
                    name, "the port cannot run at this speed", "choose a usual one with --baud, such as 115200");
            default -> new LinkOpenException(name, "cannot be opened (errno " + errno + ")", whatThereIs());
        };
    }

    static String whatThereIs() {
        String ports = Arrays.stream(SerialPort.getCommPorts())
                .map(SerialPort::getSystemPortPath)
                .collect(Collectors.joining(", "));
        return ports.isEmpty()
                ? "check the name and the cable (there is no serial port on this machine)"
                : "check the name and the cable (serial ports here: " + ports + ")";
    }
}
