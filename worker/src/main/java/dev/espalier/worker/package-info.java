/// The worker process: one engine, one op set. Starts in [dev.espalier.worker.WorkerMain].
@NullMarked
package dev.espalier.worker;

import org.jspecify.annotations.NullMarked;
