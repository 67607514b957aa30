package io.sinew.kafka;

/// What a client may do, as the bit sets of KIP-430: bit n stands for the operation with number n
/// in Kafka's `AclOperation`. There is no authorizer, so everybody may do everything that there is
/// for a kind of thing. A client that does not ask is told nothing, which is the fields' default.
final class AuthorizedOperations {
    private static final int READ = 1 << 3;
    private static final int WRITE = 1 << 4;
    private static final int CREATE = 1 << 5;
    private static final int DELETE = 1 << 6;
    private static final int ALTER = 1 << 7;
    private static final int DESCRIBE = 1 << 8;
    private static final int CLUSTER_ACTION = 1 << 9;
    private static final int DESCRIBE_CONFIGS = 1 << 10;
    private static final int ALTER_CONFIGS = 1 << 11;
    private static final int IDEMPOTENT_WRITE = 1 << 12;

    static final int TOPIC =
            READ | WRITE | CREATE | DELETE | ALTER | DESCRIBE | DESCRIBE_CONFIGS | ALTER_CONFIGS;
    static final int GROUP = READ | DELETE | DESCRIBE | DESCRIBE_CONFIGS | ALTER_CONFIGS;
    static final int CLUSTER =
            CREATE
                    | ALTER
                    | DESCRIBE
                    | CLUSTER_ACTION
                    | DESCRIBE_CONFIGS
                    | ALTER_CONFIGS
                    | IDEMPOTENT_WRITE;

    private AuthorizedOperations() {}
}
