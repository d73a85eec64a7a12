// The Silero voice-activity network (v6, 16 kHz) as plain C: one immutable block of weights, one small state per
// session, and a call that takes one window for each of any number of sessions.
#ifndef SILERO_KERNEL_H
#define SILERO_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum {
    SILERO_WINDOW = 512,   // samples that one step consumes
    SILERO_CONTEXT = 64,   // samples of the previous window that the network sees again
    SILERO_HIDDEN = 128,   // width of the recurrent layer
};

/// What one session carries from window to window; all zeros at the start of a stream.
typedef struct {
    float hidden[SILERO_HIDDEN];
    float cell[SILERO_HIDDEN];
    float context[SILERO_CONTEXT];
} silero_state;

/// The network's tensors as the ONNX file holds them, row-major; only read while `silero_weights_create` runs.
typedef struct {
    const float *stft_basis;                            // 258 × 1 × 256
    const float *conv_weight[4];                        // 128×129×3, 64×128×3, 64×64×3, 128×64×3
    const float *conv_bias[4];                          // 128, 64, 64, 128
    const float *lstm_input, *lstm_hidden;              // 512 × 128 each, gates in the order i, f, g, o
    const float *lstm_input_bias, *lstm_hidden_bias;    // 512 each
    const float *output_weight, *output_bias;           // 128, 1
} silero_tensors;

/// Packed weights: immutable once made, so any number of threads may read them.
typedef struct silero_weights silero_weights;

/// Which instructions do the work. Both give the same probabilities within 1e-4.
typedef enum { SILERO_PORTABLE = 0, SILERO_AVX2 = 1 } silero_path;

/// The fastest path that this processor can run.
silero_path silero_best_path(void);

/// Packs the tensors. NULL when memory ran out or when the STFT basis is not a Hann-windowed DFT (then it is another
/// network than the one this kernel computes).
silero_weights *silero_weights_create(const silero_tensors *tensors);
void silero_weights_destroy(silero_weights *weights);

/// One window for each of `count` sessions: `windows` holds count × 512 samples in −1…1, one after another.
/// A session's result does not depend, to the bit, on which others share the call.
void silero_run(
    const silero_weights *weights, silero_path path, const float *windows, silero_state *states,
    float *probabilities, size_t count);

/// The ONNX file as it was embedded at build time.
const uint8_t *silero_embedded_model(size_t *length);

#endif
