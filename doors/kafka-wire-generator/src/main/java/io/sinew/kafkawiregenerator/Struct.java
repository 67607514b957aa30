package io.sinew.kafkawiregenerator;

import java.util.List;

/// A struct of a schema with the fields that occur in `scope`, the versions in which we read and
/// write it.
record Struct(String name, Versions scope, List<Field> fields) {}
