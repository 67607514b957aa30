package io.sinew.pubsub;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pattern in the manner of SNS and EventBridge.
///
/// It is a tree, as the record is one, and matches in one pass: a record matches when some
/// combination of the alternatives of its `$or`s finds all that it asks for. What is asked below
/// one name is found in one and the same element where there is an array (event-ruler: array
/// consistency).
///
/// @param combinations all there are
/// @param headers its children are asked of headers
/// @param key what is asked of the key
/// @param loose its children are asked of a header, or of the body where there is no such header
/// @param body what is asked of the body
record FilterPattern(
        long combinations, FilterNode headers, FilterNode key, FilterNode loose, FilterNode body)
        implements FilterExpression {

    @Override
    public boolean matches(FilterSubject subject) {
        long open = combinations;
        if (key.asks() != 0) {
            open &= key.matching(subject.key());
        }
        for (FilterNode header : headers.children()) {
            open &= header.matching(subject.word(header.lookup()));
        }
        List<FilterNode> inBody = List.of();
        long askBody = body.asks();
        for (FilterNode name : loose.children()) {
            FilterValue word = subject.word(name.lookup());
            if (word != null) {
                open &= name.matching(word);
            } else {
                inBody = inBody.isEmpty() ? new ArrayList<>() : inBody;
                inBody.add(name);
                askBody |= name.asks();
            }
        }
        if (open == 0 || (open & ~askBody) != 0) {
            return open != 0;
        }
        var search = new Search(open);
        search.at(body, subject.body(), inBody);
        return (search.present | search.absent) != 0;
    }

    /// One pass over a body. After each step it has the combinations that are content: those that
    /// found something ([#present]), and those that only had to find nothing ([#absent]); who asks
    /// nothing is among the latter.
    ///
    /// Of an array, one element in which something was found will do; without one, nothing may be
    /// found in any of them. Depth is bounded by that of the body and of the pattern.
    private static final class Search {
        /// Combinations that can still match.
        private final long open;

        private long present;
        private long absent;

        Search(long open) {
            this.open = open;
        }

        /// @param value null for nothing
        /// @param more what is asked of members here besides the children
        void at(FilterNode node, @Nullable FilterValue value, List<FilterNode> more) {
            switch (value) {
                case null -> atNothing(node, more);
                case FilterValue.Items array when array.items().isEmpty() -> atNothing(node, more);
                case FilterValue.Items array -> atItems(node, array.items(), more);
                case FilterValue.Members object -> {
                    begin(node.matching(null));
                    atMembers(node.children(), object);
                    atMembers(more, object);
                }
                case FilterValue.Text _,
                        FilterValue.Word _,
                        FilterValue.Numeral _,
                        FilterValue.Literal _ -> {
                    begin(node.matching(value));
                    atMembers(node.children(), null);
                    atMembers(more, null);
                    // Who asks for the value here asks for nothing below, and has found it.
                    present |= absent & node.own();
                    absent &= ~node.own();
                }
            }
        }

        private void begin(long content) {
            present = 0;
            absent = content & open;
        }

        private void atNothing(FilterNode node, List<FilterNode> more) {
            begin(node.whenMissing());
            atMembers(more, null);
        }

        private void atItems(FilterNode node, List<FilterValue> items, List<FilterNode> more) {
            long anyPresent = 0;
            long allAbsent = open;
            for (FilterValue item : items) {
                at(node, item, more);
                anyPresent |= present;
                allAbsent &= absent;
            }
            present = anyPresent;
            absent = allAbsent & ~anyPresent;
        }

        /// Goes on with those who are content so far.
        ///
        /// @param object null for nothing
        private void atMembers(List<FilterNode> nodes, FilterValue.@Nullable Members object) {
            long held = present | absent;
            long found = present;
            for (FilterNode node : nodes) {
                if (held == 0) {
                    break;
                }
                at(node, object == null ? null : object.member(node.name()), List.of());
                held &= present | absent;
                found |= present;
            }
            present = held & found;
            absent = held & ~found;
        }
    }
}
