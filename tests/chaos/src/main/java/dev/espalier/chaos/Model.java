package dev.espalier.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// A model of `tests/models/faults`, or of the same name for another engine: what it computes, and what its op libraries can do wrong. Models with the same
/// libraries share a worker.
enum Model {
    DEATHS("deaths", OpSet.DEATHS, false, 1, 1),
    DEATHS_BATCHED("deaths_batched", OpSet.DEATHS, true, 1, 2),
    STALLS("stalls", OpSet.STALLS, false, 1, 3),
    MEDDLING("meddling", OpSet.MEDDLING, false, 1, 4),
    HEALTHY("healthy", OpSet.HEALTHY, false, 2, 5),
    HEALTHY_BATCHED("healthy_batched", OpSet.HEALTHY, true, 2, 6);

    /// The libraries that some of the models run with.
    enum OpSet {
        /// Faults by which a worker only ends.
        DEATHS,
        /// Faults that are noticed by a limit.
        STALLS,
        /// Faults that harm what others hold, or what their process lives by.
        MEDDLING,
        /// None.
        HEALTHY;

        /// Its models.
        List<Model> models() {
            return Arrays.stream(Model.values()).filter(model -> model.opSet == this).toList();
        }

        /// What its ops can be asked for, in this order: what may leave a worker spoilt that still lives comes before
        /// what ends it.
        List<Fault> faults() {
            return switch (this) {
                case DEATHS ->
                        List.of(
                                Fault.NULL_DEREFERENCE,
                                Fault.ABORT,
                                Fault.EXIT,
                                Fault.EXCEPTION,
                                Fault.UNCAUGHT_EXCEPTION);
                case STALLS ->
                        List.of(
                                Fault.ENDLESS_LOOP,
                                Fault.ALLOCATION,
                                Fault.THREAD_LEAK,
                                Fault.EXIT_HANDLER);
                case MEDDLING ->
                        List.of(
                                Fault.SURROUNDINGS,
                                Fault.TRUNCATION,
                                Fault.SIGNAL_HANDLERS,
                                Fault.CLOSED_DESCRIPTORS);
                case HEALTHY -> List.of();
            };
        }

        /// The files that its models find beside them.
        List<String> libraries(Engine engine) {
            return this == HEALTHY
                    ? List.of(engine.healthyLibrary())
                    : faults().stream().map(fault -> fault.library(engine)).toList();
        }
    }

    private final String label;
    private final OpSet opSet;
    private final boolean batched;
    private final float factor;
    private final float plus;

    Model(String label, OpSet opSet, boolean batched, float factor, float plus) {
        this.label = label;
        this.opSet = opSet;
        this.batched = batched;
        this.factor = factor;
        this.plus = plus;
    }

    String label() {
        return label;
    }

    static Stream<Model> labelled(String label) {
        return Arrays.stream(values()).filter(model -> model.label.equals(label));
    }

    OpSet opSet() {
        return opSet;
    }

    /// Whether its first dimension is a batch.
    boolean isBatched() {
        return batched;
    }

    /// What it must answer. The numbers are small enough for a float to hold them exactly.
    float[] answer(float[] elements) {
        float[] answer = new float[elements.length];
        for (int i = 0; i < elements.length; i++) {
            answer[i] = elements[i] * factor + plus;
        }
        return answer;
    }
}
