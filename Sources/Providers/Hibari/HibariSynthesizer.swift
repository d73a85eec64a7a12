import AudioCore
import ModelFiles
import ONNXRuntime
import ProviderKit

/// Speaks English on this machine, with hibari: a small network whose one voice becomes many. Needs no key and no network
/// connection, but the files of its models.
///
/// A sentence is computed whole, in some hundredths of a second, and emitted in pieces of a tenth of a second. Long texts are
/// spoken piece by piece; the next piece is begun when the samples of the one before have been taken.
public final class HibariSynthesizer: SpeechSynthesizer {
    static let providerName = "Local/Hibari"
    /// What it reads, by the names in the list of model files.
    public static let files = HibariModel.Files.all
    /// Longest piece of text that is looked up at once, in characters.
    private static let longestPiece = 400
    /// Most phonemes that are spoken at once at the voice's own pace: about twelve seconds.
    private static let longestScript: Float = 200

    /// `Local/Hibari`
    public var name: String { Self.providerName }

    private let workers: BlockingWorkers
    private let model: LoadedOnce<HibariModel>

    /// A synthesiser that has loaded nothing yet and computes on `workers`.
    public init(folder: ModelFolder, runtime: ModelRuntime, workers: BlockingWorkers) {
        self.workers = workers
        model = LoadedOnce { () throws(ProviderError) in try HibariModel(folder: folder, runtime: runtime) }
    }

    /// Loads the models, which takes some tenths of a second, so that the first caller need not wait for them.
    /// - Throws: `ProviderError` (rejected) when a file is missing or damaged.
    public func prepare() async throws { _ = try await workers.run { _ in try self.model.value() } }

    /// Speaks one piece after the other; word times are those of the network, exact to 25 ms.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        guard let settings = HibariSettings(request.voice) else {
            throw ProviderError(
                .unsupported, provider: name,
                message: "speaks English only, not \(request.voice.locale.prefix(35)); Local/eSpeak speaks others")
        }
        var delivery = try Delivery(sampleRate: request.sampleRate)
        let limit = Int(Self.longestScript * min(1, settings.speed))
        var (offset, place) = (0, request.text.startIndex)
        for piece in speechPieces(of: request.text, limit: Self.longestPiece) {
            try Task.checkCancellation()
            offset += request.text.distance(from: place, to: piece.startIndex)
            place = piece.startIndex
            guard piece.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            let start = offset
            let scripts = try await workers.run { _ in
                try self.model.value().scripts(for: piece, offset: start, limit: limit)
            }
            for script in scripts {
                try await workers.stream { stop, yield in
                    try self.model.value().speak(script, settings, stop: stop, yield: yield)
                } to: { (speech: HibariModel.Speech) in
                    for piece in try delivery.add(speech) { try await emit(piece) }
                }
                for piece in try delivery.finishScript() { try await emit(piece) }
            }
        }
    }
}

/// Makes of what the network says, script by script, what the caller wants: the wanted rate, no long silence, and times that
/// count from the first sample.
private struct Delivery: ~Copyable {
    private let sampleRate: Int
    private var shaper: SpeechShaper
    /// Of the script that is being spoken, until its first sample is known.
    private var words: [HibariModel.SpokenWord] = []
    /// Samples of the scripts before.
    private var before = 0
    /// Samples so far.
    private var delivered = 0

    init(sampleRate: Int) throws {
        self.sampleRate = sampleRate
        shaper = try Self.shaper(sampleRate)
    }

    private static func shaper(_ sampleRate: Int) throws -> SpeechShaper {
        try SpeechShaper(from: HibariModel.sampleRate, to: sampleRate, provider: HibariSynthesizer.providerName)
    }

    mutating func add(_ speech: HibariModel.Speech) throws -> [SynthesisPiece] {
        switch speech {
        case .words(let words):
            self.words = words
            return []
        case .samples(let samples):
            return pieces(shaper.add(samples))
        }
    }

    /// Ends a script. Only now it is known when its last word ends, of which silence was taken off.
    mutating func finishScript() throws -> [SynthesisPiece] {
        let cut = shaper.cut
        let rest = shaper.finish()
        delivered += rest?.samples.count ?? 0
        let last = timings(of: words, cut: cut, end: Double(delivered) / Double(sampleRate))
        words = []
        before = delivered
        shaper = try Self.shaper(sampleRate)
        return (rest.map { [.audio($0)] } ?? []) + (last.isEmpty ? [] : [.words(last)])
    }

    private mutating func pieces(_ chunk: AudioChunk?) -> [SynthesisPiece] {
        guard let chunk else { return [] }
        delivered += chunk.samples.count
        let known = timings(of: words.dropLast(), cut: shaper.cut)
        words = words.suffix(1)
        return (known.isEmpty ? [] : [.words(known)]) + [.audio(chunk)]
    }

    /// Times from the request's first sample on, `end` seconds at most.
    private func timings(of words: [HibariModel.SpokenWord], cut: Int, end: Double = .infinity) -> [WordTiming] {
        let begin = Double(before) / Double(sampleRate)
        func time(_ sample: Int) -> Duration {
            .seconds(min(begin + Double(max(0, sample - cut)) / Double(HibariModel.sampleRate), end))
        }
        return words.map { word in
            WordTiming(range: word.text, start: time(word.samples.lowerBound), end: time(word.samples.upperBound))
        }
    }
}
