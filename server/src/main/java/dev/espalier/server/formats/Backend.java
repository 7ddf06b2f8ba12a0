package dev.espalier.server.formats;

/// An engine as models' configurations name it.
///
/// @param device what it computes on
/// @param keys what configurations may ask of it beyond what they may ask of any
public record Backend(String name, Device device, BackendKeys keys) {}
