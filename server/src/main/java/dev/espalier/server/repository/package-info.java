/// Models on disk and in service: configuration, versions, states.
@NullMarked
package dev.espalier.server.repository;

import org.jspecify.annotations.NullMarked;
