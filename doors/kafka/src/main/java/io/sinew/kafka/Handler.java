package io.sinew.kafka;

import io.sinew.kafkawire.Message;

/// Serves one API. Runs on the connection's reader: what it does here is done in the order of the
/// connection's requests; what takes time belongs in the reply. The request's record bytes are
/// valid only until it returns.
interface Handler<Q extends Message> {
    /// Serves one request.
    ///
    /// @throws CloseConnection when no answer can say what is wrong
    Reply handle(Q request, Caller caller) throws InterruptedException;
}
