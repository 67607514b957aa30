package io.sinew.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The programs of this machine that the bench uses where they are installed. It installs none.
final class Programs {
    /// What installs the servers that are no libraries.
    static final String INSTALL = "apt-get install rabbitmq-server nats-server";

    /// Where servers are that are not on everybody's path.
    private static final List<String> MORE_FOLDERS =
            List.of("/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/local/sbin");

    private Programs() {}

    static boolean installed(String name) {
        return find(name).isPresent();
    }

    /// The file of a program.
    static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(MORE_FOLDERS.stream(), Stream.of(path.split(File.pathSeparator, -1)))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Why a peer cannot be measured, if its server is not installed.
    static Optional<String> missing(String name) {
        return installed(name)
                ? Optional.empty()
                : Optional.of(name + " is not installed: " + INSTALL);
    }
}
