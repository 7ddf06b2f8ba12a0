package dev.espalier.server.http;

import dev.espalier.server.repository.OpLibraryUse;
import java.util.List;

/// The JSON in which op libraries are described.
final class OpDescriptions {
    private OpDescriptions() {}

    static JsonBuffer of(List<OpLibraryUse> libraries) {
        JsonBuffer json = new JsonBuffer();
        json.raw("{\"libraries\":[");
        String before = "";
        for (OpLibraryUse library : libraries) {
            json.raw(before);
            library(json, library);
            before = ",";
        }
        return json.raw("]}");
    }

    private static void library(JsonBuffer json, OpLibraryUse library) {
        json.raw("{\"name\":").string(library.name());
        json.raw(",\"sha256\":").string(library.sha256());
        json.raw(",\"engine\":").string(library.engine());
        json.raw(",\"places\":[");
        String before = "";
        for (String place : library.places()) {
            json.raw(before).string(place);
            before = ",";
        }
        json.raw("],\"models\":[");
        before = "";
        for (OpLibraryUse.Model model : library.models()) {
            json.raw(before).raw("{\"name\":").string(model.name());
            json.raw(",\"version\":").string(model.version()).raw('}');
            before = ",";
        }
        json.raw("],\"workers\":[");
        before = "";
        for (OpLibraryUse.Worker worker : library.workers()) {
            json.raw(before).raw("{\"name\":").string(worker.name());
            json.raw(",\"pid\":").number(worker.pid());
            json.raw(",\"deaths\":").number(worker.deaths()).raw('}');
            before = ",";
        }
        json.raw("],\"load_us\":").number(library.loadMicros()).raw('}');
    }
}
