import AudioCore
import ProviderKit
import Synchronization

/// Speaks the languages of eSpeak NG on this machine. Needs no key and no network.
///
/// The program `espeak-ng` runs as a child process, one for each piece of text: it is licensed under the GPL and therefore
/// never linked. Text goes to its standard input only, and the voice is one from the program's own list, so that no
/// caller's text can become an option. A worker thread belongs to each running process: there are never more processes
/// than workers.
public final class ESpeakSynthesizer: SpeechSynthesizer {
    static let providerName = "Local/eSpeak"
    /// Longest piece in characters, about half a minute of speech.
    private static let longestPiece = 400
    /// Looks at a silent process, 20 ms apart, before it is taken for dead: 5 s.
    private static let longestSilence = 250

    /// `Local/eSpeak`
    public var name: String { Self.providerName }

    private let program: String
    private let workers: BlockingWorkers
    /// The program's voices, once they were read.
    private let known = Mutex<ESpeakVoices?>(nil)

    /// A synthesiser that runs `program`, found in PATH, on `workers`.
    public init(program: String = "espeak-ng", workers: BlockingWorkers) {
        self.program = program
        self.workers = workers
    }

    /// Whether there is a voice for `language` (BCP-47).
    /// - Throws: `ProviderError` when the program cannot be run.
    public func speaks(_ language: String) async throws -> Bool {
        try await voices().voice(for: language) != nil
    }

    /// Speaks one piece after the other, each by a process of its own.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        guard let settings = ESpeakSettings(request.voice, among: try await voices()) else {
            throw ProviderError(
                .unsupported, provider: name, message: "has no voice for \(request.voice.locale.prefix(35))")
        }
        // The rate is known when the program has spoken; that the wanted one is possible can be said before.
        var shaper = try SpeechShaper(from: 22050, to: request.sampleRate, provider: name)
        for piece in speechPieces(of: Self.harmless(request.text), limit: Self.longestPiece) {
            try Task.checkCancellation()
            guard piece.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            let bytes = Array(piece.utf8)
            try await workers.stream { [self] stop, yield in
                try speak(bytes, settings, stop: stop, yield: yield)
            } to: { (speech: Speech) in
                switch speech {
                case .rate(let rate): try shaper.expect(rate)
                case .samples(let samples): if let chunk = shaper.add(samples) { try await emit(.audio(chunk)) }
                }
            }
        }
        if let chunk = shaper.finish() { try await emit(.audio(chunk)) }
    }

    /// What a running process brings.
    private enum Speech: Sendable {
        case rate(Int)
        case samples([Int16])
    }

    /// Speaks one piece; blocks, so only on a worker.
    private func speak(
        _ text: [UInt8], _ settings: ESpeakSettings, stop: StopFlag, yield: (Speech) -> Bool
    ) throws {
        var wave = WAVReader()
        var announced: Int?
        try run(settings.arguments, input: text, stop: stop) { bytes in
            let samples: [Int16]
            do { samples = try wave.add(bytes) } catch {
                throw ProviderError(
                    .protocolViolation, provider: name, message: "\(program) wrote no WAV that is read: \(error)")
            }
            if samples.isEmpty { return }
            if let rate = wave.sampleRate, announced != rate {
                announced = rate
                if !yield(.rate(rate)) { throw CancellationError() }
            }
            if !yield(.samples(samples)) { throw CancellationError() }
        }
    }

    /// Runs the program and hands its output to `take`; whatever happens, the process is gone afterwards.
    private func run(
        _ arguments: [String], input: [UInt8], stop: StopFlag, take: ([UInt8]) throws -> Void
    ) throws {
        do {
            let child = try ChildProcess(program, arguments)
            defer {
                child.kill()
                _ = child.wait()
            }
            try child.send(input)
            var silence = 0
            while true {
                if stop.isRaised { throw CancellationError() }
                switch try child.read(upTo: 8192, within: 20) {
                case .bytes(let bytes):
                    silence = 0
                    try take(bytes)
                case .nothingYet:
                    silence += 1
                    if silence > Self.longestSilence {
                        throw ProviderError(.timedOut, provider: name, message: "\(program) does not answer")
                    }
                case .end:
                    let status = child.wait()
                    if status == 0 { return }
                    throw ProviderError(
                        .unavailable, provider: name, message: "\(program) ended with wait status \(status)")
                }
            }
        } catch let failure as ChildProcess.Failure {
            throw ProviderError(
                .unavailable, provider: name,
                message: "cannot run \(program) (\(failure.reason)); install the Debian package espeak-ng")
        }
    }

    private func voices() async throws -> ESpeakVoices {
        if let known = known.withLock({ $0 }) { return known }
        let listing = try await workers.run { [self] stop in
            var bytes: [UInt8] = []
            try run(["--voices"], input: [], stop: stop) { bytes += $0 }
            return String(decoding: bytes, as: UTF8.self)
        }
        let voices = ESpeakVoices(listing: listing)
        known.withLock { $0 = voices }
        return voices
    }

    /// Takes out what the program would obey instead of reading: control characters (its embedded commands begin with
    /// one) and `[[`, which begins phoneme names.
    static func harmless(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            if scalar == "[" && previous == "[" { plain.append(" ") }
            plain.append(isControl ? " " : scalar)
            previous = scalar
        }
        return String(plain)
    }
}
