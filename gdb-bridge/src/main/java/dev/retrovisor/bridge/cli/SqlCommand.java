// SPDX-License-Identifier: EPL-2.0
package dev.retrovisor.bridge.cli;

import com.google.gson.JsonObject;
import dev.retrovisor.bridge.session.SessionException;
import dev.retrovisor.store.format.RecordingReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Any question. */
@CommandLine.Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        description = {
            "Asks a recording in SQL, and changes nothing. The tables are in docs/spec/recording-format.md; the view event has id,",
            "instant, kind, address, width, value, data, rip. Columns are separated by tabs, binary data is hexadecimal."
        },
        footer = {"", "Example: retrovisor sql crash.retro \"SELECT kind, count(*) FROM event GROUP BY kind\""})
final class SqlCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Parameters(index = "0", paramLabel = "FILE", description = "the recording")
    private Path file;

    @CommandLine.Parameters(index = "1", paramLabel = "QUESTION", description = "one SELECT")
    private String question;

    @CommandLine.Option(names = "--json", description = "one JSON object a line")
    private boolean isJson;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        try (RecordingReader recording = RecordingReader.open(file);
                Statement statement = recording.connection().createStatement()) {
            try (ResultSet rows = ask(statement)) {
                print(rows, out);
            }
        } catch (SQLException e) {
            throw new SessionException("SQLite says: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason"));
        }
        out.flush();
        return ExitCode.OK.number;
    }

    @SuppressWarnings("SqlSourceToSinkFlow") // the user's own question, on a connection that cannot write
    private ResultSet ask(Statement statement) throws SQLException {
        return statement.executeQuery(question);
    }

    private void print(ResultSet rows, PrintWriter out) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        int count = columns.getColumnCount();
        for (int i = 1; i <= count && !isJson; i++) {
            out.print(columns.getColumnLabel(i) + (i < count ? "\t" : "\n"));
        }
        while (rows.next()) {
            if (isJson) {
                out.println(Json.line(object(rows, columns)));
            } else {
                for (int i = 1; i <= count; i++) {
                    out.print(text(rows.getObject(i)) + (i < count ? "\t" : "\n"));
                }
            }
        }
    }

    private static JsonObject object(ResultSet rows, ResultSetMetaData columns) throws SQLException {
        JsonObject object = new JsonObject();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            Object value = rows.getObject(i);
            if (value instanceof Number number) {
                object.addProperty(columns.getColumnLabel(i), number);
            } else {
                object.addProperty(columns.getColumnLabel(i), value == null ? null : text(value));
            }
        }
        return object;
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }
}
