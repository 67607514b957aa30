package io.sinew.kafkawire;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
    @Test
    void a_number_that_is_not_served_has_no_key() {
        for (int id : new int[] {Short.MIN_VALUE, -1, 4, 7, 76, Short.MAX_VALUE}) {
            assertThat(ApiKey.of(id)).isEmpty();
        }
    }

    @Test
    void every_key_has_kafkas_name_and_number() {
        for (ApiKey key : ApiKey.values()) {
            ApiKeys kafkas = ApiKeys.forId(key.id());
            assertThat(key.protocolName()).isEqualTo(kafkas.name);
            assertThat(key.name()).isEqualTo(kafkas.name());
            assertThat(ApiKey.of(key.id())).contains(key);
        }
    }

    @Test
    void every_served_version_is_one_that_kafka_enables() {
        for (ApiKey key : ApiKey.values()) {
            ApiKeys kafkas = ApiKeys.forId(key.id());
            for (short version = key.minVersion(); version <= key.maxVersion(); version++) {
                assertThat(kafkas.isVersionEnabled(version, false))
                        .as(key + " " + version)
                        .isTrue();
                assertThat(key.serves(version)).isTrue();
            }
            assertThat(key.serves(key.minVersion() - 1)).isFalse();
            assertThat(key.serves(key.maxVersion() + 1)).isFalse();
        }
    }

    @Test
    void headers_have_the_versions_that_kafka_gives_them() {
        for (ApiKey key : ApiKey.values()) {
            ApiKeys kafkas = ApiKeys.forId(key.id());
            for (short version = key.minVersion(); version <= key.maxVersion(); version++) {
                assertThat(key.requestHeaderVersion(version))
                        .as(key + " " + version)
                        .isEqualTo(kafkas.requestHeaderVersion(version));
                assertThat(key.responseHeaderVersion(version))
                        .as(key + " " + version)
                        .isEqualTo(kafkas.responseHeaderVersion(version));
            }
        }
    }

    @Test
    void the_header_of_a_version_from_the_future_can_still_be_read() {
        assertThat(ApiKey.API_VERSIONS.requestHeaderVersion(99)).isEqualTo(2);
        assertThat(ApiKey.API_VERSIONS.responseHeaderVersion(99)).isZero();
        assertThat(ApiKey.PRODUCE.requestHeaderVersion(0)).isEqualTo(1);
    }
}
