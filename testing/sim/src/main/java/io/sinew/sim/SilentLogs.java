package io.sinew.sim;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// Keeps what the broker says of thousands of accidents from the console.
public final class SilentLogs extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Silence(name);
    }

    private record Silence(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return false;
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String message,
                @Nullable Throwable thrown) {}

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String format,
                @Nullable Object... arguments) {}
    }
}
