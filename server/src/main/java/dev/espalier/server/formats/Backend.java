package dev.espalier.server.formats;

/// An engine as far as its models' configurations are concerned.
///
/// @param name what `backend` calls it
/// @param device what its models run on
public record Backend(String name, Device device) {}
