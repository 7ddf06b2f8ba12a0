package dev.espalier.server.repository;

/// An op library that came into question for a model, and cannot be used.
///
/// @param name its file's name, with a short hash where the content could be read
/// @param place the file
/// @param reason what is wrong with it, and what to do
public record OpLibraryRefusal(String name, String place, String reason) {}
