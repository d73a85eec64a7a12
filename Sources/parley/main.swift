import CMalloc
import Foundation

// By default glibc keeps eight heaps a core, each with freed memory of its own: half of what a spoken answer costs.
_ = mallopt(M_ARENA_MAX, Int32(max(2, ProcessInfo.processInfo.activeProcessorCount)))
StandardStreams.fillGaps()
// The network reports a closed socket as an error; the signal would end the process.
signal(SIGPIPE, SIG_IGN)
exit(await CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
