package dev.espalier.server.ops;

import static dev.espalier.server.ops.Libraries.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate.Located;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.server.ops.LibraryFinder.Site;
import dev.espalier.server.ops.Resolution.Met;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Needs meet provisions: what is chosen, and what is said where nothing can be.
@Timeout(20)
class OpResolverTest {
    private static final Site SITE =
            new Site(
                    Path.of("/r/m"),
                    Path.of("/r/m/1"),
                    List.of(),
                    new Shelf(Path.of("/r/.ops")),
                    List.of(Path.of("/server")));

    private static final EngineVersion ONNX = new EngineVersion("onnxruntime", "1.29.0");
    private static final EngineVersion TENSORFLOW = new EngineVersion("tensorflow", "2.21.0");

    private static Set<OpNeed> needs(String... names) {
        return Arrays.stream(names)
                .map(name -> name.split(":", 2))
                .map(parts -> new OpNeed(new OpName(parts[0], parts[1]), 1))
                .collect(Collectors.toSet());
    }

    private static OpResolver resolver(EngineVersion engine, Candidate... candidates) {
        return new OpResolver(
                engine, TestLibraries.ENGINES.rules(engine.engine()), List.of(candidates));
    }

    private static Resolution resolve(Set<OpNeed> needs, Candidate... candidates) {
        return resolver(ONNX, candidates).resolve(new OpNeeds(needs, Set.of()));
    }

    private static String refusal(Resolution resolution) {
        return new Refusal(SITE, resolution).text().orElse("");
    }

    private static List<String> libraries(Resolution resolution) {
        return resolution.ops().libraries().stream().map(OpLibrary::label).toList();
    }

    @Test
    void takesNothingThatNobodyNeeds() {
        Resolution resolution =
                resolve(
                        needs("a:X"),
                        at(Distance.MODEL, "/r/m/ops/liba.so", 'a', "a:X", "a:More"),
                        at(Distance.MODEL, "/r/m/ops/libb.so", 'b', "a:Y"),
                        at(Distance.SERVER, "/server/libc.so", 'c', "a:Z"));
        assertThat(libraries(resolution)).containsExactly("liba.so@aaaaaaaa");
        assertThat(refusal(resolution)).isEmpty();
    }

    @Test
    void prefersTheNearerLibraryAndTellsWhatItHides() {
        Usable version = at(Distance.VERSION, "/r/m/1/ops/liba.so", 'a', "a:X");
        Usable model = at(Distance.MODEL, "/r/m/ops/libb.so", 'b', "a:X", "a:Y");
        Usable shelf = at(Distance.SHELF, "/r/.ops/libc.so", 'c', "a:X");
        Resolution resolution = resolve(needs("a:X", "a:Y"), shelf, model, version);
        assertThat(resolution.needs())
                .containsExactly(
                        new Met(needs("a:X").iterator().next(), version, List.of(model, shelf)),
                        new Met(needs("a:Y").iterator().next(), model, List.of()));
        assertThat(libraries(resolution))
                .as("nearest first: the worker takes an op from the first that has it")
                .containsExactly("liba.so@aaaaaaaa", "libb.so@bbbbbbbb");
    }

    @Test
    void refusesTwoThatAreEquallyNear() {
        Resolution resolution =
                resolve(
                        needs("a:X"),
                        at(Distance.MODEL, "/r/m/ops/liba.so", 'a', "a:X"),
                        at(Distance.MODEL, "/r/m/ops/libb.so", 'b', "a:X"),
                        at(Distance.SHELF, "/r/.ops/libc.so", 'c', "a:X"));
        assertThat(refusal(resolution))
                .isEqualTo(
                        "op a:X (version 1) is provided by 2 libraries that are equally near:"
                                + " liba.so@aaaaaaaa (/r/m/ops/liba.so), libb.so@bbbbbbbb (/r/m/ops/libb.so);"
                                + " choose one: name it in model_operations { op_library_filename: \"ops/liba.so\" }"
                                + " (and no other), or put it nearer, into /r/m/1/ops, or take the other away");
    }

