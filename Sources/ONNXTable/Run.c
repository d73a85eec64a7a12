// Running a model: tensors in, tensors out.
#include "Internal.h"

#include <stdlib.h>
#include <string.h>

static void release_all(const onnx_library *library, Opaque **values, size_t count) {
    for (size_t index = 0; index < count; index++) {
        if (values[index]) ENTRY(library, ReleaseValue)(values[index]);
        values[index] = NULL;
    }
}

char *onnx_make_stop(onnx_session *session, onnx_stop **stop) {
    return take_status(session->library, ENTRY(session->library, CreateRunOptions)((Opaque **)stop));
}

void onnx_raise_stop(onnx_session *session, onnx_stop *stop) {
    free(take_status(session->library, ENTRY(session->library, RunOptionsSetTerminate)((Opaque *)stop)));
}

void onnx_free_stop(onnx_session *session, onnx_stop *stop) {
    ENTRY(session->library, ReleaseRunOptions)((Opaque *)stop);
}

char *onnx_run(
    onnx_session *session, onnx_stop *stop, const char *const *input_names, const onnx_tensor *inputs, size_t input_count,
    const char *const *output_names, size_t output_count, onnx_value **outputs) {
    const onnx_library *library = session->library;
    Opaque **values = calloc(input_count ? input_count : 1, sizeof *values);
    if (!values) return strdup("out of memory");
    char *message = NULL;
    for (size_t index = 0; !message && index < input_count; index++) {
        const onnx_tensor *input = &inputs[index];
        message = take_status(
            library,
            ENTRY(library, CreateTensorWithDataAsOrtValue)(
                library->memory, input->data, input->bytes, input->shape, input->rank, input->type, &values[index]));
    }
    memset(outputs, 0, output_count * sizeof *outputs);
    if (!message) {
        message = take_status(
            library, ENTRY(library, Run)(
                         session->native, (Opaque *)stop, input_names, (const Opaque *const *)values, input_count, output_names,
                         output_count, (Opaque **)outputs));
        if (message) release_all(library, (Opaque **)outputs, output_count);
    }
    release_all(library, values, input_count);
    free(values);
    return message;
}

char *onnx_inspect(onnx_session *session, onnx_value *value, int64_t *shape, size_t room, onnx_tensor *tensor) {
    const onnx_library *library = session->library;
    Opaque *info = NULL;
    char *message = take_status(library, ENTRY(library, GetTensorTypeAndShape)(value, &info));
    if (message) return message;
    *tensor = (onnx_tensor){.shape = shape};
    message = take_status(library, ENTRY(library, GetTensorElementType)(info, &tensor->type));
    if (!message) message = take_status(library, ENTRY(library, GetDimensionsCount)(info, &tensor->rank));
    if (!message && tensor->rank > room) message = strdup("an output has too many dimensions");
    if (!message) message = take_status(library, ENTRY(library, GetDimensions)(info, shape, tensor->rank));
    ENTRY(library, ReleaseTensorTypeAndShapeInfo)(info);
    if (!message) message = take_status(library, ENTRY(library, GetTensorMutableData)(value, &tensor->data));
    if (message) return message;
    size_t width = tensor->type == ONNX_FLOAT ? 4 : tensor->type == ONNX_INT64 ? 8 : tensor->type == ONNX_BOOL ? 1 : 0;
    if (!width) return strdup("an output has elements of an unknown type");
    tensor->bytes = width;
    for (size_t index = 0; index < tensor->rank; index++) tensor->bytes *= (size_t)shape[index];
    return NULL;
}

void onnx_release(onnx_session *session, onnx_value *value) {
    ENTRY(session->library, ReleaseValue)(value);
}
