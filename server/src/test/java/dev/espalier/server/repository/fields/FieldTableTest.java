package dev.espalier.server.repository.fields;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.espalier.protocol.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The table is about the configuration's fields, all of them and no others, and the page says what the table says.
@Timeout(30)
class FieldTableTest {
    private static final Path PAGE =
            Path.of(System.getProperty("espalier.root", ".."), "docs/configuration.md");

    @Test
    void hasARowForEveryField() {
        List<String> missing = new ArrayList<>();
        Set<String> used = new TreeSet<>();
        look(ModelConfig.getDescriptor(), "", missing, used);
        assertThat(missing).as("fields of the .proto without a row").isEmpty();
        assertThat(used)
                .as("rows of fields that there are")
                .containsExactlyInAnyOrderElementsOf(
                        FieldTable.rows().stream().map(FieldRow::path).toList());
    }

    /// A row that may be honoured speaks for its own field only, so that a field that a new .proto adds below it is found.
    private static void look(
            Descriptor message, String path, List<String> missing, Set<String> used) {
        for (FieldDescriptor field : message.getFields()) {
            String name = path + field.getName();
            FieldRow row = FieldTable.row(name);
            if (row != null) {
                used.add(name);
            }
            Descriptor below = below(field);
            if (row != null && !row.ever() || below == null || below.getFields().isEmpty()) {
                if (row == null) {
                    missing.add(name);
                }
            } else {
                look(below, name + ".", missing, used);
            }
        }
    }

    /// The message that a field, or each value of a map, is; null where it is none.
    private static Descriptor below(FieldDescriptor field) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                || field.getName().equals("parameters")) {
            return null;
        }
        if (!field.isMapField()) {
            return field.getMessageType();
        }
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        return value.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                ? value.getMessageType()
                : null;
    }

    @Test
    void thePageSaysWhatTheTableSays() throws IOException {
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md (expected: as ConfigurationPage makes it; take it over)")
                .isEqualTo(ConfigurationPage.text());
    }
}
