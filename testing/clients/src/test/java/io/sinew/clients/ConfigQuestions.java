package io.sinew.clients;

import io.sinew.kafkawire.AlterClientQuotasRequest;
import io.sinew.kafkawire.AlterConfigsRequest;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.DescribeClientQuotasRequest;
import io.sinew.kafkawire.DescribeConfigsRequest;
import io.sinew.kafkawire.IncrementalAlterConfigsRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// About topics' settings and clients' quotas.
final class ConfigQuestions {
    private static final int TOPIC = 2;
    private static final int SET = 0;
    private static final int DELETE = 1;
    private static final int APPEND = 2;
    private static final int SUBTRACT = 3;

    private static final int EXACT = 0;
    private static final int DEFAULT = 1;
    private static final int ANY = 2;

    private ConfigQuestions() {}

    static List<Question> all() {
        var all = new ArrayList<Question>();
        all.addAll(descriptions());
        all.addAll(changes());
        all.addAll(replacements());
        all.addAll(quotaChanges());
        all.addAll(quotaDescriptions());
        return all;
    }

    // ---- DescribeConfigs

    private static Question description(String what, int type, String name, String... keys) {
        return Question.of(
                ApiKey.DESCRIBE_CONFIGS,
                what,
                (_, version) -> {
                    var resource = new DescribeConfigsRequest.DescribeConfigsResource();
                    resource.resourceType = (byte) type;
                    resource.resourceName = name;
                    resource.configurationKeys = keys.length == 0 ? null : List.of(keys);
                    var request = new DescribeConfigsRequest();
                    request.resources.add(resource);
                    request.includeSynonyms = version > 1;
                    request.includeDocumentation = version > 3;
                    return request;
                });
    }

    private static List<Question> descriptions() {
        return List.of(
                description("all of a topic", TOPIC, "settings"),
                description("some of a topic", TOPIC, "settings", "retention.ms", "segment.ms"),
                description("one that there is not", TOPIC, "settings", "no.such.config"),
                description("of no topic", TOPIC, "none"),
                description("of a bad name", TOPIC, "a b"),
                description("of an empty name", TOPIC, ""),
                description("of a broker that there is not", 4, "99", "node.id"),
                description("of a broker without a number", 4, "x", "node.id"),
                description("of an unknown kind", 77, "x"));
    }

    // ---- IncrementalAlterConfigs

    private record Edit(String key, int operation, @Nullable String value) {}

    private static Edit set(String key, @Nullable String value) {
        return new Edit(key, SET, value);
    }

    private static Question change(String what, String topic, Edit... edits) {
        return change(what, TOPIC, topic, edits);
    }

    private static Question change(String what, int type, String name, Edit... edits) {
        return Question.of(
                ApiKey.INCREMENTAL_ALTER_CONFIGS,
                what,
                (_, _) -> {
                    var resource = new IncrementalAlterConfigsRequest.AlterConfigsResource();
                    resource.resourceType = (byte) type;
                    resource.resourceName = name;
                    for (Edit edit : edits) {
                        var config = new IncrementalAlterConfigsRequest.AlterableConfig();
                        config.name = edit.key();
                        config.configOperation = (byte) edit.operation();
                        config.value = edit.value();
                        resource.configs.add(config);
                    }
                    var request = new IncrementalAlterConfigsRequest();
                    request.resources.add(resource);
                    return request;
                });
    }

    private static List<Question> changes() {
        return List.of(
                change("a number", "settings", set("retention.ms", "6000")),
                change("a number with spaces", "settings", set("retention.ms", " 7000 ")),
                change(
                        "another word in a list",
                        "settings",
                        new Edit("cleanup.policy", APPEND, "compact")),
                change(
                        "one word less",
                        "settings",
                        new Edit("cleanup.policy", SUBTRACT, "compact")),
                change("the default again", "settings", new Edit("retention.ms", DELETE, null)),
                change(
                        "the default of what is not set",
                        "settings",
                        new Edit("segment.ms", DELETE, null)),
                change("no value", "settings", set("retention.ms", null)),
                change("no number", "settings", set("retention.ms", "x")),
                change("a number out of range", "settings", set("segment.ms", "0")),
                change("a word that there is not", "settings", set("cleanup.policy", "x")),
                change("a config that there is not", "settings", set("no.such.config", "1")),
                change(
                        "a config twice",
                        "settings",
                        set("retention.ms", "1"),
                        set("retention.ms", "2")),
                change("to append to a number", "settings", new Edit("retention.ms", APPEND, "1")),
                change("an unknown operation", "settings", new Edit("retention.ms", 9, "1")),
                change("nothing", "settings"),
                change("a topic that there is not", "none", set("retention.ms", "1")),
                change("a bad name", "a b", set("retention.ms", "1")),
                change("an unknown kind", 77, "x", set("retention.ms", "1")),
                description(
                        "after all changes", TOPIC, "settings", "retention.ms", "cleanup.policy"));
    }

    // ---- AlterConfigs

    private static Question replacement(String what, String topic, String... configs) {
        return Question.of(
                ApiKey.ALTER_CONFIGS,
                what,
                (_, _) -> {
                    var resource = new AlterConfigsRequest.AlterConfigsResource();
                    resource.resourceType = TOPIC;
                    resource.resourceName = topic;
                    for (int i = 0; i < configs.length; i += 2) {
                        var config = new AlterConfigsRequest.AlterableConfig();
                        config.name = configs[i];
                        config.value = configs[i + 1];
                        resource.configs.add(config);
                    }
                    var request = new AlterConfigsRequest();
                    request.resources.add(resource);
                    return request;
                });
    }

