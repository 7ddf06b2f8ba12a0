/// Who may use the server: bearer tokens and their scopes.
@NullMarked
package dev.espalier.server.access;

import org.jspecify.annotations.NullMarked;
