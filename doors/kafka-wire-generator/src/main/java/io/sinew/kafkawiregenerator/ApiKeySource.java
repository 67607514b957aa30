package io.sinew.kafkawiregenerator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The source of `enum ApiKey`: the served APIs, their versions and their headers.
final class ApiKeySource {
    private final List<String> constants = new ArrayList<>();

    void add(ServedApi api, Versions flexible) {
        constants.add(
                String.format(
                        "%s(\"%s\", %d, %d, %d, %s, %sRequest::read, %sResponse::read)",
                        constant(api.name()),
                        api.name(),
                        api.key(),
                        api.versions().min(),
                        api.versions().max(),
                        flexible.isEmpty() ? "Integer.MAX_VALUE" : flexible.min(),
                        api.name(),
                        api.name()));
    }

    private static String constant(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    String source() {
        return TEMPLATE.replace("CONSTANTS", String.join(",\n    ", constants));
    }

    private static final String TEMPLATE =
            """
            import java.util.Optional;

            /// An API of the protocol that is served, with the versions that can be read and written.
            public enum ApiKey {
                CONSTANTS;

                private static final ApiKey[] BY_ID = byId();

                private final String protocolName;
                private final short id;
                private final short minVersion;
                private final short maxVersion;
                private final int flexibleSince;
                private final MessageReader requests;
                private final MessageReader responses;

                ApiKey(
                        String protocolName,
                        int id,
                        int minVersion,
                        int maxVersion,
                        int flexibleSince,
                        MessageReader requests,
                        MessageReader responses) {
                    this.protocolName = protocolName;
                    this.id = (short) id;
                    this.minVersion = (short) minVersion;
                    this.maxVersion = (short) maxVersion;
                    this.flexibleSince = flexibleSince;
                    this.requests = requests;
                    this.responses = responses;
                }

                private interface MessageReader {
                    Message read(WireReader in, int version);
                }

                /// The served API with this number.
                public static Optional<ApiKey> of(int id) {
                    return id < 0 || id >= BY_ID.length ? Optional.empty() : Optional.ofNullable(BY_ID[id]);
                }

                /// The name that the protocol's documentation uses.
                public String protocolName() {
                    return protocolName;
                }

                /// The number that stands for the API on the wire.
                public short id() {
                    return id;
                }

                public short minVersion() {
                    return minVersion;
                }

                public short maxVersion() {
                    return maxVersion;
                }

                public boolean serves(int version) {
                    return version >= minVersion && version <= maxVersion;
                }

                /// Whether `version` has compact lengths and tagged fields (KIP-482).
                public boolean flexible(int version) {
                    return version >= flexibleSince;
                }

                /// The version of [RequestHeader] before a request of `version`, served or not.
                public int requestHeaderVersion(int version) {
                    return flexible(version) ? 2 : 1;
                }

                /// The version of [ResponseHeader] before a response of `version`. ApiVersions always has 0:
                /// a client reads it before it knows what the broker speaks (KIP-511).
                public int responseHeaderVersion(int version) {
                    return flexible(version) && this != API_VERSIONS ? 1 : 0;
                }

                public Message readRequest(WireReader in, int version) {
                    return requests.read(in, version);
                }

                public Message readResponse(WireReader in, int version) {
                    return responses.read(in, version);
                }

                private static ApiKey[] byId() {
                    int max = 0;
                    for (ApiKey key : values()) {
                        max = Math.max(max, key.id);
                    }
                    ApiKey[] table = new ApiKey[max + 1];
                    for (ApiKey key : values()) {
                        table[key.id] = key;
                    }
                    return table;
                }
            }
            """;
}
