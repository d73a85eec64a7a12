// ONNX Runtime through its C table, without its headers and without linking it: the library is opened at run time.
//
// ONNX Runtime only ever appends to its table, so the positions of the entries below never change (Table.h has them).
// Every function that can fail returns NULL when it went well, else a message that the caller frees with `free`.
#ifndef ONNX_TABLE_H
#define ONNX_TABLE_H

#include <stddef.h>
#include <stdint.h>

/// The opened library with its one environment. Stays open for the life of the process.
typedef struct onnx_library onnx_library;
/// A model, ready to run. Any number of threads may run it at once.
typedef struct onnx_session onnx_session;
/// Ends a run before its time.
typedef struct onnx_stop onnx_stop;
/// A tensor that the library made and owns.
typedef struct onnx_value onnx_value;

/// The library's numbers for types of elements.
enum { ONNX_FLOAT = 1, ONNX_INT64 = 7, ONNX_BOOL = 9 };

/// The elements of a tensor, row-major, and its shape. Both belong to somebody else.
typedef struct {
    void *data;
    size_t bytes;
    const int64_t *shape;
    size_t rank;
    int type;
} onnx_tensor;

/// Opens the library at `path`. A file that is cut off is refused before it is mapped: it would end the process.
char *onnx_open(const char *path, onnx_library **library);

/// Loads the model at `path`, or the one whose file has this `content` unless that is NULL. It may compute on one thread
/// at a time for each run.
char *onnx_load(
    onnx_library *library, const char *path, const void *content, size_t size, onnx_session **session);
void onnx_unload(onnx_session *session);

/// A stop for one run. Any thread may raise it while it is there; the run then fails at its graph's next node.
char *onnx_make_stop(onnx_session *session, onnx_stop **stop);
void onnx_raise_stop(onnx_session *session, onnx_stop *stop);
void onnx_free_stop(onnx_session *session, onnx_stop *stop);

/// Runs the model on the calling thread, unless `stop`, which may be NULL, is raised. The inputs are only read. `outputs`
/// gets a value for each name; the caller releases them. After a failure there are none.
char *onnx_run(
    onnx_session *session, onnx_stop *stop, const char *const *input_names, const onnx_tensor *inputs, size_t input_count,
    const char *const *output_names, size_t output_count, onnx_value **outputs);

/// Where the value's elements are. `shape` has room for `room` sizes.
char *onnx_inspect(onnx_session *session, onnx_value *value, int64_t *shape, size_t room, onnx_tensor *tensor);
void onnx_release(onnx_session *session, onnx_value *value);

#endif
