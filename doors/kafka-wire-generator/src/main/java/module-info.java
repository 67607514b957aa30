/// Writes the Java sources of io.sinew.kafkawire from Kafka's message schemas. Runs inside the
/// build and nowhere else.
@org.jspecify.annotations.NullMarked
module io.sinew.kafkawiregenerator {
    requires static org.jspecify;
    requires tools.jackson.databind;

    exports io.sinew.kafkawiregenerator;
}
