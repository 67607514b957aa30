package io.sinew.log;

import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Properties;

/// A data directory that this process owns: locked, and of a version it can read. The file
/// `sinew.properties` in it says which:
///
/// ```
/// format.version=1
/// cluster.id=<22 characters>
/// wal.salt=<16 hexadecimal digits, chosen at random; see WalV1Format>
/// ```
public final class DataDirectory implements AutoCloseable {
    /// The newest format this build writes and reads.
    public static final int FORMAT_VERSION = 1;

    private static final String IDENTITY = "sinew.properties";

    private final Disk disk;
    private final Path path;
    private final AutoCloseable lock;
    private final Identity identity;

    /// What the directory is known by.
    private record Identity(String clusterId, long salt) {}

    private DataDirectory(Disk disk, Path path, AutoCloseable lock, Identity identity) {
        this.disk = disk;
        this.path = path;
        this.lock = lock;
        this.identity = identity;
    }

    /// Takes the directory, and makes it one of Sinew's if it is empty.
    ///
    /// @param freshClusterId the cluster id if it is new
    /// @throws SinewException `DATA_DIRECTORY_LOCKED`, `DATA_DIRECTORY_TOO_NEW`, `DAMAGED_DATA`
    public static DataDirectory open(Disk disk, Path path, String freshClusterId)
            throws IOException {
        return open(disk, path, freshClusterId, new SecureRandom().nextLong());
    }

    /// As above, with a salt that others could guess, for a directory of no value.
    ///
    /// @param freshSalt the salt if it is new
    /// @throws SinewException `DATA_DIRECTORY_LOCKED`, `DATA_DIRECTORY_TOO_NEW`, `DAMAGED_DATA`
    public static DataDirectory open(Disk disk, Path path, String freshClusterId, long freshSalt)
            throws IOException {
        if (!disk.exists(path.resolve(IDENTITY))) {
            createDurably(disk, path);
        }
        AutoCloseable lock = disk.lock(path.resolve("lock"));
        try {
            Path identity = path.resolve(IDENTITY);
            if (!disk.exists(identity)) {
                writeIdentity(disk, path, freshClusterId, freshSalt);
            }
            return new DataDirectory(disk, path, lock, readIdentity(disk, path));
        } catch (IOException | RuntimeException e) {
            closeQuietly(lock, e);
            throw e;
        }
    }

    /// Makes the directory so that its name, and those of the directories made on the way to it,
    /// survive a power failure; also when a process made them that was killed before it could see
    /// to that.
    private static void createDurably(Disk disk, Path path) throws IOException {
        var parents = new ArrayList<Path>();
        Path missing = path;
        while (missing != null && !disk.exists(missing)) {
            missing = missing.getParent();
            if (missing != null) {
                parents.add(missing);
            }
        }
        disk.createDirectories(path);
        for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
            try {
                disk.syncDirectory(parent);
            } catch (IOException e) {
                if (parents.contains(parent)) {
                    throw e;
                }
                // It was there, and is perhaps not ours to read. That a process which was killed
                // made a name in it a moment ago is as good as ruled out then.
            }
        }
    }

    private static void writeIdentity(Disk disk, Path path, String clusterId, long salt)
            throws IOException {
        if (disk.exists(path.resolve("checkpoint")) || disk.exists(path.resolve("wal"))) {
            throw damaged(path, "is missing although there is data");
        }
        Path unfinished = path.resolve(IDENTITY + ".new");
        String text =
                "format.version="
                        + FORMAT_VERSION
                        + "\ncluster.id="
                        + clusterId
                        + "\nwal.salt="
                        + HexFormat.of().toHexDigits(salt)
                        + "\n";
        try (DiskFile file = disk.open(unfinished)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            file.sync();
        }
        disk.move(unfinished, path.resolve(IDENTITY));
        disk.syncDirectory(path);
    }

    private static Identity readIdentity(Disk disk, Path path) throws IOException {
        Path identity = path.resolve(IDENTITY);
        var properties = new Properties();
        try (DiskFile file = disk.openForReading(identity)) {
            var bytes = ByteBuffer.allocate((int) Math.min(4096, file.size()));
            file.read(bytes, 0);
            properties.load(
                    new StringReader(
                            new String(
                                    bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw damaged(path, "is not readable");
        }
        String version = properties.getProperty("format.version", "");
        String clusterId = properties.getProperty("cluster.id", "");
        String salt = properties.getProperty("wal.salt", "");
        if (!version.matches("[0-9]{1,9}")) {
            throw damaged(path, "is not readable");
        }
        if (Integer.parseInt(version) > FORMAT_VERSION) {
            throw new SinewException(
                    ErrorCode.DATA_DIRECTORY_TOO_NEW,
                    path
                            + " was written by a newer Sinew (format "
                            + version
                            + "; this one knows up to "
                            + FORMAT_VERSION
                            + "). Start that version, or choose another directory with --data");
        }
        if (clusterId.isEmpty() || !salt.matches("[0-9a-f]{16}")) {
            throw damaged(path, "is not readable");
        }
        return new Identity(clusterId, HexFormat.fromHexDigitsToLong(salt));
    }

    private static SinewException damaged(Path path, String what) {
        return new SinewException(
                ErrorCode.DAMAGED_DATA,
                path.resolve(IDENTITY)
                        + " "
                        + what
                        + ". Restore it from a backup: it names the format, the cluster id and the"
                        + " salt");
    }

    private static void closeQuietly(AutoCloseable resource, Exception cause) {
        try {
            resource.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }

    Disk disk() {
        return disk;
    }

    public Path path() {
        return path;
    }

    /// The name Kafka clients know this broker's cluster by; it never changes.
    public String clusterId() {
        return identity.clusterId();
    }

    /// What the write-ahead log's checksums begin with: random, and known to nobody else.
    long salt() {
        return identity.salt();
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
