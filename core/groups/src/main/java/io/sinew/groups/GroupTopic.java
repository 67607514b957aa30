package io.sinew.groups;

import java.util.UUID;

/// A topic as far as groups need to know it.
public record GroupTopic(UUID id, String name, int partitionCount) {}
