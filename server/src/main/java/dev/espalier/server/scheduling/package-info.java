/// Which requests run when, together, and on which instance. Start with
/// [dev.espalier.server.scheduling.ModelScheduler].
@NullMarked
package dev.espalier.server.scheduling;

import org.jspecify.annotations.NullMarked;
