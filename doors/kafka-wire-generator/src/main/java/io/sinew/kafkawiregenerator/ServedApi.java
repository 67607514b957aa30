package io.sinew.kafkawiregenerator;

import java.util.ArrayList;
import java.util.List;

/// One line of served-apis.txt: an API and the versions of it that we decode.
record ServedApi(String name, int key, Versions versions) {
    /// Reads the list. Empty lines and lines that begin with `#` are for people.
    static List<ServedApi> parse(List<String> lines) {
        List<ServedApi> apis = new ArrayList<>();
        for (String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                apis.add(parse(line));
            }
        }
        return apis;
    }

    /// Refuses an API whose key or versions the schemas of its request and its response do not
    /// back.
    void check(Schema request, Schema response) {
        for (Schema schema : List.of(request, response)) {
            if (schema.apiKey() != key) {
                throw refused("the key of " + schema.name() + " is " + schema.apiKey());
            }
            if (!schema.valid().covers(versions)) {
                throw refused("the valid versions of " + schema.name() + " are " + schema.valid());
            }
            if (!schema.servable().covers(versions)) {
                throw refused(
                        "version "
                                + schema.valid().max()
                                + " of "
                                + schema.name()
                                + " is unstable");
            }
        }
    }

    private SchemaException refused(String why) {
        return new SchemaException(
                "served-apis.txt: \"" + name + " " + key + " " + versions + "\" can't be: " + why);
    }

    private static ServedApi parse(String line) {
        String[] words = line.trim().split("\\s+", -1);
        try {
            if (words.length == 3) {
                Versions versions = Versions.parse(words[2]);
                if (!versions.isEmpty() && !words[2].endsWith("+")) {
                    return new ServedApi(words[0], Integer.parseInt(words[1]), versions);
                }
            }
        } catch (NumberFormatException _) {
            // Refused below, like every other line of the wrong shape.
        }
        throw new SchemaException("served-apis.txt: \"" + line + "\" should read NAME KEY MIN-MAX");
    }
}
