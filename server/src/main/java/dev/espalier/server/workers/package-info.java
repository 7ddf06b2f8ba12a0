/// The worker processes: starting, supervising and replacing them. The only place that starts processes.
@NullMarked
package dev.espalier.server.workers;

import org.jspecify.annotations.NullMarked;
