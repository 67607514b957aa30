package io.sinew.orders;

import java.util.List;
import java.util.Locale;

/// Invents orders, always the same ones in the same sequence.
final class Customers {
    private static final List<String> NAMES =
            List.of(
                    "ada",
                    "alan",
                    "barbara",
                    "donald",
                    "edsger",
                    "frances",
                    "grace",
                    "john",
                    "katherine",
                    "leslie",
                    "margaret",
                    "niklaus");

    private record Article(String name, long priceCents) {}

    private static final List<Article> ARTICLES =
            List.of(
                    new Article("notebook", 450),
                    new Article("pencil", 120),
                    new Article("lamp", 3_990),
                    new Article("chair", 18_900),
                    new Article("desk", 44_900));

    private int orders;

    /// The next order.
    Order next() {
        int n = orders++;
        Article article = ARTICLES.get((3 * n + n / 7) % ARTICLES.size());
        int quantity = 1 + n % 3;
        return new Order(
                String.format(Locale.ROOT, "order-%05d", n + 1),
                NAMES.get((5 * n + n / 11) % NAMES.size()),
                article.name(),
                quantity,
                quantity * article.priceCents());
    }
}
