import Foundation
import Recording

// Writes recordings as fast as the disk takes them, until it is killed or a file takes no more. Says on standard output
// how much is written: `lines samples`, and at the end why. Arguments: the two files.

let thread = RecordingThread()
let lines = try RecordingFile(path: CommandLine.arguments[1], thread: thread)
let audio = try RecordedAudio(path: CommandLine.arguments[2], sampleRate: 16_000, thread: thread)

var count = 0
var samples = 0
while true {
    for _ in 0..<20 {
        // Long lines: most of the time goes into writing, so that is where it is killed.
        let padding = String(repeating: "x", count: count * 311 % 40_000)
        lines.append(Array(#"{"number":\#(count),"padding":"\#(padding)"}"#.utf8))
        // Each sample is its own place in the file, so that any hole or repetition shows.
        let run = count * 37 % 700
        audio.append((0..<run).map { Int16(truncatingIfNeeded: samples + $0) })
        count += 1
        samples += run
    }
    while lines.status.failure == nil, audio.status.failure == nil, lines.status.waiting + audio.status.waiting > 0 {
        sched_yield()
    }
    let failure = lines.status.failure ?? audio.status.failure
    FileHandle.standardOutput.write(Data((failure.map { "\($0.code)\n" } ?? "\(count) \(samples)\n").utf8))
    if failure != nil { break }
}
await lines.finish()
await audio.finish()
