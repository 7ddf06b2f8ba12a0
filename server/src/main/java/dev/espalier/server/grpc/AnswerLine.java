package dev.espalier.server.grpc;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Answers that leave in the order in which they have taken their places, whichever is there first. Used by one event
/// loop only.
final class AnswerLine {
    private final Consumer<StreamAnswer> next;
    private final Queue<Place> places = new ArrayDeque<>(1);

    /// @param next takes the answers, in order
    AnswerLine(Consumer<StreamAnswer> next) {
        this.next = next;
    }

    /// One answer's place.
    final class Place {
        private @Nullable StreamAnswer answer;
        private boolean empty;

        private Place() {}

        /// The answer is there.
        void fill(StreamAnswer there) {
            answer = there;
            goOn();
        }

        /// None comes.
        void leave() {
            empty = true;
            goOn();
        }
    }

    /// A place behind all others.
    Place place() {
        Place place = new Place();
        places.add(place);
        return place;
    }

    private void goOn() {
        Place first;
        while ((first = places.peek()) != null && (first.empty || first.answer != null)) {
            places.remove();
            if (first.answer != null) {
                next.accept(first.answer);
            }
        }
    }
}
