// The network itself, written once and compiled once for each set of instructions (see KernelPortable.c and
// KernelAVX2.c). Every layer walks its weights in the outer loop and the sessions in the inner one, so a batch reads
// each block of weights from the outer cache once; a single window is a batch of one. The sums are taken in the same
// order either way, which is why a batch equals single calls to the bit.
#include "Vector.h"

enum { TILE = 8 };  // sessions that share one pass over the weights; their scratch lies on the stack

// More than half of what a ReLU lets through is zero (three quarters before the recurrent layer): a layer reads only
// the weights of the inputs that are not.
typedef struct {
    int count;
    uint8_t index[128 + 8];
} active;

typedef struct {
    float spectrum[TILE / 2][BINS][8];     // lanes: four frames of one session, four of the next
    float layer1[TILE][FRAMES][128];
    float layer2[TILE][2][64];
    float layer3[TILE][64];
    float layer4[TILE][SILERO_HIDDEN];
    float gates[TILE][GROUPS][2][4][8];
    active list[TILE];                     // the inputs of the layer at hand that are not zero
} scratch;

#include "KernelSpectrum.h"
#include "KernelEncoder.h"
#include "KernelDecoder.h"

void RUN(
    const silero_weights *w, const float *windows, silero_state *states, float *probabilities, size_t count) {
    scratch s;
    for (size_t first = 0; first < count; first += TILE) {
        int n = count - first < TILE ? (int)(count - first) : TILE;
        spectra(w, windows + first * SILERO_WINDOW, states + first, &s, n);
        encode(w, &s, n);
        decode(w, &s, states + first, probabilities + first, n);
    }
}
