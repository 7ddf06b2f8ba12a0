package dev.espalier.server.repository.fields;

import dev.espalier.protocol.ModelOptimizationPolicy.ExecutionAccelerators.Accelerator;
import dev.espalier.server.config.Nearest;
import java.util.Collection;

/// What to say of names that nothing is called by.
final class Hints {
    private Hints() {}

    /// The nearest of the known names as a question, or nothing where none is near.
    static String didYouMean(String typed, Collection<String> known) {
        String nearest = new Nearest(known).to(typed);
        return nearest.isEmpty() || nearest.equals(typed)
                ? ""
                : " (did you mean '%s'?)".formatted(nearest);
    }

    /// Whether Triton's backend would not look at the accelerator either, for want of a GPU.
    static boolean isAcceleratorOfGpus(Setting setting) {
        return !setting.onGpu()
                && setting.backend().keys().accelerators().contains(accelerator(setting));
    }

    static String ofAccelerator(Setting setting) {
        return ", '%s'%s"
                .formatted(
                        accelerator(setting),
                        didYouMean(accelerator(setting), setting.backend().keys().accelerators()));
    }

    private static String accelerator(Setting setting) {
        return ((Accelerator) setting.value()).getName();
    }
}
