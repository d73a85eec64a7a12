// What the parts of this target share.
#ifndef INTERNAL_H
#define INTERNAL_H

#include "ONNXTable.h"
#include "Table.h"

struct onnx_library {
    void *const *table;
    Opaque *env;
    /// Says that tensors lie in ordinary memory.
    Opaque *memory;
};

struct onnx_session {
    const onnx_library *library;
    Opaque *native;
};

/// The status' message, which the caller frees; NULL for a status that says nothing went wrong. Ends the status.
char *take_status(const onnx_library *library, OrtStatus *status);

#endif
