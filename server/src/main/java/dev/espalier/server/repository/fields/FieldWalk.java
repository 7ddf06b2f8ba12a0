package dev.espalier.server.repository.fields;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Goes once over everything that a configuration sets, and finds what has no effect.
public final class FieldWalk {
    private final ModelConfig config;
    private final Backend backend;
    private final List<String> notes = new ArrayList<>();

    private FieldWalk(ModelConfig config, Backend backend) {
        this.config = config;
        this.backend = backend;
    }

    /// What of a configuration has no effect: one sentence each, with the reason.
    ///
    /// @param config as its user wrote it, without defaults
    /// @throws ServingException UNSUPPORTED where serving without a field would be wrong
    public static List<String> notes(ModelConfig config, Backend backend) throws ServingException {
        FieldWalk walk = new FieldWalk(config, backend);
        walk.over(config, "", "");
        walk.notes.addAll(ParameterTable.notes(config.getParametersMap().keySet(), backend));
        return List.copyOf(walk.notes);
    }

    /// @param path of the message in the table, with what follows a name
    /// @param shown the same for people, with the numbers of elements
    private void over(Message message, String path, String shown) throws ServingException {
        for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
            FieldDescriptor field = set.getKey();
            String name = path + field.getName();
            if (field.isMapField()) {
                judge(name, shown + field.getName(), set.getValue());
            } else if (field.isRepeated()) {
                List<?> elements = (List<?>) set.getValue();
                for (int i = 0; i < elements.size(); i++) {
                    one(name, "%s%s[%d]".formatted(shown, field.getName(), i), elements.get(i));
                }
            } else {
                one(name, shown + field.getName(), set.getValue());
            }
        }
    }

    private void one(String path, String shown, Object value) throws ServingException {
        if (!judge(path, shown, value) && value instanceof Message message) {
            over(message, path + ".", shown + ".");
        }
    }

    /// @return whether everything below has been judged along with it
    private boolean judge(String path, String shown, Object value) throws ServingException {
        FieldRow row = FieldTable.row(path);
        if (row == null) {
            return false;
        }
        Setting setting = new Setting(config, backend, value);
        for (Clause clause : row.clauses()) {
            if (clause.applies().test(setting)) {
                apply(clause, shown, setting);
                return true;
            }
        }
        return false;
    }

    private void apply(Clause clause, String shown, Setting setting) throws ServingException {
        String why = clause.why() + clause.hint().apply(setting);
        if (clause.verdict() == Verdict.REFUSED) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED,
                    "the configuration of %s has `%s`, without which serving would be wrong: %s"
                            .formatted(config.getName(), shown, why));
        }
        notes.add("`%s` has no effect here: %s".formatted(shown, why));
    }
}
