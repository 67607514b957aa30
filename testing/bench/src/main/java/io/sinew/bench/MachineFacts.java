package io.sinew.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the figures depend on besides the products.
final class MachineFacts {
    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path LOAD = Path.of("/proc/loadavg");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private MachineFacts() {}

    /// Name and value, in the order in which they are printed.
    ///
    /// @param folder where the brokers keep their data
    static Map<String, String> read(Path folder) throws IOException {
        var facts = new LinkedHashMap<String, String>();
        facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("CPU", cpu());
        facts.put("memory", field(MEMORY, "MemTotal"));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("disk", disk(folder));
        facts.put("load average before", Files.readString(LOAD).strip());
        facts.put("java", Runtime.version().toString());
        return facts;
    }

    /// A line of `/proc/meminfo`.
    static long memoryKib(String name) throws IOException {
        return Long.parseLong(field(MEMORY, name).replace(" kB", ""));
    }

    private static String cpu() throws IOException {
        int cores = Runtime.getRuntime().availableProcessors();
        boolean virtual = field(CPU, "flags").contains("hypervisor");
        return "%s, %d core(s)%s"
                .formatted(field(CPU, "model name"), cores, virtual ? ", virtual machine" : "");
    }

    private static String disk(Path folder) throws IOException {
        FileStore store = Files.getFileStore(folder);
        Path device = Path.of(store.name()).getFileName();
        Path model = Path.of("/sys/block/" + device + "/device/model");
        String name = Files.exists(model) ? Files.readString(model).strip() : "model unknown";
        return store.name() + " (" + store.type() + ", " + name + ")";
    }

    private static String field(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name)) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return "unknown";
    }
}
