#include <sqlite3.h>

// The value that makes SQLite copy a text is a cast, which Swift does not see.
static inline int parley_bind_text(sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}
