// Opening the library, and loading models.
#include "Internal.h"

#include <dlfcn.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *take_status(const onnx_library *library, OrtStatus *status) {
    if (!status) return NULL;
    char *message = strdup(ENTRY(library, GetErrorMessage)(status));
    ENTRY(library, ReleaseStatus)(status);
    return message ? message : strdup("out of memory");
}

/// Whether the file holds all that its program headers promise. The loader maps what they say, and touching a mapping
/// beyond the end of a file ends the process.
static int is_whole(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    Elf64_Ehdr header;
    int whole = fread(&header, sizeof header, 1, file) == 1 && !memcmp(header.e_ident, ELFMAG, SELFMAG) &&
                header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_phentsize == sizeof(Elf64_Phdr) &&
                !fseek(file, 0, SEEK_END);
    long size = whole ? ftell(file) : 0;
    whole = whole && size > 0 && header.e_phoff < (uint64_t)size && !fseek(file, (long)header.e_phoff, SEEK_SET);
    for (int index = 0; whole && index < header.e_phnum; index++) {
        Elf64_Phdr part;
        whole = fread(&part, sizeof part, 1, file) == 1 && part.p_offset <= (uint64_t)size &&
                part.p_filesz <= (uint64_t)size - part.p_offset;
    }
    fclose(file);
    return whole;
}

char *onnx_open(const char *path, onnx_library **library) {
    if (!is_whole(path)) return strdup("it is no complete shared library");
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return strdup(dlerror());
    const TableBase *(*get_base)(void) = (const TableBase *(*)(void))dlsym(handle, "OrtGetApiBase");
    const TableBase *base = get_base ? get_base() : NULL;
    void *const *table = base ? base->get_table(TABLE_VERSION) : NULL;
    if (!table) {
        char *message = strdup(base ? "it is too old" : "it is not ONNX Runtime");
        dlclose(handle);
        return message;
    }
    // From here on the library stays: it has threads and state of its own, which closing would pull the code from under.
    onnx_library *opened = calloc(1, sizeof *opened);
    if (!opened) return strdup("out of memory");
    opened->table = table;
    // Level 4: what goes wrong is in the status that we read; the library need not write it to standard error, too.
    char *message = take_status(opened, ENTRY(opened, CreateEnv)(4, "parley", &opened->env));
    if (!message) message = take_status(opened, ENTRY(opened, CreateCpuMemoryInfo)(1, 0, &opened->memory));
    if (message) {
        free(opened);
        return message;
    }
    *library = opened;
    return NULL;
}

char *onnx_load(
    onnx_library *library, const char *path, const void *content, size_t size, onnx_session **session) {
    Opaque *options = NULL, *native = NULL;
    char *message = take_status(library, ENTRY(library, CreateSessionOptions)(&options));
    if (message) return message;
    // A run stays on the thread that asked for it; idle helpers would spin.
    message = take_status(library, ENTRY(library, SetIntraOpNumThreads)(options, 1));
    if (!message) message = take_status(library, ENTRY(library, SetInterOpNumThreads)(options, 1));
    if (!message) message = take_status(library, ENTRY(library, SetSessionGraphOptimizationLevel)(options, 99));
    if (!message) {
        message = take_status(
            library, ENTRY(library, AddSessionConfigEntry)(options, "session.intra_op.allow_spinning", "0"));
    }
    if (!message) {
        message = take_status(
            library, content ? ENTRY(library, CreateSessionFromArray)(library->env, content, size, options, &native)
                             : ENTRY(library, CreateSession)(library->env, path, options, &native));
    }
    ENTRY(library, ReleaseSessionOptions)(options);
    if (message) return message;
    *session = malloc(sizeof **session);
    if (!*session) {
        ENTRY(library, ReleaseSession)(native);
        return strdup("out of memory");
    }
    **session = (onnx_session){library, native};
    return NULL;
}

void onnx_unload(onnx_session *session) {
    ENTRY(session->library, ReleaseSession)(session->native);
    free(session);
}
