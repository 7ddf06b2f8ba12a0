package dev.espalier.worker;

import dev.espalier.link.CancelWords;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.StartedExecutions;

/// The worker's side of the link, as its instances share it.
///
/// @param inputs where inputs lie in IN
/// @param answers the memory of answers in OUT
/// @param calls what its models have called and wait for
record WorkerMemory(
        SharedRegion in,
        SharedRegion out,
        MappedSegments inputs,
        AnswerMemory answers,
        CompletionWriter completions,
        StartedExecutions started,
        CancelWords cancelled,
        CallTable calls) {}
