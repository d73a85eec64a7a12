// What the local recognisers make of recordings, and what that costs.
//
// usage: bench-speech ENGINE MODELS CALLERS PACE FILE.s16…     (PCM16, 16 kHz, mono, little-endian)
//
// ENGINE is moonshine or pocketsphinx, MODELS the folder of the models. PACE is `all` (each file at once) or `live`: as a
// microphone brings it, in chunks of 32 ms, where the audio ends with the file. CALLERS files are recognised at once.
// One line for each file, separated by tabs: its number, milliseconds from the end of the audio to the final transcript,
// the transcript. The last line: `total`, seconds of processor time, seconds of audio, MB of memory.
import AudioCore
import Foundation
import MoonshineProvider
import ONNXRuntime
import PocketSphinxProvider
import ProviderKit
import Synchronization
import VoiceActivity

let arguments = CommandLine.arguments
guard arguments.count > 5, let callers = Int(arguments[3]) else {
    FileHandle.standardError.write(Data("usage: bench-speech ENGINE MODELS CALLERS all|live FILE.s16…\n".utf8))
    exit(2)
}
let (engine, models, isLive) = (arguments[1], arguments[2], arguments[4] == "live")
let files = arguments.dropFirst(5).map { path in
    PCM16.samples(littleEndian: [UInt8](FileManager.default.contents(atPath: path) ?? Data()))
}

func makeRecognizer() async throws -> any SpeechRecognizer {
    let workers = BlockingWorkers(name: "bench", count: ProcessInfo.processInfo.activeProcessorCount)
    if engine == "pocketsphinx" {
        let recognizer = PocketSphinxRecognizer(maxDecoders: callers, workers: workers)
        try await recognizer.prepare()
        return recognizer
    }
    let recognizer = MoonshineRecognizer(
        files: MoonshineFiles(folder: models + "/moonshine-tiny-en"),
        runtime: ModelRuntime(library: models + "/onnxruntime/libonnxruntime.so"), speech: try SileroModel(),
        workers: workers)
    try await recognizer.prepare()
    return recognizer
}

/// Seconds of processor time of this process so far.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func residentMegabytes() -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return Double(status.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096 / 1e6
}

/// What came of one file: the words, and how long they took after the end of the audio.
func recognize(_ samples: [Int16], with recognizer: any SpeechRecognizer) async throws -> (String, Duration) {
    let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
    let clock = ContinuousClock()
    let words = Mutex("")
    async let ended = {
        let begin = clock.now
        for start in stride(from: 0, to: samples.count, by: 512) {
            let end = min(samples.count, start + 512)
            if isLive { try await clock.sleep(until: begin + .samples(end, at: 16000)) }
            source.yield(Array(samples[start..<end]))
        }
        source.finish()
        return clock.now
    }()
    try await recognizer.recognize(audio, language: "en-US") { transcript in
        if transcript.isFinal { words.withLock { $0 = transcript.text } }
    }
    let final = clock.now
    return (words.withLock { $0 }, final - (try await ended))
}

let recognizer = try await makeRecognizer()
// Buffers and threads are there before anything counts.
_ = try await recognize(Array(files[0].prefix(16000)), with: recognizer)
let before = processorTime()
try await withThrowingTaskGroup(of: Void.self) { group in
    for caller in 0..<callers {
        group.addTask { [files, recognizer] in
            for index in stride(from: caller, to: files.count, by: callers) {
                let (words, latency) = try await recognize(files[index], with: recognizer)
                print("\(index)\t\(String(format: "%.1f", latency.milliseconds))\t\(words)")
            }
        }
    }
    try await group.waitForAll()
}
let seconds = files.reduce(0.0) { $0 + Double($1.count) / 16000 }
print(
    "total", String(format: "%.2f\t%.1f\t%.0f", processorTime() - before, seconds, residentMegabytes()), separator: "\t"
)
