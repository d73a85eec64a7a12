#include <zlib.h>

// The library's own entry is a macro, which Swift does not see.
static inline int parley_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}
