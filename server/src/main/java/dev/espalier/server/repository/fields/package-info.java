/// What becomes of each thing that a model's configuration may say: one table, one walk.
@NullMarked
package dev.espalier.server.repository.fields;

import org.jspecify.annotations.NullMarked;
