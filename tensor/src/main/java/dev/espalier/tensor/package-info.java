/// Data types, shapes and views over tensor memory. Imports nothing of the project.
@NullMarked
package dev.espalier.tensor;

import org.jspecify.annotations.NullMarked;
