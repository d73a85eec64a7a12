#include <spawn.h>

// glibc 2.34 and later; its header shows it to GNU sources only, which a Swift import cannot be.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
