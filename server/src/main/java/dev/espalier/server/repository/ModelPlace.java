package dev.espalier.server.repository;

import java.nio.file.Path;

/// Where a model is to be read from.
///
/// @param config the text that stands in for `config.pbtxt`, as JSON; empty for none
/// @param uploaded whether the files came with a request
record ModelPlace(String name, Path folder, String config, boolean uploaded) {}
