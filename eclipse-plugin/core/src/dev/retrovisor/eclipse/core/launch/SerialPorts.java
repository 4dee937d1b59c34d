// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.core.launch;

import com.fazecast.jSerialComm.SerialPort;
import java.util.Arrays;
import java.util.List;

/** The serial ports of this machine. */
public final class SerialPorts {
    private SerialPorts() {}

    /** Their names, as a launch configuration has them. */
    public static List<String> all() {
        return Arrays.stream(SerialPort.getCommPorts())
                .map(SerialPort::getSystemPortPath)
                .sorted()
                .toList();
    }
}