    private static List<Question> replacements() {
        return List.of(
                replacement("other settings", "settings", "segment.ms", "123456"),
                description("after a replacement", TOPIC, "settings", "retention.ms", "segment.ms"),
                replacement("a bad value", "settings", "segment.ms", "x"),
                replacement("an unknown config", "settings", "no.such.config", "x"),
                replacement("settings of no topic", "none", "segment.ms", "1"),
                replacement("no settings", "settings"),
                description("after that", TOPIC, "settings", "retention.ms", "segment.ms"));
    }

    // ---- AlterClientQuotas

    private record Entity(String type, @Nullable String name) {}

    private static final Entity SHOP = new Entity("client-id", "shop");

    private static AlterClientQuotasRequest.OpData op(String key, double value) {
        var op = new AlterClientQuotasRequest.OpData();
        op.key = key;
        op.value = value;
        return op;
    }

    private static AlterClientQuotasRequest.OpData removal(String key) {
        AlterClientQuotasRequest.OpData op = op(key, 0);
        op.remove = true;
        return op;
    }

    private static Question quota(
            String what, List<Entity> entity, AlterClientQuotasRequest.OpData... ops) {
        return Question.of(
                ApiKey.ALTER_CLIENT_QUOTAS,
                what,
                (_, _) -> {
                    var entry = new AlterClientQuotasRequest.EntryData();
                    for (Entity part : entity) {
                        var data = new AlterClientQuotasRequest.EntityData();
                        data.entityType = part.type();
                        data.entityName = part.name();
                        entry.entity.add(data);
                    }
                    entry.ops.addAll(Arrays.asList(ops));
                    var request = new AlterClientQuotasRequest();
                    request.entries.add(entry);
                    return request;
                });
    }

    private static List<Question> quotaChanges() {
        List<Entity> shop = List.of(SHOP);
        return List.of(
                quota(
                        "a client id",
                        shop,
                        op("producer_byte_rate", 1e9),
                        op("request_percentage", 900.5)),
                quota(
                        "the default",
                        List.of(new Entity("client-id", null)),
                        op("consumer_byte_rate", 2e9)),
                quota("no entity", List.of(), op("consumer_byte_rate", 1)),
                quota(
                        "an empty client id",
                        List.of(new Entity("client-id", "")),
                        op("consumer_byte_rate", 1)),
                quota(
                        "an unknown kind of entity",
                        List.of(new Entity("x", "y")),
                        op("consumer_byte_rate", 1)),
                quota("a client id twice", List.of(SHOP, SHOP), op("consumer_byte_rate", 1)),
                quota("a user", List.of(new Entity("user", "u")), op("consumer_byte_rate", 3e9)),
                quota(
                        "an address",
                        List.of(new Entity("ip", "127.0.0.9")),
                        op("connection_creation_rate", 100)),
                quota("an unknown quota", shop, op("no_such_rate", 1)),
                quota("changes of topics", shop, op("controller_mutation_rate", 1e6)),
                quota("half a byte", shop, op("consumer_byte_rate", 0.5)),
                quota("nothing a second", shop, op("consumer_byte_rate", 0)),
                quota("less than nothing", shop, op("consumer_byte_rate", -1)),
                quota("no change", shop),
                quota("what is not set removed", shop, removal("consumer_byte_rate")),
                quota("an unknown quota removed", shop, removal("no_such_rate")));
    }

    // ---- DescribeClientQuotas

    private static DescribeClientQuotasRequest.ComponentData component(
            String type, int matchType, @Nullable String match) {
        var component = new DescribeClientQuotasRequest.ComponentData();
        component.entityType = type;
        component.matchType = (byte) matchType;
        component.match = match;
        return component;
    }

    private static Question quotas(
            String what, boolean strict, DescribeClientQuotasRequest.ComponentData... components) {
        return Question.of(
                ApiKey.DESCRIBE_CLIENT_QUOTAS,
                what,
                (_, _) -> {
                    var request = new DescribeClientQuotasRequest();
                    request.components.addAll(Arrays.asList(components));
                    request.strict = strict;
                    return request;
                });
    }

    private static List<Question> quotaDescriptions() {
        return List.of(
                quotas("of client ids", true, component("client-id", ANY, null)),
                quotas("of one", false, component("client-id", EXACT, "shop")),
                quotas("of one that has none", false, component("client-id", EXACT, "bank")),
                quotas("the default", true, component("client-id", DEFAULT, null)),
                quotas("strictly none", true),
                quotas("an unknown kind of entity", false, component("x", ANY, null)),
                quotas("an empty kind of entity", false, component("", ANY, null)),
                quotas("exactly nothing", false, component("client-id", EXACT, null)),
                quotas("the default with a name", false, component("client-id", DEFAULT, "x")),
                quotas("any with a name", false, component("client-id", ANY, "x")),
                quotas("an unknown match", false, component("client-id", 9, null)),
                quotas(
                        "a kind twice",
                        false,
                        component("client-id", ANY, null),
                        component("client-id", DEFAULT, null)),
                quotas(
                        "an address and a client id",
                        false,
                        component("ip", ANY, null),
                        component("client-id", ANY, null)));
    }
}
