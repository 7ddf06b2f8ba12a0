/// Faults under load: starts the distribution on models whose ops misbehave when they are asked to, keeps a load on
/// all of them, and holds every single answer against what it should have been.
///
/// Starting points: [dev.espalier.chaos.Main], [dev.espalier.chaos.FaultRun].
@NullMarked
package dev.espalier.chaos;

import org.jspecify.annotations.NullMarked;
