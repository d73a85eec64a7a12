// How the weights lie in memory: each layer in the order in which the kernel's inner loop reads it.
#ifndef SILERO_LAYOUT_H
#define SILERO_LAYOUT_H

#include "SileroKernel.h"

enum {
    FFT_POINTS = 128,           // complex points: 256 real samples, packed in pairs
    BINS = 129,                 // of the spectrum
    FRAMES = 4,                 // STFT frames in a window
    GROUPS = SILERO_HIDDEN / 16  // of sixteen recurrent cells
};

struct silero_weights {
    // Half the Hann window (the other half of the factor 2 of a real FFT goes with it).
    _Alignas(64) float hann[256];
    // Twiddle factors of the three radix-4 stages: for each p the real and imaginary parts of w^p, w^2p, w^3p.
    float twiddle[32 + 8 + 2][6];
    // exp(-2πik/256) for k in 0...64: splits the packed spectrum.
    float unpack[65][2];

    // Convolutions: blocks of output channels; in each block [input][tap][output of the block].
    _Alignas(64) float conv1[8][BINS][3][16];
    float conv2[2][128][3][32];
    // Only two taps of layer three and one of layer four ever meet anything but padding.
    float conv3[1][2 * 64][64];
    float conv4[2][64][64];
    float bias1[128], bias2[64], bias3[64], bias4[128];

    // Recurrent layer: [sixteen cells][input: 128 of the encoder, 128 hidden][half of the cells][gate i, f, g, o][cell]
    _Alignas(64) float lstm[GROUPS][2 * SILERO_HIDDEN][2][4][8];
    float lstm_bias[GROUPS][2][4][8];

    float output[SILERO_HIDDEN];
    float output_bias;
};

void silero_run_portable(const silero_weights *, const float *, silero_state *, float *, size_t);
void silero_run_avx2(const silero_weights *, const float *, silero_state *, float *, size_t);

#endif
