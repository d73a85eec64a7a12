import Foundation

StandardStreams.fillGaps()
// The network reports a closed socket as an error; the signal would end the process.
signal(SIGPIPE, SIG_IGN)
exit(await CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
