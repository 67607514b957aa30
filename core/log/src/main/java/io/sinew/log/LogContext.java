package io.sinew.log;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.Metrics;

/// What the threads of one log share besides the data.
record LogContext(
        LogLimits limits, Clock clock, LogHealth health, Metrics metrics, Background background) {}
