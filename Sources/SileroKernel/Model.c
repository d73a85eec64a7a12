#include "SileroKernel.h"

#if !__has_embed("weights/silero_vad_16k_op15.onnx")
#error "The Silero weights are missing: run ./dev build (or scripts/fetch-silero.sh), which fetches them."
#endif

static const uint8_t model[] = {
#embed "weights/silero_vad_16k_op15.onnx"
};

const uint8_t *silero_embedded_model(size_t *length) {
    *length = sizeof model;
    return model;
}
