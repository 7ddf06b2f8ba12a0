package dev.espalier.server.regions;

/// A region as it was registered.
///
/// @param name what requests call it
/// @param key the name under which the system knows its file
/// @param offset where in the file it begins
/// @param byteSize how many bytes of the file it has
public record RegionStatus(String name, String key, long offset, long byteSize) {}
