// The entries of ONNX Runtime's table that we call, by their frozen positions.
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct OrtStatus OrtStatus;
typedef void Opaque;

/// The version of the table that is asked for. Later libraries give it, too.
enum { TABLE_VERSION = 17 };

enum {
    AT_GetErrorMessage = 2,
    AT_CreateEnv = 3,
    AT_CreateSession = 7,
    AT_CreateSessionFromArray = 8,
    AT_Run = 9,
    AT_CreateSessionOptions = 10,
    AT_SetSessionGraphOptimizationLevel = 23,
    AT_SetIntraOpNumThreads = 24,
    AT_SetInterOpNumThreads = 25,
    AT_CreateRunOptions = 39,
    AT_RunOptionsSetTerminate = 46,
    AT_CreateTensorWithDataAsOrtValue = 49,
    AT_GetTensorMutableData = 51,
    AT_GetTensorElementType = 60,
    AT_GetDimensionsCount = 61,
    AT_GetDimensions = 62,
    AT_GetTensorTypeAndShape = 65,
    AT_CreateCpuMemoryInfo = 69,
    AT_ReleaseStatus = 93,
    AT_ReleaseSession = 95,
    AT_ReleaseValue = 96,
    AT_ReleaseRunOptions = 97,
    AT_ReleaseTensorTypeAndShapeInfo = 99,
    AT_ReleaseSessionOptions = 100,
    AT_AddSessionConfigEntry = 130,
};

typedef const char *(*FN_GetErrorMessage)(const OrtStatus *);
typedef OrtStatus *(*FN_CreateEnv)(int level, const char *name, Opaque **env);
typedef OrtStatus *(*FN_CreateSession)(const Opaque *env, const char *path, const Opaque *options, Opaque **session);
typedef OrtStatus *(*FN_CreateSessionFromArray)(
    const Opaque *env, const void *content, size_t size, const Opaque *options, Opaque **session);
typedef OrtStatus *(*FN_Run)(
    Opaque *session, const Opaque *run_options, const char *const *input_names, const Opaque *const *inputs,
    size_t input_count, const char *const *output_names, size_t output_count, Opaque **outputs);
typedef OrtStatus *(*FN_CreateSessionOptions)(Opaque **options);
typedef OrtStatus *(*FN_SetSessionGraphOptimizationLevel)(Opaque *options, int level);
typedef OrtStatus *(*FN_SetIntraOpNumThreads)(Opaque *options, int count);
typedef OrtStatus *(*FN_SetInterOpNumThreads)(Opaque *options, int count);
typedef OrtStatus *(*FN_CreateRunOptions)(Opaque **options);
typedef OrtStatus *(*FN_RunOptionsSetTerminate)(Opaque *options);
typedef OrtStatus *(*FN_CreateTensorWithDataAsOrtValue)(
    const Opaque *memory, void *data, size_t bytes, const int64_t *shape, size_t rank, int type, Opaque **value);
typedef OrtStatus *(*FN_GetTensorMutableData)(Opaque *value, void **data);
typedef OrtStatus *(*FN_GetTensorElementType)(const Opaque *info, int *type);
typedef OrtStatus *(*FN_GetDimensionsCount)(const Opaque *info, size_t *count);
typedef OrtStatus *(*FN_GetDimensions)(const Opaque *info, int64_t *sizes, size_t count);
typedef OrtStatus *(*FN_GetTensorTypeAndShape)(const Opaque *value, Opaque **info);
typedef OrtStatus *(*FN_CreateCpuMemoryInfo)(int allocator, int kind, Opaque **memory);
typedef void (*FN_ReleaseStatus)(OrtStatus *);
typedef void (*FN_ReleaseSession)(Opaque *);
typedef void (*FN_ReleaseValue)(Opaque *);
typedef void (*FN_ReleaseRunOptions)(Opaque *);
typedef void (*FN_ReleaseTensorTypeAndShapeInfo)(Opaque *);
typedef void (*FN_ReleaseSessionOptions)(Opaque *);
typedef OrtStatus *(*FN_AddSessionConfigEntry)(Opaque *options, const char *key, const char *value);

/// The entry called `name` of the table of `library`.
#define ENTRY(library, name) ((FN_##name)(library)->table[AT_##name])

/// What `OrtGetApiBase` returns.
typedef struct {
    void *const *(*get_table)(uint32_t version);
    const char *(*get_version)(void);
} TableBase;

#endif
