/// The command line, turned into typed options. The only place that reads environment and properties.
@NullMarked
package dev.espalier.server.config;

import org.jspecify.annotations.NullMarked;
