// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.rsp;

import java.util.ArrayList;
import java.util.List;

/** The reply to {@code qSupported}: features separated by {@code ;}, each {@code name+}, {@code name-} or {@code name=value}. */
public final class FeatureList {
    private FeatureList() {}

    /** True if the reply says that {@code feature} is there. */
    public static boolean has(Bytes reply, String feature) {
        return List.of(reply.text().split(";", -1)).contains(feature + "+");
    }

    /** The reply without {@code feature}. */
    public static Bytes without(Bytes reply, String feature) {
        List<String> features = new ArrayList<>(List.of(reply.text().split(";", -1)));
        features.removeIf(one -> one.equals(feature + "+"));
        return Bytes.ascii(String.join(";", features));
    }

    /** The reply with {@code feature} switched on, whatever it said about it before. */
    public static Bytes with(Bytes reply, String feature) {
        List<String> features = new ArrayList<>();
        for (String one : reply.text().split(";", -1)) {
            if (!one.isEmpty() && !one.equals(feature + "+") && !one.equals(feature + "-")) {
                features.add(one);
            }
        }
        features.add(feature + "+");
        return Bytes.ascii(String.join(";", features));
    }
}
