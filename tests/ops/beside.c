/* What an op library finds by its own place: a part of it that is no op library. */
__attribute__((visibility("default"))) float espalier_beside(float x) {
    return 2 * x;
}
