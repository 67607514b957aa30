package io.sinew.kafka;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.WireReader;
import java.util.EnumMap;
import java.util.Map;

/// The APIs that this door serves, each with its handler. An API without one is not advertised.
final class Apis {
    private final Map<ApiKey, Served> handlers = new EnumMap<>(ApiKey.class);

    private interface Served {
        Reply serve(WireReader body, Caller caller) throws InterruptedException;
    }

    <Q extends Message> Apis with(ApiKey api, Class<Q> type, Handler<Q> handler) {
        handlers.put(
                api,
                (body, caller) ->
                        handler.handle(type.cast(api.readRequest(body, caller.version())), caller));
        return this;
    }

    boolean serves(ApiKey api) {
        return handlers.containsKey(api);
    }

    Reply serve(ApiKey api, WireReader body, Caller caller) throws InterruptedException {
        Served served = handlers.get(api);
        if (served == null) {
            throw new CloseConnection("api " + api.protocolName() + " is not served");
        }
        return served.serve(body, caller);
    }
}
