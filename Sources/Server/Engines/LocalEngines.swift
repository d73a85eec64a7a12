import ESpeakProvider
import FliteProvider
import Foundation
import LocalPlanner
import PocketSphinxProvider
import ProviderKit

/// The engines of this machine, with which the stand-ins for hosted providers hear, speak and write.
public struct LocalEngines: Sendable {
    /// PocketSphinx: English.
    public let recognizer: any SpeechRecognizer
    /// flite and eSpeak NG; voices of different names sound different.
    public let synthesizer: any SpeechSynthesizer
    /// The offline planner.
    public let languageModel: any LanguageModel
    private let prepareRecognizer: @Sendable () async throws -> Void

    /// Engines that have loaded nothing yet.
    /// - Parameter recognizers: utterances transcribed at once.
    public init(recognizers: Int) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let ears = PocketSphinxRecognizer(
            maxDecoders: recognizers, workers: BlockingWorkers(name: "recognizer", count: cores))
        let workers = BlockingWorkers(name: "synthesizer", count: cores)
        recognizer = ears
        prepareRecognizer = { try await ears.prepare() }
        synthesizer = DistinctVoices(
            voices: LocalVoices(
                english: FliteSynthesizer(workers: workers), otherLanguages: ESpeakSynthesizer(workers: workers)))
        languageModel = LocalPlanner()
    }

    /// Loads what the first utterance would have to wait for, and finds out whether it is there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws { try await prepareRecognizer() }
}

/// Gives every second name that tells nothing of its voice, such as the ids of ElevenLabs, to a man's voice.
private struct DistinctVoices: SpeechSynthesizer {
    let voices: LocalVoices

    var name: String { voices.name }

    func synthesize(_ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void) async throws {
        var request = request
        // flite's and eSpeak's voices are chosen by what a name ends in.
        if let name = request.voice.name, request.voice.gender == nil {
            request.voice.name = name + (request.voice.fingerprint % 2 == 0 ? "-female" : "-male")
        }
        try await voices.synthesize(request, emit: emit)
    }
}
