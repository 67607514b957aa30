package io.sinew.pubsub;

import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A record as filters see it. The subject of many filters: what one of them has read, a header's
/// text or the body, the next need not read again; what none asks for is never read. Safe for any
/// thread: two may read the same at the same time, and then either's result stays. All that is kept
/// has nothing but final fields, so that a thread sees it whole or not at all.
public final class FilterSubject {
    /// The header that says what the value is, in both modes of CloudEvents' Kafka binding.
    static final String CONTENT_TYPE = "content-type";

    private static final String STRUCTURED = "application/cloudevents+json";

    private final StoredRecord record;
    private FilterValue.@Nullable Word @Nullable [] words;
    private FilterValue.@Nullable Word key;
    private @Nullable Body body;
    private @Nullable Boolean structured;

    /// What a value is as JSON.
    ///
    /// @param value null where it is none
    private record Body(@Nullable FilterValue value) {}

    public FilterSubject(StoredRecord record) {
        this.record = record;
    }

    public StoredRecord record() {
        return record;
    }

    /// The CloudEvents attribute of that name as the Kafka binding writes it; without one the last
    /// header of that name; null without either.
    FilterValue.@Nullable Word word(FilterName name) {
        List<Header> headers = record.headers();
        int plain = -1;
        int alias = -1;
        for (int i = headers.size() - 1; i >= 0; i--) {
            String found = headers.get(i).name();
            if (found.equals(name.attribute())) {
                return word(i);
            }
            if (plain < 0 && found.equals(name.name())) {
                plain = i;
            } else if (alias < 0 && found.equals(name.alias())) {
                alias = i;
            }
        }
        if (plain >= 0) {
            return word(plain);
        }
        return alias >= 0 ? word(alias) : null;
    }

    private FilterValue.Word word(int index) {
        FilterValue.@Nullable Word[] known = words;
        if (known == null) {
            known = new FilterValue.@Nullable Word[record.headers().size()];
            words = known;
        }
        FilterValue.Word word = known[index];
        if (word == null) {
            word = new FilterValue.Word(record.headers().get(index).text());
            known[index] = word;
        }
        return word;
    }

    /// The key as text; null without a key.
    FilterValue.@Nullable Word key() {
        FilterValue.Word known = key;
        byte[] bytes = record.key();
        if (known == null && bytes != null) {
            known = new FilterValue.Word(new String(bytes, StandardCharsets.UTF_8));
            key = known;
        }
        return known;
    }

    /// The value as JSON; null where it is none.
    @Nullable FilterValue body() {
        Body known = body;
        if (known == null) {
            known = new Body(FilterBody.read(record.value()));
            body = known;
        }
        return known.value();
    }

    /// The text of a CloudEvents attribute: of an event in structured mode a member of the body.
    /// Where there is no such attribute, the header of that name; null without either.
    @Nullable String attribute(FilterName name) {
        if (isStructured() && body() instanceof FilterValue.Members members) {
            String text = attribute(members, name.name());
            if (text != null) {
                return text;
            }
        }
        FilterValue.Word word = word(name);
        return word == null ? null : word.text();
    }

    /// An attribute's canonical text, as CloudEvents' type system has it. The event's data is none.
    private static @Nullable String attribute(FilterValue.Members event, String name) {
        if (name.equals("data") || name.equals("data_base64")) {
            return null;
        }
        return switch (event.member(name)) {
            case null -> null;
            case FilterValue.Text text -> text.text();
            case FilterValue.Numeral numeral ->
                    numeral.number() == null ? null : numeral.number().toString();
            case FilterValue.Literal literal ->
                    literal == FilterValue.Literal.NULL ? null : literal.word();
            case FilterValue.Word _, FilterValue.Items _, FilterValue.Members _ -> null;
        };
    }

    private boolean isStructured() {
        Boolean known = structured;
        if (known == null) {
            String type = record.header(CONTENT_TYPE).map(Header::text).orElse("");
            int parameters = type.indexOf(';');
            String media = parameters < 0 ? type : type.substring(0, parameters);
            known = media.strip().toLowerCase(Locale.ROOT).equals(STRUCTURED);
            structured = known;
        }
        return known;
    }
}
