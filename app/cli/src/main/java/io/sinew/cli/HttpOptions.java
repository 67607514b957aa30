package io.sinew.cli;

import picocli.CommandLine.Option;

/// Which server to talk to over HTTP.
final class HttpOptions {
    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            defaultValue = "${env:SINEW_HTTP:-127.0.0.1:8080}",
            description =
                    "The server's address for HTTP. Default: $SINEW_HTTP, else 127.0.0.1:8080.")
    private HostPort address = UpConfig.HTTP;

    ServerOverHttp connect() {
        return new ServerOverHttp(address);
    }
}
