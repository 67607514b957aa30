package io.sinew.kafkawiregenerator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Writes the sources of the codecs: one class per request, response and header, and the enum of
/// the APIs. A file that would not change is left alone, so that nothing is compiled again for
/// nothing.
public final class Generate {
    private static final String PACKAGE = "io.sinew.kafkawire";

    private Generate() {}

    /// Reads the list of served APIs at the path `arguments[0]` and writes the sources under the
    /// folder `arguments[1]`.
    public static void main(String[] arguments) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(arguments[0]));
        Path folder = Path.of(arguments[1]).resolve(PACKAGE.replace('.', '/'));
        Map<String, String> sources = sources(ServedApi.parse(lines));
        Files.createDirectories(folder);
        removeOthers(folder, sources);
        for (Map.Entry<String, String> source : sources.entrySet()) {
            write(folder.resolve(source.getKey()), source.getValue());
        }
    }

    /// The sources by file name.
    static Map<String, String> sources(List<ServedApi> apis) {
        Map<String, String> sources = new TreeMap<>();
        ApiKeySource keys = new ApiKeySource();
        for (ServedApi api : apis) {
            Schema request = Schema.load(api.name() + "Request");
            Schema response = Schema.load(api.name() + "Response");
            api.check(request, response);
            keys.add(api, request.flexible());
            addMessage(request, api.versions(), sources);
            addMessage(response, api.versions(), sources);
        }
        for (String header : List.of("RequestHeader", "ResponseHeader")) {
            Schema schema = Schema.load(header);
            addMessage(schema, schema.servable(), sources);
        }
        sources.put("ApiKey.java", header() + keys.source());
        return sources;
    }

    private static void addMessage(Schema schema, Versions served, Map<String, String> sources) {
        sources.put(schema.name() + ".java", header() + new MessageSource(schema, served).source());
    }

    private static String header() {
        return "// Generated from the message schemas of Apache Kafka. Do not edit.\n"
                + "package "
                + PACKAGE
                + ";\n\n";
    }

    private static void removeOthers(Path folder, Map<String, String> sources) throws IOException {
        try (Stream<Path> present = Files.list(folder)) {
            for (Path file : present.toList()) {
                if (!sources.containsKey(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void write(Path file, String source) throws IOException {
        if (!Files.exists(file) || !Files.readString(file).equals(source)) {
            Files.writeString(file, source);
        }
    }
}
