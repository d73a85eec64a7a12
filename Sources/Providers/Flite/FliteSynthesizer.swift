import AudioCore
import Foundation
import ProviderKit
import Synchronization

/// Speaks English on this machine, with flite. Needs no key and no network.
///
/// Long texts are spoken piece by piece; the next piece is begun when the samples of the one before have been taken, so
/// that a slow listener holds up neither memory nor another conversation.
public final class FliteSynthesizer: SpeechSynthesizer {
    static let providerName = "Local/Flite"
    /// Longest piece in characters, about fifteen seconds of speech.
    private static let longestPiece = 240

    /// `Local/Flite`
    public var name: String { Self.providerName }

    private let workers: BlockingWorkers
    /// Engines that no job uses. There are never more than worker threads.
    private let idle = Mutex<[FliteEngine]>([])

    /// A synthesiser that computes on `workers`.
    public init(workers: BlockingWorkers) {
        self.workers = workers
    }

    /// Speaks one piece after the other; the first samples come some hundredths of a second after the call.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        guard let settings = FliteSettings(request.voice) else {
            throw ProviderError(
                .unsupported, provider: name,
                message: "speaks English only, not \(request.voice.locale.prefix(35)); Local/eSpeak speaks others")
        }
        var shaper = try SpeechShaper(
            from: FliteEngine.sampleRate, to: request.sampleRate, gain: settings.voice.gain, provider: name)
        for piece in speechPieces(of: Self.ascii(request.text), limit: Self.longestPiece) {
            try Task.checkCancellation()
            guard piece.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            let text = String(piece)
            try await workers.stream { _, yield in
                try self.withEngine { $0.speak(text, settings, yield: yield) }
            } to: { (samples: [Int16]) in
                if let chunk = shaper.add(samples) { try await emit(.audio(chunk)) }
            }
        }
        if let chunk = shaper.finish() { try await emit(.audio(chunk)) }
    }

    /// Runs `body` with an engine of its own; blocks, so only on a worker.
    private func withEngine(_ body: (FliteEngine) -> Void) throws {
        let engine = try idle.withLock { $0.popLast() } ?? FliteEngine()
        defer { idle.withLock { $0.append(engine) } }
        body(engine)
    }

    /// flite reads ASCII: accents are taken off, typographic signs get their plain form, the rest becomes a space.
    static func ascii(_ text: String) -> String {
        var plain = ""
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            switch scalar {
            case "\u{2018}", "\u{2019}": plain += "'"
            case "\u{201C}", "\u{201D}": plain += "\""
            case "\u{2013}", "\u{2014}": plain += ", "
            case "\u{300}"..."\u{36F}": break
            case " "..."~": plain.unicodeScalars.append(scalar)
            default: plain += " "
            }
        }
        return plain
    }
}
