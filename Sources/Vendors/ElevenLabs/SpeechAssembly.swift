import AudioCore
import Foundation
import ProviderKit
import ProviderTransport

/// Makes what ElevenLabs sends into what a synthesiser gives out: audio at the wanted rate, and words when they are known.
struct SpeechAssembly: ~Copyable {
    /// What the times of an alignment are counted from.
    enum Origin {
        /// The first sample of the audio that came along.
        case chunk
        /// The first sample of all.
        case beginning
    }

    private var stream: PCMStream
    private var words: SpokenWords
    private let rate: Int
    private let origin: Origin
    private var receivedBytes = 0

    /// - Throws: `ProviderError` (rejected) on behalf of `provider` when the request's rate is impossible.
    init(_ request: SynthesisRequest, origin: Origin, provider: String) throws {
        rate = ElevenLabsSettings.rate(for: request.sampleRate)
        stream = try PCMStream(from: rate, to: request.sampleRate, provider: provider)
        words = SpokenWords(request.text)
        self.origin = origin
    }

    /// Whether there was any audio.
    var hasAudio: Bool { receivedBytes > 0 }

    private var received: Duration { .samples(receivedBytes / 2, at: rate) }

    /// Takes the next audio and what is told of it.
    mutating func add(_ bytes: [UInt8], _ alignment: Alignment?) -> [SynthesisPiece] {
        var pieces: [SynthesisPiece] = []
        if let alignment {
            let found = words.add(alignment, base: origin == .chunk ? received : .zero)
            if !found.isEmpty { pieces.append(.words(found)) }
        }
        receivedBytes += bytes.count
        if let chunk = stream.add(bytes) { pieces.append(.audio(chunk)) }
        return pieces
    }

    /// All has come.
    /// - Throws: `ProviderError` (protocolViolation) when the audio is not whole.
    mutating func finish() throws(ProviderError) -> [SynthesisPiece] {
        var pieces: [SynthesisPiece] = []
        let found = words.finish(at: received)
        if !found.isEmpty { pieces.append(.words(found)) }
        if let chunk = try stream.finish() { pieces.append(.audio(chunk)) }
        return pieces
    }
}

extension SynthesisRequest {
    /// Whether there is anything that can be said.
    var isSpeakable: Bool { text.contains { $0.isLetter || $0.isNumber } }
}
