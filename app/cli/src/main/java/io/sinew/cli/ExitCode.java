package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// How a command ended, for scripts.
enum ExitCode {
    DONE(0, "done; `up`, by Ctrl-C or SIGTERM, with everything flushed"),
    FAILED(1, "failed, or refused by the server"),
    USAGE(2, "wrong usage or configuration"),
    NO_ANSWER(3, "nothing answers at the server's address"),
    NOT_FOUND(4, "there is no such topic, partition, group or queue"),
    IN_THE_WAY(5, "something is in the way: it exists already, or is in use"),
    BAD_DATA(6, "the data directory is damaged, or of a newer Sinew");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    /// As `sinew help` lists them. The last two come from the virtual machine.
    static Map<String, String> table() {
        var table = new LinkedHashMap<String, String>();
        for (ExitCode code : values()) {
            table.put(Integer.toString(code.number), code.meaning);
        }
        table.put("130, 143", "a command other than `up` was ended by Ctrl-C, by SIGTERM");
        return table;
    }
}
