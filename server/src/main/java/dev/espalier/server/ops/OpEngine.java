package dev.espalier.server.ops;

/// An engine as far as its op libraries are concerned.
///
/// @param name its name in `config.pbtxt`
/// @param title its name for people
/// @param mark by what its op libraries are told from others
/// @param rules what becomes of them in a process
/// @param mistakes what can be wrong with how they were built
/// @param archive what they are instead of shared libraries
public record OpEngine(
        String name,
        String title,
        OpMark mark,
        OpRules rules,
        BuildMistakes mistakes,
        OpArchive archive) {
    /// An engine whose op libraries are shared libraries.
    public OpEngine(String name, String title, OpMark mark, OpRules rules, BuildMistakes mistakes) {
        this(name, title, mark, rules, mistakes, OpArchive.NONE);
    }
}
