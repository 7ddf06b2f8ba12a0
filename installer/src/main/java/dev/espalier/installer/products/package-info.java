/// What the installer knows of each engine that can be installed: one class and one table of versions an engine.
@NullMarked
package dev.espalier.installer.products;

import org.jspecify.annotations.NullMarked;
