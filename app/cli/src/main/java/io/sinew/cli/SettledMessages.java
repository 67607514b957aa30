package io.sinew.cli;

import tools.jackson.databind.JsonNode;

/// What became of the receipts that a command named.
///
/// @param done how many count
/// @param lost how many came too late
record SettledMessages(int done, int lost) {
    static SettledMessages of(JsonNode answer) {
        int done = 0;
        int lost = 0;
        for (JsonNode one : answer.path("settled")) {
            if (one.path("result").asString("").equals("done")) {
                done++;
            } else {
                lost++;
            }
        }
        return new SettledMessages(done, lost);
    }

    /// Says so.
    ///
    /// @throws CommandException when a message was lost, so that a script learns of it
    void report(Terminal terminal, String did) {
        terminal.out().println(did + " " + done + (done == 1 ? " message" : " messages"));
        if (lost > 0) {
            throw new CommandException(
                    ExitCode.FAILED,
                    lost
                            + " of "
                            + (done + lost)
                            + " receipts came too late: the lease had run out, or the message is"
                            + " dealt with. It may come again; a longer lease is --lease");
        }
    }
}
