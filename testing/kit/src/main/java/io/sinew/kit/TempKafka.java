package io.sinew.kit;

import io.sinew.base.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A real Apache Kafka of one broker, started, in a folder of its own that is deleted with it.
///
/// Whoever uses it names its jars with the system property `sinew.kafka.classpath`: the path of the
/// file that the module `testing/apache-kafka` writes.
public final class TempKafka implements AutoCloseable {
    private final TempFolder folder;
    private final ApacheKafka kafka;

    private TempKafka(TempFolder folder, ApacheKafka kafka) {
        this.folder = folder;
        this.kafka = kafka;
    }

    /// Starts one with [ApacheKafka#TEST_FLAGS].
    ///
    /// @param parent where its folder is made
    /// @param properties as of [ApacheKafka]
    public static TempKafka start(Path parent, Map<String, String> properties) throws Exception {
        String jars = System.getProperty("sinew.kafka.classpath");
        Check.that(jars != null, "sinew.kafka.classpath is set");
        TempFolder folder = TempFolder.in(parent);
        var kafka =
                new ApacheKafka(
                        folder.path(),
                        Files.readString(Path.of(jars)).strip(),
                        ApacheKafka.TEST_FLAGS,
                        properties);
        kafka.format();
        kafka.start();
        return new TempKafka(folder, kafka);
    }

    /// The broker, to be stopped, killed and started again.
    public ApacheKafka kafka() {
        return kafka;
    }

    /// The folder, for files of the test too.
    public Path folder() {
        return folder.path();
    }

    @Override
    public void close() throws IOException {
        kafka.close();
        folder.close();
    }
}