    @Test
    void prefersTheNamedOfTwoThatAreEquallyNear() {
        for (Distance distance : List.of(Distance.VERSION, Distance.MODEL)) {
            Resolution resolution =
                    resolve(
                            needs("a:X"),
                            at(distance, "/r/m/ops/liba.so", 'a', "a:X"),
                            at(
                                    distance,
                                    true,
                                    "/r/m/ops/libb.so",
                                    'b',
                                    List.of(Libraries.op("a:X"))));
            assertThat(refusal(resolution)).isEmpty();
            assertThat(libraries(resolution)).containsExactly("libb.so@bbbbbbbb");
        }
    }

    @Test
    void takesWhatIsNamedEvenIfNobodyNeedsIt() {
        Resolution resolution =
                resolve(needs(), at(Distance.MODEL, true, "/r/m/ops/libb.so", 'b', List.of()));
        assertThat(libraries(resolution)).containsExactly("libb.so@bbbbbbbb");
    }

    @Test
    void countsTheSameBytesTwiceAsOneLibrary() {
        Resolution resolution =
                resolve(
                        needs("a:X"),
                        at(Distance.MODEL, "/r/m/ops/liba.so", 'a', "a:X"),
                        at(Distance.MODEL, "/r/m/ops/copy.so", 'a', "a:X"));
        assertThat(refusal(resolution)).isEmpty();
        assertThat(libraries(resolution)).hasSize(1);
    }

    @Test
    void takesOpsOfOneDomainFromTwoLibraries() {
        Resolution resolution =
                resolve(
                        needs("a:X", "a:Y"),
                        at(Distance.MODEL, "/r/m/ops/liba.so", 'a', "a:X"),
                        at(Distance.MODEL, "/r/m/ops/libb.so", 'b', "a:Y"));
        assertThat(libraries(resolution)).hasSize(2);
    }

    @Test
    void namesAllMissingOpsAndWhatWasProbablyMeant() {
        Resolution resolution =
                resolve(
                        needs("a:CustumOp", "b:X", "c:Nope"),
                        at(Distance.SHELF, "/r/.ops/libc.so", 'c', "a:CustomOp", "a:X"));
        assertThat(refusal(resolution))
                .isEqualTo(
                        "op a:CustumOp (version 1) (did you mean a:CustomOp (libc.so@cccccccc)?),"
                                + " op b:X (version 1) (did you mean a:X (libc.so@cccccccc)?),"
                                + " op c:Nope (version 1) are provided by no op library"
                                + " (looked in /r/m/1/ops, /r/m/ops, /r/.ops, /server)");
    }

    @Test
    void tellsWhatALibraryHasOfAnOpThatIsMissing() {
        assertThat(
                        refusal(
                                resolve(
                                        needs("a:X"),
                                        at(
                                                Distance.MODEL,
                                                false,
                                                "/r/m/ops/liba.so",
                                                'a',
                                                List.of(Libraries.op("a:X", 2, 4, ""))))))
                .contains(
                        "liba.so@aaaaaaaa has it for versions 2 to 4 of the domain, and the model imports version 1");
        assertThat(
                        refusal(
                                resolve(
                                        needs("a:X"),
                                        at(
                                                Distance.MODEL,
                                                false,
                                                "/r/m/ops/liba.so",
                                                'a',
                                                List.of(
                                                        Libraries.op(
                                                                "a:X",
                                                                1,
                                                                9,
                                                                "CUDAExecutionProvider"))))))
                .contains("liba.so@aaaaaaaa has it for CUDAExecutionProvider only");
    }

