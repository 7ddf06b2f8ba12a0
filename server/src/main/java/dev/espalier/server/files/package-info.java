/// How files of users are opened and taken away: whoever laid them there may have meant harm.
@NullMarked
package dev.espalier.server.files;

import org.jspecify.annotations.NullMarked;
