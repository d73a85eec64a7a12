#include "Layout.h"

#include <math.h>
#include <stdlib.h>

static void pack_conv(float *to, const float *from, int outputs, int inputs, int first_tap, int taps, int block) {
    for (int o = 0; o < outputs; o++)
        for (int i = 0; i < inputs; i++)
            for (int t = 0; t < taps; t++)
                to[(((o / block) * inputs + i) * taps + t) * block + o % block] =
                    from[(o * inputs + i) * 3 + first_tap + t];
}

// Layer three reads its two frames one after the other, so a tap is a run of 64 inputs.
static void pack_conv3(float to[128][64], const float *from) {
    for (int o = 0; o < 64; o++)
        for (int i = 0; i < 64; i++)
            for (int t = 0; t < 2; t++) to[t * 64 + i][o] = from[(o * 64 + i) * 3 + 1 + t];
}

static void pack_lstm_half(silero_weights *w, const float *from, int half) {
    for (int row = 0; row < 4 * SILERO_HIDDEN; row++) {
        int gate = row / SILERO_HIDDEN, cell = row % SILERO_HIDDEN;
        for (int i = 0; i < SILERO_HIDDEN; i++)
            w->lstm[cell / 16][half * SILERO_HIDDEN + i][cell / 8 % 2][gate][cell % 8] = from[row * SILERO_HIDDEN + i];
    }
}

static int is_hann_dft(const float *basis, const float *hann) {
    float cosine[256];
    for (int n = 0; n < 256; n++) cosine[n] = (float)cos(2 * M_PI * n / 256);
    for (int k = 0; k < BINS; k++) {
        for (int n = 0; n < 256; n++) {
            float real = hann[n] * cosine[(k * n) % 256], imaginary = hann[n] * cosine[(k * n + 64) % 256];
            if (!(fabsf(basis[k * 256 + n] - real) < 1e-5f)) return 0;
            if (!(fabsf(basis[(BINS + k) * 256 + n] - imaginary) < 1e-5f)) return 0;
        }
    }
    return 1;
}

static void fill_twiddles(silero_weights *w) {
    float(*row)[6] = w->twiddle;
    for (int points = FFT_POINTS; points >= 8; points /= 4) {
        for (int p = 0; p < points / 4; p++, row++) {
            for (int power = 1; power <= 3; power++) {
                double angle = -2 * M_PI * p * power / points;
                (*row)[2 * power - 2] = (float)cos(angle);
                (*row)[2 * power - 1] = (float)sin(angle);
            }
        }
    }
    for (int k = 0; k <= 64; k++) {
        w->unpack[k][0] = (float)cos(-2 * M_PI * k / 256);
        w->unpack[k][1] = (float)sin(-2 * M_PI * k / 256);
    }
}

silero_weights *silero_weights_create(const silero_tensors *t) {
    // The first row of the basis is the DFT's bin 0, that is the window itself.
    if (!is_hann_dft(t->stft_basis, t->stft_basis)) return NULL;
    size_t size = (sizeof(silero_weights) + 63) / 64 * 64;
    silero_weights *w = aligned_alloc(64, size);
    if (!w) return NULL;

    for (int n = 0; n < 256; n++) w->hann[n] = t->stft_basis[n] * 0.5f;
    fill_twiddles(w);
    pack_conv(&w->conv1[0][0][0][0], t->conv_weight[0], 128, BINS, 0, 3, 16);
    pack_conv(&w->conv2[0][0][0][0], t->conv_weight[1], 64, 128, 0, 3, 32);
    pack_conv3(w->conv3[0], t->conv_weight[2]);
    pack_conv(&w->conv4[0][0][0], t->conv_weight[3], 128, 64, 1, 1, 64);
    for (int o = 0; o < 128; o++) w->bias1[o] = t->conv_bias[0][o];
    for (int o = 0; o < 64; o++) w->bias2[o] = t->conv_bias[1][o];
    for (int o = 0; o < 64; o++) w->bias3[o] = t->conv_bias[2][o];
    for (int o = 0; o < 128; o++) w->bias4[o] = t->conv_bias[3][o];
    pack_lstm_half(w, t->lstm_input, 0);
    pack_lstm_half(w, t->lstm_hidden, 1);
    for (int row = 0; row < 4 * SILERO_HIDDEN; row++) {
        int gate = row / SILERO_HIDDEN, cell = row % SILERO_HIDDEN;
        w->lstm_bias[cell / 16][cell / 8 % 2][gate][cell % 8] = t->lstm_input_bias[row] + t->lstm_hidden_bias[row];
    }
    for (int i = 0; i < SILERO_HIDDEN; i++) w->output[i] = t->output_weight[i];
    w->output_bias = t->output_bias[0];
    return w;
}

void silero_weights_destroy(silero_weights *weights) { free(weights); }
