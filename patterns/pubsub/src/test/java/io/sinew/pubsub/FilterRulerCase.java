package io.sinew.pubsub;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A random pattern that event-ruler takes too, and random events for it.
final class FilterRulerCase {
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");
    private static final List<String> TEXTS =
            List.of("", "a", "A", "ab", "aB", "abc", "bab", "a*b", "b\\\\a", "é", "É", "10.0.0.1");
    private static final List<String> NUMBERS =
            List.of("0", "1", "1.0", "-1", "1.5", "15e-1", "2", "100", "1e2", "0.000001");
    private static final List<String> WILDCARDS =
            List.of("*", "a*", "*a", "*a*", "a*b", "a*b*c", "b*a*b", "a\\\\*b", "b\\\\\\\\*", "");
    private static final List<String> NETWORKS = List.of("10.0.0.0/24", "10.0.0.1/31", "::/8");

    private final SplittableRandom random;

    /// Whether events have arrays of objects, and patterns no `exists: false`.
    private final boolean hasArrays;

    /// `$or`s that there may still be: each has up to three alternatives.
    private int orsLeft = 3;

    FilterRulerCase(SplittableRandom random) {
        this.random = random;
        this.hasArrays = random.nextBoolean();
    }

    String event() {
        return object(0);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String object(int depth) {
        var members = new ArrayList<String>();
        for (String name : NAMES) {
            if (chance(75)) {
                members.add("\"" + name + "\":" + value(depth + 1));
            }
        }
        return "{" + String.join(",", members) + "}";
    }

    private String value(int depth) {
        if (depth < 3 && chance(40)) {
            return hasArrays && chance(50) ? array(depth) : object(depth);
        }
        if (chance(15)) {
            var values = new ArrayList<String>();
            for (int i = random.nextInt(4); i > 0; i--) {
                values.add(scalar());
            }
            return "[" + String.join(",", values) + "]";
        }
        return scalar();
    }

    private String array(int depth) {
        var items = new ArrayList<String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            items.add(chance(70) ? object(depth) : value(depth + 1));
        }
        return "[" + String.join(",", items) + "]";
    }

    private String scalar() {
        return switch (random.nextInt(8)) {
            case 0 -> "true";
            case 1 -> "null";
            case 2, 3, 4 -> one(NUMBERS);
            default -> "\"" + one(TEXTS) + "\"";
        };
    }

    String pattern() {
        var names = new ArrayList<>(NAMES);
        return fields(names, 1 + random.nextInt(3), 0);
    }

    /// An object of so many fields, of names that are used up.
    private String fields(List<String> names, int count, int depth) {
        var members = new ArrayList<String>();
        for (int i = 0; i < count && !names.isEmpty(); i++) {
            if (orsLeft > 0 && names.size() > 1 && chance(20)) {
                orsLeft--;
                members.add("\"$or\":" + alternatives(names, depth));
                break;
            }
            String name = names.remove(random.nextInt(names.size()));
            members.add("\"" + name + "\":" + asked(depth));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String asked(int depth) {
        return depth < 2 && chance(35)
                ? fields(new ArrayList<>(NAMES), 1 + random.nextInt(2), depth + 1)
                : rule();
    }

    private String alternatives(List<String> names, int depth) {
        var alternatives = new ArrayList<String>();
        for (int i = 2 + random.nextInt(2); i > 0; i--) {
            alternatives.add(fields(new ArrayList<>(names), 1 + random.nextInt(2), depth + 1));
        }
        return "[" + String.join(",", alternatives) + "]";
    }

    private String rule() {
        var values = new ArrayList<String>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            values.add(operator());
        }
        for (String value : values) {
            if (value.contains("wildcard")) {
                return "[" + value + "]";
            }
        }
        return "[" + String.join(",", values) + "]";
    }

    private String operator() {
        return switch (random.nextInt(12)) {
            case 0 -> "{\"prefix\":\"" + some(TEXTS) + "\"}";
            case 1 -> "{\"suffix\":\"" + some(TEXTS) + "\"}";
            case 2 -> "{\"equals-ignore-case\":\"" + one(TEXTS) + "\"}";
            case 3 -> "{\"prefix\":{\"equals-ignore-case\":\"" + some(TEXTS) + "\"}}";
            case 4 -> "{\"suffix\":{\"equals-ignore-case\":\"" + some(TEXTS) + "\"}}";
            case 5 -> "{\"wildcard\":\"" + one(WILDCARDS) + "\"}";
            case 6 -> "{\"cidr\":\"" + one(NETWORKS) + "\"}";
            case 7 -> "{\"exists\":" + (hasArrays || chance(50)) + "}";
            case 8 -> "{\"numeric\":" + range() + "}";
            case 9 -> "{\"anything-but\":" + excluded() + "}";
            default -> plain();
        };
    }

    /// Of a text that is not empty.
    private String some(List<String> texts) {
        return texts.get(1 + random.nextInt(texts.size() - 1));
    }

    private String plain() {
        String scalar = scalar();
        return scalar.contains("10.0") ? "false" : scalar;
    }

    private String range() {
        return switch (random.nextInt(4)) {
            case 0 -> "[\"=\"," + one(NUMBERS) + "]";
            case 1 -> "[\"" + one(List.of("<", "<=", ">", ">=")) + "\"," + one(NUMBERS) + "]";
            case 2 -> "[\">\",0,\"<\"," + one(List.of("1", "1.5", "200")) + "]";
            default -> "[\">=\",1,\"<=\"," + one(List.of("1.5", "2", "100")) + "]";
        };
    }

    private String excluded() {
        return switch (random.nextInt(8)) {
            case 0 -> "\"" + one(TEXTS) + "\"";
            case 1 -> one(NUMBERS);
            case 2 -> "[\"" + one(TEXTS) + "\",\"" + one(TEXTS) + "\"]";
            case 3 -> "[" + one(NUMBERS) + "," + one(NUMBERS) + "]";
            case 4 -> "{\"prefix\":" + textOrTexts(TEXTS) + "}";
            case 5 -> "{\"suffix\":" + textOrTexts(TEXTS) + "}";
            case 6 -> "{\"equals-ignore-case\":" + textOrTexts(TEXTS) + "}";
            default -> "{\"wildcard\":" + textOrTexts(WILDCARDS.subList(0, 9)) + "}";
        };
    }

    private String textOrTexts(List<String> texts) {
        return chance(50)
                ? "\"" + some(texts) + "\""
                : "[\"" + some(texts) + "\",\"" + some(texts) + "\"]";
    }
}
