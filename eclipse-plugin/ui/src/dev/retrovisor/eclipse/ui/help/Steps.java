// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.eclipse.ui.help;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A cheat sheet, as the extension point {@code org.eclipse.ui.cheatsheets.cheatSheetContent} describes it: of its elements, those that ours has.
 *
 * @param intro what it is about
 */
record Steps(String title, String intro, List<Step> steps) {
    /**
     * A step.
     *
     * @param command what does it, serialized; empty: the user does it
     */
    record Step(String title, String text, Optional<String> command) {}

    static Steps read(InputStream sheet) throws IOException {
        try {
            Document document = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(sheet);
            Element root = document.getDocumentElement();
            List<Step> steps = new ArrayList<>();
            NodeList items = root.getElementsByTagName("item");
            for (int i = 0; i < items.getLength(); i++) {
                steps.add(step((Element) items.item(i)));
            }
            return new Steps(root.getAttribute("title"), text(root), List.copyOf(steps));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("is no cheat sheet: " + e.getMessage(), e);
        }
    }

    private static Step step(Element item) {
        NodeList commands = item.getElementsByTagName("command");
        Optional<String> command = commands.getLength() == 0
                ? Optional.empty()
                : Optional.of(((Element) commands.item(0)).getAttribute("serialization"));
        return new Step(item.getAttribute("title"), text(item), command);
    }

    /** Of the first description in it. */
    private static String text(Element parent) {
        return parent.getElementsByTagName("description")
                .item(0)
                .getTextContent()
                .strip()
                .replaceAll("\\s+", " ");
    }
}
