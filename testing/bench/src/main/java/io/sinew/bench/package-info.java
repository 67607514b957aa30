/// Measures Sinew and the products people would take instead side by side: the same client, the
/// same machine, the same run. `log` is about Apache Kafka, `queue` about queues.
///
/// **How to read a result.** Each workload runs in rounds; in each round every peer gets a fresh
/// data folder, is warmed up and is measured, one after the other (A B C D, A B C D, …), so that a
/// machine that slows down slows everybody. A cell is the median of the rounds with the lowest and
/// the highest beside it; a ratio is the quotient of two medians of the same run. Where lowest and
/// highest are far apart the machine was busy: do not quote it. MB and GB are 10^6 and 10^9 bytes
/// of record batches (of record values for `tool-…`). A queue's message has 1 KiB.
///
/// **What is durable.** `kafka` answers `acks=all` when the bytes are in the page cache: a power
/// cut loses them. `kafka-flush` sets `flush.messages=1` and syncs each partition's file before it
/// answers. `sinew` syncs its log before it answers. `sinew-os` does what `kafka` does. Compare
/// `sinew` with `kafka-flush` for the same promise, and with `kafka` for what the promise costs.
/// Each queue says in the report what it syncs and what it does not.
///
/// **What the latencies mean.** At a fixed rate (`latency/…`, `end-to-end/…`, `paced/…`) a latency
/// counts from the moment when the request was *due*, not from when it was sent, so a stall is seen
/// by all requests that it delays. Kafka's own tools wait for a free slot before they send and hide
/// that; their percentiles are printed because people know them.
///
/// **What is measured on the broker.** User and system CPU seconds and memory of the broker's
/// process (and what it started) from `/proc`, before and after. Client and broker share the
/// machine's cores: throughput is that of both together, CPU per GB is the broker's alone.
///
/// The clients of the queues are no named modules and share packages, so this has no `module-info`.
@org.jspecify.annotations.NullMarked
package io.sinew.bench;
