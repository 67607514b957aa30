package io.sinew.kafkawiregenerator;

/// A schema or a line of served-apis.txt from which no codec can be made. It fails the build.
final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaException(String message) {
        super(message);
    }
}
