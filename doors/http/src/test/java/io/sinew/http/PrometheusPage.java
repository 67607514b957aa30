package io.sinew.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A page in Prometheus' text format 0.0.4, read strictly: each family is announced by its type
/// once, its samples follow it at once, no series comes twice, every value is a number.
record PrometheusPage(Map<String, String> types, Map<String, Double> series) {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\n\"])*\"";
    private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") [^\n]*");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|info|untyped)");
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*,?\\})? (\\S+)(?: -?\\d+)?");

    static PrometheusPage parse(String text) {
        assertThat(text).endsWith("\n");
        var types = new HashMap<String, String>();
        var series = new LinkedHashMap<String, Double>();
        Set<String> left = new HashSet<>();
        String family = "";
        for (String line : text.lines().toList()) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (help.matches()) {
                assertThat(left.add(family)).as(line).isTrue();
                family = help.group(1);
                assertThat(left).as("comes again").doesNotContain(family);
            } else if (type.matches()) {
                assertThat(type.group(1)).as(line).isEqualTo(family);
                assertThat(types.put(family, type.group(2))).as(line).isNull();
            } else {
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(sample.group(1)).as(line).startsWith(family);
                assertThat(types).as(line).containsKey(family);
                String name = line.substring(0, line.lastIndexOf(' '));
                assertThat(series.put(name, Double.valueOf(sample.group(3)))).as(line).isNull();
            }
        }
        return new PrometheusPage(types, series);
    }
}