    @Test
    void refusesTheModelsOwnBrokenLibraryAndPassesOverOthers() {
        Fault fault = new FileFault.Truncated("half of it is there");
        Candidate own =
                new Candidate.Unusable(
                        new Located(Distance.MODEL, false, Path.of("/r/m/ops/libb.so"), true),
                        "libb.so@bbbbbbbb",
                        fault);
        Candidate shelf =
                new Candidate.Unusable(
                        new Located(Distance.SHELF, false, Path.of("/r/.ops/libc.so"), true),
                        "libc.so@cccccccc",
                        fault);
        Usable good = at(Distance.SERVER, "/server/liba.so", 'a', "a:X");
        assertThat(refusal(resolve(needs("a:X"), own, good)))
                .isEqualTo(
                        "op library libb.so@bbbbbbbb (/r/m/ops/libb.so) is truncated: half of it is there; copy it again");
        assertThat(refusal(resolve(needs("a:X"), shelf, good))).isEmpty();
        assertThat(refusal(resolve(needs("a:Y"), shelf, good)))
                .startsWith("op a:Y (version 1)")
                .endsWith(
                        "; not usable: op library libc.so@cccccccc (/r/.ops/libc.so) is truncated: half of it is there; copy it again");
    }

    @Test
    void refusesWhatAnEngineWithOneRegistryCannotTellApart() {
        Usable first = at(Distance.MODEL, "/r/m/ops/liba.so", 'a', ":X");
        Usable second = at(Distance.SHELF, "/r/.ops/libb.so", 'b', ":X", ":Y", ":Mul");
        Usable copy = at(Distance.SERVER, "/server/libc.so", 'a', ":X");
        OpResolver resolver = resolver(TENSORFLOW, first, second, copy);

        assertThat(refusal(resolver.resolve(new OpNeeds(needs(":X"), needs(":Mul"))))).isEmpty();
        assertThat(refusal(resolver.resolve(new OpNeeds(needs(":X", ":Y"), Set.of()))))
                .isEqualTo(
                        "op X is registered by liba.so@aaaaaaaa (/r/m/ops/liba.so) and libb.so@bbbbbbbb (/r/.ops/libb.so), which this model needs both, and no process can have both; build the ops that it needs into one library");
        assertThat(refusal(resolver.resolve(new OpNeeds(needs(":Y"), needs(":Mul")))))
                .isEqualTo(
                        "op Mul, which the engine has itself, gets a second kernel from libb.so@bbbbbbbb (/r/.ops/libb.so), which this model needs too, and every run of the op would fail; take that kernel out of the library, or register it with a label or another priority");
        assertThat(refusal(resolver.resolve(new OpNeeds(needs(":Y"), needs(":Add"))))).isEmpty();
    }

    @Test
    void takesEveryLibraryWhereNobodyCanReadWhatAModelNeeds() {
        Usable near = at(Distance.MODEL, "/r/m/ops/liba.so", 'a', ":X");
        Usable hidden = at(Distance.SHELF, "/r/.ops/libb.so", 'b', ":X");
        Usable server = at(Distance.SERVER, "/server/libc.so", 'c', ":Y");
        Usable equal = at(Distance.SERVER, "/server/libd.so", 'd', ":Y");
        assertThat(libraries(resolver(ONNX, near, hidden, server).resolve(OpNeeds.UNREADABLE)))
                .containsExactly("liba.so@aaaaaaaa", "libc.so@cccccccc");
        assertThat(refusal(resolver(ONNX, server, equal).resolve(OpNeeds.UNREADABLE)))
                .startsWith("op Y is provided by 2 libraries that are equally near: ");
        assertThat(libraries(resolver(ONNX, near).resolve(OpNeeds.NONE))).isEmpty();
    }

    @Test
    void leavesStandardOpsToTheEngineUnlessTheModelsOwnLibraryReplacesThem() {
        OpNeeds relu = new OpNeeds(Set.of(), needs(":Relu"));
        Usable server = at(Distance.SERVER, "/server/liba.so", 'a', ":Relu");
        assertThat(libraries(resolver(ONNX, server).resolve(relu))).isEmpty();
        Usable own = at(Distance.MODEL, "/r/m/ops/libb.so", 'b', ":Relu");
        assertThat(libraries(resolver(ONNX, server, own).resolve(relu)))
                .containsExactly("libb.so@bbbbbbbb");
    }
}
