package dev.espalier.examples;

import dev.espalier.sdk.Answer;
import dev.espalier.sdk.Answers;
import dev.espalier.sdk.BytesElements;
import dev.espalier.sdk.Call;
import dev.espalier.sdk.CallAnswer;
import dev.espalier.sdk.CallException;
import dev.espalier.sdk.FloatElements;
import dev.espalier.sdk.LongElements;
import dev.espalier.sdk.Model;
import dev.espalier.sdk.ModelContext;
import dev.espalier.sdk.Request;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Turns each text of a batch into the numbers of its words in `vocabulary.txt`, which lies beside the jar: a line a
/// word, the first one for words that are in no line. Shorter texts are filled up with -1.
///
/// What each text begins with is told by another model of the server, an ONNX model with an op of its own, which is called
/// where somebody wants to know.
public final class Tokenizer implements Model {
    private final Map<String, Long> vocabulary = new HashMap<>();

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("TEXT", DataType.BYTES, -1, 1)),
                List.of(
                        TensorSpec.of("IDS", DataType.INT64, -1, -1),
                        TensorSpec.of("FIRST", DataType.INT64, -1, 1)),
                32);
    }

    @Override
    public void load(ModelContext context) throws IOException {
        for (String word : Files.readAllLines(context.folder().resolve("vocabulary.txt"))) {
            vocabulary.putIfAbsent(word, (long) vocabulary.size());
        }
    }

    @Override
    public void run(List<Request> requests, Answers answers) throws InterruptedException {
        for (Request request : requests) {
            try {
                answer(request, answers);
            } catch (CallException failure) {
                answers.fail(request, "the first words are not known: " + failure.getMessage());
            }
        }
    }

    private void answer(Request request, Answers answers)
            throws CallException, InterruptedException {
        BytesElements texts = request.input("TEXT").bytes();
        List<List<Long>> rows = new ArrayList<>();
        int longest = 1;
        for (long i = 0; i < texts.size(); i++) {
            List<Long> ids = ids(texts.string(i));
            rows.add(ids);
            longest = Math.max(longest, ids.size());
        }
        Answer answer = answers.to(request);
        LongElements out = answer.output("IDS", rows.size(), longest).longs();
        for (int row = 0; row < rows.size(); row++) {
            for (int at = 0; at < longest; at++) {
                List<Long> ids = rows.get(row);
                out.set((long) row * longest + at, at < ids.size() ? ids.get(at) : -1);
            }
        }
        if (request.wants("FIRST")) {
            first(request, out, rows.size(), answer.output("FIRST", rows.size(), 1).longs());
        }
        answer.sendLast();
    }

    /// `zero_out` keeps the first element of each row, which is all that is looked at.
    private static void first(Request request, LongElements ids, int rows, LongElements first)
            throws CallException, InterruptedException {
        long columns = ids.size() / Math.max(1, rows);
        Call call = request.call("zero_out");
        FloatElements row = call.input("to_zero", DataType.FP32, rows, columns).floats();
        for (long i = 0; i < row.size(); i++) {
            row.set(i, (float) ids.get(i));
        }
        try (CallAnswer answer = call.send()) {
            FloatElements zeroed = answer.output("zeroed").floats();
            for (long i = 0; i < first.size(); i++) {
                first.set(i, (long) zeroed.get(i * columns));
            }
        }
    }

    private List<Long> ids(String text) {
        List<Long> ids = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
            if (!word.isEmpty()) {
                ids.add(vocabulary.getOrDefault(word, 0L));
            }
        }
        return ids;
    }
}
