/// The server's end of the links: event loops that watch the workers' completions, and executions in
/// flight.
@NullMarked
package dev.espalier.server.execution;

import org.jspecify.annotations.NullMarked;
