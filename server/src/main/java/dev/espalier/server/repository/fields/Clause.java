package dev.espalier.server.repository.fields;

import java.util.function.Function;
import java.util.function.Predicate;

/// A case in which a field is not honoured.
///
/// @param when the case in words; empty for always
/// @param applies whether a setting is such a case
/// @param why for people, without a full stop
/// @param hint what to say further of one setting; empty for nothing
record Clause(
        Verdict verdict,
        String when,
        Predicate<Setting> applies,
        String why,
        Function<Setting, String> hint) {}
