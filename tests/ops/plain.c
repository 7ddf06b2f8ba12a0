/* A shared library that is no op library: it has no RegisterCustomOps. */
__attribute__((visibility("default"))) int plain_answer(void) {
    return 42;
}
