package dev.espalier.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TensorTextTest {
    private static List<String> rows(int elements, Long... shape) throws ClientException {
        byte[] bytes = new byte[elements];
        for (int i = 0; i < elements; i++) {
            bytes[i] = (byte) i;
        }
        return new TensorText(new TensorData("Y", DataType.UINT8, List.of(shape), bytes)).rows();
    }

    @Test
    void nestsAsTheShapeSays() throws Exception {
        assertThat(rows(1)).containsExactly("0");
        assertThat(rows(3, 3L)).containsExactly("[0, 1, 2]");
        assertThat(rows(8, 2L, 2L, 2L))
                .containsExactly("[[[0, 1]", "  [2, 3]]", " [[4, 5]", "  [6, 7]]]");
    }

    @Test
    void cutsWhatIsLong() throws Exception {
        assertThat(rows(20, 20L))
                .containsExactly("[0, 1, 2, 3, 4, 5, 6, 7, ..., 12, 13, 14, 15, 16, 17, 18, 19]");
        assertThat(rows(25, 25L, 1L)).hasSize(21).endsWith("... 5 more rows; --json shows all");
    }

    @Test
    void showsEmptyTensors() throws Exception {
        assertThat(rows(0, 0L, 3L)).containsExactly("(empty)");
        assertThat(rows(0, 3L, 0L)).containsExactly("(empty)");
    }

    @Test
    void tellsBytesThatDoNotFitTheShape() {
        assertThatThrownBy(() -> rows(5, 2L, 2L))
                .hasMessage("output 'Y': 5 bytes do not make a UINT8 of shape [2,2]");
    }
}
