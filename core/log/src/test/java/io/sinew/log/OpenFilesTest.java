package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.FaultyDisk;
import io.sinew.kit.FaultyDisk.Operation;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Which segment files are open, and for how long.
class OpenFilesTest {
    private static final int BOUND = 3;

    private final FaultyDisk disk = new FaultyDisk();
    private final OpenFiles files = new OpenFiles(disk, BOUND);
    private final List<OpenFiles.SharedFile> shared = new ArrayList<>();

    OpenFilesTest() throws Exception {
        disk.createDirectories(Path.of("/files"));
        for (int i = 0; i < 6; i++) {
            disk.put(path(i), new byte[] {(byte) i});
            shared.add(files.file(path(i)));
        }
    }

    private static Path path(int index) {
        return Path.of("/files/" + index);
    }

    private void touch(int... indexes) throws Exception {
        for (int index : indexes) {
            shared.get(index).acquire();
            shared.get(index).release();
        }
    }

    private long opens(int index) {
        return disk.events(FaultyDisk.Selection.of(Operation.OPEN, path(index).toString())).size();
    }

    @Test
    void the_file_longest_unused_makes_room() throws Exception {
        touch(0, 1, 2, 0, 3);
        assertThat(disk.openFiles()).isEqualTo(BOUND);
        touch(2, 0, 3);
        assertThat(opens(0)).isEqualTo(1);
        touch(1);
        assertThat(opens(1)).isEqualTo(2);
        assertThat(disk.openFiles()).isEqualTo(BOUND);
    }

    @Test
    void a_file_in_use_stays_open_beyond_the_bound() throws Exception {
        for (int i = 0; i < 5; i++) {
            shared.get(i).acquire();
        }
        touch(5, 5, 0);
        assertThat(opens(0)).isEqualTo(1);
        assertThat(disk.openFiles()).isEqualTo(6);
        for (int i = 0; i < 5; i++) {
            shared.get(i).release();
        }
        touch(5);
        assertThat(opens(5)).isEqualTo(1);
        shared.add(files.file(Path.of("/files/new")));
        touch(6);
        assertThat(disk.openFiles()).isEqualTo(BOUND);
        files.closeAll();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void who_has_a_deleted_file_may_finish_and_nobody_creates_it_again() throws Exception {
        var read = ByteBuffer.allocate(1);
        var opened = shared.get(4).acquire();
        shared.get(4).delete();
        assertThat(opened.read(read, 0)).isEqualTo(1);
        shared.get(4).release();
        assertThat(disk.openFiles()).isZero();
        touch(1);
        shared.get(1).delete();
        assertThat(disk.openFiles()).isZero();
        assertThatThrownBy(() -> touch(4)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> touch(1)).isInstanceOf(NoSuchFileException.class);
        assertThat(disk.exists(path(4))).isFalse();
        assertThat(disk.exists(path(1))).isFalse();
    }

    @Test
    void files_are_used_while_the_disk_takes_its_time_to_delete_one() throws Exception {
        touch(0, 1);
        disk.hold(FaultyDisk.Selection.of(Operation.DELETE, path(0).toString()));
        var deletion =
                new FutureTask<>(() -> {
                    shared.get(0).delete();
                    return true;
                });
        Thread.ofPlatform().start(deletion);
        disk.awaitHeld();
        touch(1, 2);
        assertThatThrownBy(() -> touch(0)).isInstanceOf(NoSuchFileException.class);
        disk.letGo();
        assertThat(deletion.get()).isTrue();
        assertThat(disk.exists(path(0))).isFalse();
    }
}
