package dev.espalier.server.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.engines.onnxruntime.OnnxModel.Op;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which of a model's ops somebody else must provide.
@Timeout(20)
class OpNeedsTest {
    private static OpNeeds needs(Map<String, Long> opsets, Set<Op> ops, Set<Op> functions) {
        return new OnnxModel(opsets, List.of(), List.of(), ops, functions).needs();
    }

    private static OpNeed need(String domain, String name, int version) {
        return new OpNeed(new OpName(domain, name), version);
    }

    @Test
    void tellsTheEnginesDomainsFromOthers() {
        OpNeeds needs =
                needs(
                        Map.of("", 17L, "my.domain", 3L),
                        Set.of(
                                new Op("", "Relu"),
                                new Op("com.microsoft", "Gelu"),
                                new Op("my.domain", "Mine")),
                        Set.of());
        assertThat(needs.custom()).containsExactly(need("my.domain", "Mine", 3));
        assertThat(needs.standard())
                .containsExactlyInAnyOrder(need("", "Relu", 17), need("com.microsoft", "Gelu", 1));
    }

    @Test
    void needsNothingThatTheFileDefinesItself() {
        Op own = new Op("my.domain", "Mine");
        assertThat(needs(Map.of(), Set.of(own), Set.of(own))).isEqualTo(OpNeeds.NONE);
    }

    @Test
    void takesTheFirstVersionWhereTheModelImportsNone() {
        assertThat(needs(Map.of(), Set.of(new Op("a", "B")), Set.of()).custom())
                .containsExactly(need("a", "B", 1));
        assertThat(needs(Map.of("a", Long.MAX_VALUE), Set.of(new Op("a", "B")), Set.of()).custom())
                .containsExactly(need("a", "B", Integer.MAX_VALUE));
    }
}
