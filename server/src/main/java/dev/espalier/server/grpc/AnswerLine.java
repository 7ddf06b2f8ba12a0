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
    private boolean closed;

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
            if (closed) {
                there.drop();
                return;
            }
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

    /// None is taken any more: what waits for its turn is dropped, and so is what comes.
    void close() {
        closed = true;
        for (Place place : places) {
            if (place.answer != null) {
                place.answer.drop();
            }
        }
        places.clear();
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
