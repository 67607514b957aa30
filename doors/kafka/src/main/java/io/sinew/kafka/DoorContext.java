package io.sinew.kafka;

import io.sinew.base.Clock;

/// What all connections of the door share.
record DoorContext(
        Apis apis,
        RequestBuffers buffers,
        DoorLimits limits,
        DoorCounts counts,
        Charging charging,
        Clock clock) {}
