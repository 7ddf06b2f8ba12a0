/// The process's log, in one line a message.
///
/// Starting point: [dev.espalier.server.logging.ServerLog].
@NullMarked
package dev.espalier.server.logging;

import org.jspecify.annotations.NullMarked;
