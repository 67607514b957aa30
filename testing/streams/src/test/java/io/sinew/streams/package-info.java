/// Kafka Streams, as it is on Maven Central, on Sinew: exactly once, with groups of both protocols,
/// while either side is killed. All of it is test code, so the module has no `module-info`.
@org.jspecify.annotations.NullMarked
package io.sinew.streams;
