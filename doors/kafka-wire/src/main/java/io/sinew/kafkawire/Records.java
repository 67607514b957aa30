package io.sinew.kafkawire;

/// Record batches as a field of a message: bytes that no codec looks into or copies. A request
/// carries [BufferRecords]; what a response carries is up to whoever answers (a region of a file,
/// for one), and [WireWriter] hands it on as it is.
public interface Records {
    /// The number of bytes that stand for these records on the wire.
    int sizeBytes();
}
