/// An engine that neither the server nor the worker knows: it multiplies. What one adds for an engine is here, and
/// nothing else.
@NullMarked
package dev.espalier.abacus;

import org.jspecify.annotations.NullMarked;
