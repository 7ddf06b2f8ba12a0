package dev.espalier.chaos;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/// How many requests the server says that it has answered, by model.
///
/// @param right and refused: `success` and `fail` of the protocol's statistics
record Statistics(long right, long refused) {
    static Map<Model, Statistics> of(HttpProtocol server) throws IOException {
        Map<Model, Statistics> byModel = new EnumMap<>(Model.class);
        for (Json version : server.get("/v2/models/stats").at("model_stats").list()) {
            for (Model model : Model.values()) {
                if (model.label().equals(version.at("name").text())) {
                    Json inferences = version.at("inference_stats");
                    byModel.put(
                            model,
                            new Statistics(
                                    count(inferences, "success"), count(inferences, "fail")));
                }
            }
        }
        return byModel;
    }

    private static long count(Json inferences, String what) {
        return inferences.at(what).at("count").number().longValue();
    }
}
