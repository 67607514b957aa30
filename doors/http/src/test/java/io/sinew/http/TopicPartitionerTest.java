package io.sinew.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TopicPartitionerTest {
    @Test
    void any_key_goes_where_kafkas_own_producer_puts_it() {
        var partitioner = new TopicPartitioner();
        Trials.run(
                2_000,
                random -> {
                    var key = new byte[random.nextInt(40)];
                    random.nextBytes(key);
                    int count = 1 + random.nextInt(100);
                    assertThat(partitioner.partition(key, count))
                            .isEqualTo(BuiltInPartitioner.partitionForKey(key, count));
                });
        assertThat(TopicPartitioner.murmur2("foobar".getBytes(UTF_8))).isEqualTo(-790332482);
    }

    @Test
    void records_without_a_key_go_to_one_partition_after_the_other() {
        var partitioner = new TopicPartitioner();
        int first = partitioner.partition(null, 3);
        int second = partitioner.partition(null, 3);
        int third = partitioner.partition(null, 3);
        assertThat(new int[] {first, second, third}).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(partitioner.partition(null, 3)).isEqualTo(first);
    }
}
