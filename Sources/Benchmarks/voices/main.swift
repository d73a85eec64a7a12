// What the local voices say, and what that costs.
//
// usage: bench-voices ENGINE VOICE MODELS FOLDER < SENTENCES
//
// ENGINE is hibari, flite or espeak, VOICE a voice's name or `-`, MODELS the folder of the models. Each line of the input is
// spoken into FOLDER/NUMBER.s16 (PCM16, 16 kHz, mono, little-endian). One line for each, separated by tabs: its number,
// milliseconds to the first audio and to the last, milliseconds of processor time, milliseconds of audio.
import AudioCore
import ESpeakProvider
import FliteProvider
import Foundation
import HibariProvider
import ModelFiles
import ONNXRuntime
import ProviderKit
import Synchronization

let arguments = CommandLine.arguments
guard arguments.count == 5 else {
    FileHandle.standardError.write(Data("usage: bench-voices ENGINE VOICE MODELS FOLDER < SENTENCES\n".utf8))
    exit(2)
}
let (models, folder) = (arguments[3], arguments[4])
let voice = VoiceRequest(name: arguments[2] == "-" ? nil : arguments[2])

func makeSynthesizer() async throws -> any SpeechSynthesizer {
    let workers = BlockingWorkers(name: "bench", count: 1)
    switch arguments[1] {
    case "flite": return FliteSynthesizer(workers: workers)
    case "espeak": return ESpeakSynthesizer(workers: workers)
    default:
        let hibari = HibariSynthesizer(
            folder: ModelFolder(models), runtime: ModelRuntime(library: models + "/onnxruntime/libonnxruntime.so"),
            workers: workers)
        try await hibari.prepare()
        return hibari
    }
}

/// Seconds of processor time so far, of this process and of children that have ended.
func processorTime() -> Double {
    var (own, children) = (rusage(), rusage())
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &own)
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &children)
    return [own, children].reduce(0) { sum, usage in
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return sum + Double(seconds) + Double(microseconds) / 1e6
    }
}

/// What came of one sentence.
struct Spoken {
    var samples: [Int16] = []
    var first: Duration?
}

let synthesizer = try await makeSynthesizer()
let clock = ContinuousClock()
// What is only done once is done before.
try await synthesizer.synthesize(SynthesisRequest(text: "One.", voice: voice, sampleRate: 16000)) { _ in }
var number = 0
while let sentence = readLine() {
    let spoken = Mutex(Spoken())
    let (began, worked) = (clock.now, processorTime())
    try await synthesizer.synthesize(SynthesisRequest(text: sentence, voice: voice, sampleRate: 16000)) { piece in
        guard case .audio(let chunk) = piece else { return }
        spoken.withLock { spoken in
            spoken.first = spoken.first ?? clock.now - began
            spoken.samples += chunk.samples
        }
    }
    let (whole, work) = (clock.now - began, processorTime() - worked)
    let (samples, first) = spoken.withLock { ($0.samples, $0.first ?? whole) }
    try Data(PCM16.bytes(littleEndian: samples)).write(to: URL(filePath: "\(folder)/\(number).s16"))
    let times = [first / .milliseconds(1), whole / .milliseconds(1), work * 1000, Double(samples.count) / 16]
    print(number, times.map { String(format: "%.1f", $0) }.joined(separator: "\t"), separator: "\t")
    number += 1
}
