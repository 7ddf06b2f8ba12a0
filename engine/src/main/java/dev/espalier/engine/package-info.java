/// The contract of an engine: load a model with its op libraries, run it on memory that is not the engine's.
@NullMarked
package dev.espalier.engine;

import org.jspecify.annotations.NullMarked;
