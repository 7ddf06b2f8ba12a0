/// The server process. Starts in [dev.espalier.server.Main]; [dev.espalier.server.Server] wires everything
/// on one screen; a request's path is [dev.espalier.server.inference.InferenceService].
@NullMarked
package dev.espalier.server;

import org.jspecify.annotations.NullMarked;
