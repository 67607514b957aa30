package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;

/// A filter and records that it is said to let through or not, as text: the document, and below it
/// a line for each record, `yes: header NAME=VALUE; key TEXT; body JSON` or `no: …`; or a line
/// `refused: …` with a part of what is said.
record FilterExample(String document, List<String> claims) {
    static FilterExample parse(String block) {
        var document = new StringBuilder();
        var claims = new ArrayList<String>();
        for (String line : block.strip().lines().toList()) {
            if (line.matches("(yes|no|refused): .*")) {
                claims.add(line);
            } else {
                document.append(line).append('\n');
            }
        }
        assertThat(claims).as(block).isNotEmpty();
        return new FilterExample(document.toString(), claims);
    }

    void check() {
        for (String claim : claims) {
            int colon = claim.indexOf(": ");
            String said = claim.substring(colon + 2);
            switch (claim.substring(0, colon)) {
                case "refused" ->
                        assertThatThrownBy(() -> Filter.parse(document)).hasMessageContaining(said);
                case "yes" -> assertThat(record(said).passes(document)).as(this + claim).isTrue();
                default -> assertThat(record(said).passes(document)).as(this + claim).isFalse();
            }
        }
    }

    private static FilterRecords record(String text) {
        FilterRecords record = FilterRecords.empty();
        for (String part : text.split("; ", -1)) {
            int space = part.indexOf(' ');
            String rest = part.substring(space + 1);
            record =
                    switch (part.substring(0, space)) {
                        case "header" -> {
                            int equals = rest.indexOf('=');
                            yield record.withHeader(
                                    rest.substring(0, equals), rest.substring(equals + 1));
                        }
                        case "key" -> record.withKey(rest);
                        case "body" -> record.withBody(rest);
                        default -> throw new AssertionError("no part of a record: " + part);
                    };
        }
        return record;
    }
}
