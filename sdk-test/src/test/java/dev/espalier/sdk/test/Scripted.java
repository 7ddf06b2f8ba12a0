package dev.espalier.sdk.test;

import dev.espalier.sdk.Answer;
import dev.espalier.sdk.Answers;
import dev.espalier.sdk.Call;
import dev.espalier.sdk.CallAnswer;
import dev.espalier.sdk.CallException;
import dev.espalier.sdk.FloatElements;
import dev.espalier.sdk.IntElements;
import dev.espalier.sdk.Model;
import dev.espalier.sdk.ModelContext;
import dev.espalier.sdk.Request;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Does with each request what its parameter `way` says.
public final class Scripted implements Model {
    private String way = "";
    private FloatElements kept;

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("X", DataType.FP32, -1)),
                List.of(
                        TensorSpec.of("Y", DataType.FP32, -1),
                        TensorSpec.of("S", DataType.BYTES, -1)));
    }

    @Override
    public void load(ModelContext context) throws IOException {
        way = context.parameters().getOrDefault("way", "");
        if (way.equals("cannot load")) {
            throw new IOException("no such table");
        }
    }

    @Override
    public void run(List<Request> requests, Answers answers) throws Exception {
        for (Request request : requests) {
            run(request, answers);
        }
    }

    private void run(Request request, Answers answers) throws Exception {
        switch (way) {
            case "throws" -> throw new IllegalStateException("seen " + first(request));
            case "overflows" -> overflow(1);
            case "fails" -> answers.fail(request, "no " + first(request));
            case "forgets" -> answers.to(request);
            case "forgets an output" -> {
                Answer answer = answers.to(request);
                answer.output("Y", 1);
                answer.sendLast();
            }
            case "wrong name" -> answers.to(request).output("Z", 1);
            case "wrong shape" -> answers.to(request).output("Y", 1, 1);
            case "negative shape" -> answers.to(request).output("Y", -1);
            case "wrong type" -> answers.to(request).output("Y", 1).longs();
            case "wrong size" ->
                    answers.to(request).output("Y", MemorySegment.ofArray(new float[3]), 2);
            case "too few texts" -> answers.to(request).strings("S", List.of("a"), 2);
            case "twice" -> {
                Answer answer = answers.to(request);
                answer.output("Y", 1);
                answer.output("Y", 1);
            }
            case "two last words" -> {
                good(request, answers);
                answers.fail(request, "too late");
            }
            case "sends more" -> {
                Answer answer = answers.to(request);
                boolean _ = answer.send();
            }
            case "writes an input" -> request.input("X").floats().set(0, 1);
            case "keeps an input" -> {
                if (kept == null) {
                    kept = request.input("X").floats();
                    good(request, answers);
                } else {
                    float _ = kept.get(0);
                }
            }
            case "answers elsewhere" -> {
                Thread other = Thread.ofPlatform().start(() -> good(request, answers));
                other.join();
            }
            case "only odd" -> {
                if (first(request) % 2 == 0) {
                    answers.fail(request, "even: " + first(request));
                } else {
                    good(request, answers);
                }
            }
            case "where" -> {
                Tensor x = request.input("X");
                Answer answer = answers.to(request);
                answer.output("Y", x.memory(), x.shape());
                answer.strings("S", List.of(Long.toString(ProcessHandle.current().pid())), 1);
                answer.sendLast();
            }
            case "exits" -> System.exit(3);
            case "calls" -> {
                Call call = request.call("other").input("X", request.input("X"));
                try (CallAnswer answer = call.send()) {
                    answers.fail(request, "answered: " + answer.names());
                } catch (CallException failure) {
                    answers.fail(request, failure.failure() + ": " + failure.getMessage());
                }
            }
            default -> good(request, answers);
        }
    }

    private static int overflow(int depth) {
        return depth < 0 ? depth : overflow(depth + 1) + depth;
    }

    private static float first(Request request) {
        return request.input("X").floats().get(0);
    }

    private static void good(Request request, Answers answers) {
        Tensor x = request.input("X");
        Answer answer = answers.to(request);
        answer.output("Y", x.memory(), x.shape());
        answer.strings("S", List.of("x", "é"), 2);
        answer.sendLast();
    }

    /// Answers as often as its input says, from threads of its own, the last of them empty.
    public static final class Counting implements Model {
        @Override
        public Signature signature() {
            return new Signature(
                    List.of(TensorSpec.of("N", DataType.INT32, 1)),
                    List.of(TensorSpec.of("I", DataType.INT32, 1)));
        }

        @Override
        public void run(List<Request> requests, Answers answers) throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(requests.size());
            for (Request request : requests) {
                Thread.ofPlatform()
                        .start(() -> {
                            int count = request.input("N").ints().get(0);
                            begun.countDown();
                            for (int i = 0; i < count; i++) {
                                Answer answer = answers.to(request);
                                IntElements to = answer.output("I", 1).ints();
                                to.set(0, i);
                                boolean _ = answer.send();
                            }
                            answers.end(request);
                        });
            }
            begun.await();
        }
    }
}
