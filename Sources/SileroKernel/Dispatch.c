#include "Layout.h"

silero_path silero_best_path(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return SILERO_AVX2;
#endif
    return SILERO_PORTABLE;
}

void silero_run(
    const silero_weights *weights, silero_path path, const float *windows, silero_state *states,
    float *probabilities, size_t count) {
    // A path that the processor lacks would be an illegal instruction; fall back instead.
    if (path == SILERO_AVX2 && silero_best_path() == SILERO_AVX2)
        silero_run_avx2(weights, windows, states, probabilities, count);
    else
        silero_run_portable(weights, windows, states, probabilities, count);
}
