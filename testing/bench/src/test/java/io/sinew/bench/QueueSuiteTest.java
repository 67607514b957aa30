package io.sinew.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class QueueSuiteTest {
    @Test
    void no_two_workloads_and_no_two_peers_have_one_name() {
        assertThat(
                        QueueSuite.workloads().stream()
                                .map(QueueWorkload::name)
                                .collect(Collectors.toSet()))
                .hasSameSizeAs(QueueSuite.workloads());
        List<QueuePeer> peers = QueuePeers.all("");
        assertThat(peers.stream().map(Subject::name).collect(Collectors.toSet()))
                .hasSameSizeAs(peers);
    }

    @Test
    void a_server_that_is_not_installed_is_named_with_the_line_that_installs_it() {
        assertThat(Programs.missing("no-such-server"))
                .contains("no-such-server is not installed: " + Programs.INSTALL);
        assertThat(Programs.missing("sh")).isEmpty();
    }

    @Test
    void the_syncs_of_all_kinds_in_a_summary_of_strace_are_counted() {
        var summary =
                """
                % time     seconds  usecs/call     calls    errors syscall
                ------ ----------- ----------- --------- --------- ----------------
                 99.12    0.512345         512       401           fdatasync
                  0.88    0.004321          43        10         1 fsync
                ------ ----------- ----------- --------- --------- ----------------
                100.00    0.516666         501       411         1 total
                """;
        assertThat(SyncProofWorkload.syncs(summary.lines().toList())).isEqualTo(411);
        assertThat(SyncProofWorkload.syncs(List.of())).isZero();
    }
}
