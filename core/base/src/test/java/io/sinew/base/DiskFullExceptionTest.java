package io.sinew.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.SyncFailedException;
import org.junit.jupiter.api.Test;

class DiskFullExceptionTest {
    @Test
    void a_write_that_finds_no_space_is_known_in_every_language() {
        var german = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");
        var known = DiskFullException.whereThatIsTheReason(german, 4095, 4096);
        assertThat(DiskFullException.isCause(known)).isTrue();
        assertThat(known).hasCause(german).hasMessage(german.getMessage());
    }

    @Test
    void a_write_that_fails_while_there_is_space_has_another_reason() {
        var other = new IOException("Input/output error");
        var known = DiskFullException.whereThatIsTheReason(other, 1 << 20, 4096);
        assertThat(known).isSameAs(other);
        assertThat(DiskFullException.isCause(known)).isFalse();
    }

    @Test
    void the_systems_words_are_enough() {
        assertThat(DiskFullException.isCause(new IOException("No space left on device"))).isTrue();
        assertThat(DiskFullException.isCause(new IOException("Disk quota exceeded"))).isTrue();
    }

    @Test
    void a_failed_sync_is_never_only_a_full_disk() {
        var failure = new SyncFailedException("No space left on device");
        assertThat(DiskFullException.isCause(failure)).isFalse();
    }
}
