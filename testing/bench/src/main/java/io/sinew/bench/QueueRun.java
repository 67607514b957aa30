package io.sinew.bench;

import java.nio.file.Path;
import java.util.function.Consumer;

/// One measurement of one queue by one workload.
///
/// @param system runs on a fresh folder
/// @param name of the peer
/// @param folder for what the workload itself writes
/// @param notes gets what the reader of the results must know
record QueueRun(
        QueueSystem system, String name, Path folder, Scale scale, Consumer<String> notes) {}
