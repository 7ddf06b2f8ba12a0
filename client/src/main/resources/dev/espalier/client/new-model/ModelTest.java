package model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.espalier.sdk.test.Input;
import dev.espalier.sdk.test.ModelTester;
import dev.espalier.sdk.test.Reply;
import dev.espalier.sdk.test.RunningModel;
import org.junit.jupiter.api.Test;

final class %CLASS%Test {
    @Test
    void addsOne() throws Exception {
        try (RunningModel model = ModelTester.of(%CLASS%.class).start()) {
            Reply reply = model.ask(Input.of("X", new float[] {1, 2, 3}, 1, 3));

            assertArrayEquals(new float[] {2, 3, 4}, reply.output("Y").floats().toArray());
        }
    }
}
