package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// Asks a plan that is loaded (`ICudaEngine`) for its inputs, outputs and profiles.
///
/// @param engine what does the work of it
/// @param names where the tensors' names stay
record PlanReader(TrtApi api, long engine, Arena names) {
    private static final int INPUT = 1;
    private static final int HOST = 1;
    private static final int LINEAR = 0;
    private static final int MOST = 10_000;
    private static final int SMALLEST = 0;
    private static final int LARGEST = 2;

    /// The inputs, or the outputs.
    List<PlanTensor> tensors(boolean inputs) throws EngineException {
        List<PlanTensor> tensors = new ArrayList<>();
        int count = count(Method.TENSOR_COUNT, "inputs and outputs");
        for (int index = 0; index < count; index++) {
            String name =
                    NativeCall.text(
                            NativeCall.call(
                                    api.function(engine, Method.TENSOR_NAME), engine, index));
            long address = NativeCall.text(names, name);
            if ((ask(Method.IO_MODE, address) == INPUT) == inputs) {
                tensors.add(tensor(name, address, inputs));
            }
        }
        return tensors;
    }

    private PlanTensor tensor(String name, long address, boolean input) throws EngineException {
        String subject = (input ? "input '" : "output '") + name + "'";
        for (int profile = 0; profile < profileCount(); profile++) {
            if (ask(Method.FORMAT, address, profile) != LINEAR) {
                throw new EngineException(
                        "%s has not its elements one after the other (expected: the format kLINEAR); build the plan so"
                                .formatted(subject));
            }
        }
        boolean onHost = ask(Method.LOCATION, address) == HOST;
        if (onHost && !input) {
            throw new EngineException(
                    subject + " is a shape in the host's memory (expected: outputs on the GPU)");
        }
        return new PlanTensor(
                name,
                address,
                ElementType.of(ask(Method.DATA_TYPE, address), subject),
                shape(Method.ENGINE_SHAPE, address, 0, 0).sizes(),
                onHost);
    }

    /// The profiles.
    List<Profiles.Profile> profiles(List<PlanTensor> inputs) throws EngineException {
        List<Profiles.Profile> profiles = new ArrayList<>();
        for (int number = 0; number < profileCount(); number++) {
            List<Profiles.Range> ranges = new ArrayList<>();
            for (PlanTensor input : inputs) {
                ranges.add(
                        new Profiles.Range(
                                input.name(),
                                range(input, number, SMALLEST),
                                range(input, number, LARGEST)));
            }
            profiles.add(new Profiles.Profile(number, ranges));
        }
        return profiles;
    }

    private long[] range(PlanTensor input, int profile, int which) throws EngineException {
        Dims dims = shape(Method.PROFILE_SHAPE, input.nameAddress(), profile, which);
        return dims.told() ? dims.sizes() : input.sizes();
    }

    private int count(Method method, String what) throws EngineException {
        int count = (int) NativeCall.call(api.function(engine, method), engine);
        if (count < 0 || count > MOST) {
            throw api.unknownTables("a plan has %d %s".formatted(count, what));
        }
        return count;
    }

    private int profileCount() throws EngineException {
        return count(Method.PROFILE_COUNT, "optimisation profiles");
    }

    private int ask(Method method, long name) throws EngineException {
        return ask(method, name, 0);
    }

    private int ask(Method method, long name, int profile) throws EngineException {
        return (int) NativeCall.call(api.function(engine, method), engine, name, profile);
    }

    /// A function that returns a structure gets its place first.
    private Dims shape(Method method, long name, int profile, int which) throws EngineException {
        Dims dims = new Dims(names);
        long _ =
                NativeCall.call(
                        api.function(engine, method), dims.address(), engine, name, profile, which);
        return dims;
    }
}
