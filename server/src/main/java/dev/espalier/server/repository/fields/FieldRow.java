package dev.espalier.server.repository.fields;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// What becomes of one field of the configuration.
///
/// @param path from the configuration down, such as `input.dims`
/// @param ever whether there is a case in which it is honoured; a row without one speaks for all that lies
///     below it
/// @param clauses the cases in which it is not honoured; the first that applies counts
/// @param remark what there is to say where it is honoured; empty for nothing
record FieldRow(String path, boolean ever, List<Clause> clauses, String remark) {
    FieldRow {
        clauses = List.copyOf(clauses);
    }

    static FieldRow honoured(String path) {
        return honoured(path, "");
    }

    static FieldRow honoured(String path, String remark) {
        return new FieldRow(path, true, List.of(), remark);
    }

    /// A field whose cases are those that are added to the row.
    static FieldRow neverHonoured(String path) {
        return new FieldRow(path, false, List.of(), "");
    }

    /// A field that never has an effect.
    static FieldRow told(String path, String why) {
        return neverHonoured(path).told("", _ -> true, why);
    }

    /// A field that no model is served with.
    static FieldRow refused(String path, String why) {
        return neverHonoured(path).refused("", _ -> true, why);
    }

    FieldRow told(String when, Predicate<Setting> applies, String why) {
        return with(new Clause(Verdict.TOLD, when, applies, why, _ -> ""));
    }

    FieldRow refused(String when, Predicate<Setting> applies, String why) {
        return refused(when, applies, why, _ -> "");
    }

    FieldRow refused(
            String when, Predicate<Setting> applies, String why, Function<Setting, String> hint) {
        return with(new Clause(Verdict.REFUSED, when, applies, why, hint));
    }

    private FieldRow with(Clause clause) {
        List<Clause> more = new ArrayList<>(clauses);
        more.add(clause);
        return new FieldRow(path, ever, more, remark);
    }
}
