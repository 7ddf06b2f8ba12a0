/* From outside an op library of an engine that is not here: it calls the function SYMBOL of the engine's library as soon
 * as it is opened. Built with DEFINED, the engine's library, for the linker only. */
#ifdef DEFINED
__attribute__((visibility("default"))) void function(void) __asm__(SYMBOL);
void function(void) {
}
#else
void function(void) __asm__(SYMBOL);

__attribute__((constructor)) static void register_ops(void) {
    function();
}
#endif
