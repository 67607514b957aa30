package io.sinew.pubsub;

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
        long open = combinations & key.matching(key.asks() == 0 ? null : subject.key());
        open &= matching(headers.children(), subject, true);
        open &= matching(loose.children(), subject, false);
        if (open == 0) {
            return false;
        }
        long askBody = body.asks() | inBody(subject);
        if ((open & ~askBody) != 0) {
            return true;
        }
        var search = new Search(subject);
        search.at(body, subject.body());
        return (open & (search.present | search.absent)) != 0;
    }

    private static long matching(List<FilterNode> nodes, FilterSubject subject, boolean isHeader) {
        long matching = ~0L;
        for (FilterNode node : nodes) {
            FilterValue word = subject.word(node.lookup());
            if (word != null || isHeader) {
                matching &= node.matching(word);
            }
        }
        return matching;
    }

    /// Combinations that ask the body for a loose name.
    private long inBody(FilterSubject subject) {
        long asking = 0;
        for (FilterNode node : loose.children()) {
            if (subject.word(node.lookup()) == null) {
                asking |= node.asks();
            }
        }
        return asking;
    }

    /// One pass over a body. After each step it has the combinations that are content: those that
    /// found something ([#present]), and those that only had to find nothing ([#absent]); who asks
    /// nothing is among the latter.
    ///
    /// Of an array, one element in which something was found will do; without one, nothing may be
    /// found in any of them. Depth is bounded by that of the body and of the pattern.
    private final class Search {
        private final FilterSubject subject;
        private long present;
        private long absent;

        Search(FilterSubject subject) {
            this.subject = subject;
        }

        void at(FilterNode node, @Nullable FilterValue value) {
            switch (value) {
                case null -> atNothing(node);
                case FilterValue.Items array when array.items().isEmpty() -> atNothing(node);
                case FilterValue.Items array -> atItems(node, array.items());
                case FilterValue.Members object -> atMembers(node, object, node.matching(null));
                case FilterValue.Text _,
                        FilterValue.Word _,
                        FilterValue.Numeral _,
                        FilterValue.Literal _ ->
                        atValue(node, value);
            }
        }

        private void atNothing(FilterNode node) {
            if (node == body) {
                atMembers(node, null, node.matching(null));
            } else {
                present = 0;
                absent = node.whenMissing();
            }
        }

        private void atItems(FilterNode node, List<FilterValue> items) {
            long anyPresent = 0;
            long allAbsent = ~0L;
            for (FilterValue item : items) {
                at(node, item);
                anyPresent |= present;
                allAbsent &= absent;
            }
            present = anyPresent;
            absent = allAbsent & ~anyPresent;
        }

        private void atValue(FilterNode node, FilterValue value) {
            long matching = node.matching(value);
            atMembers(node, null, matching);
            present = absent & node.own();
            absent &= ~node.own();
        }

        /// @param object null for nothing
        /// @param content combinations that are content with what is here
        private void atMembers(
                FilterNode node, FilterValue.@Nullable Members object, long content) {
            long held = content & combinations;
            long found = 0;
            for (FilterNode child : node.children()) {
                if (held == 0) {
                    break;
                }
                at(child, object == null ? null : object.member(child.name()));
                held &= present | absent;
                found |= present;
            }
            if (node == body) {
                for (FilterNode child : loose.children()) {
                    if (subject.word(child.lookup()) == null) {
                        at(child, object == null ? null : object.member(child.name()));
                        held &= present | absent;
                        found |= present;
                    }
                }
            }
            present = held & found;
            absent = held & ~found;
        }
    }
}
