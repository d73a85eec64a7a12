#ifndef CONSOLE_PAGE_H
#define CONSOLE_PAGE_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// One file of the console page, embedded in the program. All pointers are valid for the life of the process.
struct console_page_file {
    /// The path that it is served at, beginning with a slash: "/", "/style.css".
    const char *path;
    /// The value of the Content-Type header.
    const char *content_type;
    /// The bytes, not terminated.
    const unsigned char *bytes;
    /// How many bytes.
    size_t length;
};

/// The files; `console_page_count()` of them, in no particular order.
const struct console_page_file *console_page_files(void);

/// How many files there are.
size_t console_page_count(void);

/// The file that is served at `path` (without a query), or null when the page has none there.
const struct console_page_file *_Nullable console_page_find(const char *path);

#pragma clang assume_nonnull end

#endif
