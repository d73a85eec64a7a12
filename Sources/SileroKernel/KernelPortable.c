// The kernel for any processor: the compiler maps its vectors to whatever the target has (SSE2, NEON).
#include "Layout.h"

#define RUN silero_run_portable
#include "Kernel.h"
