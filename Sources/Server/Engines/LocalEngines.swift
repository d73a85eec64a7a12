import ESpeakProvider
import FliteProvider
import Foundation
import LocalPlanner
import PocketSphinxProvider
import ProviderKit

/// The engines of this machine: what answers where no provider is named or can be had, and what the stand-ins for hosted
/// providers hear, speak and write with.
public struct LocalEngines: Sendable {
    /// PocketSphinx: English.
    public let recognizer: any SpeechRecognizer
    /// flite for English, eSpeak NG for everything else.
    public let synthesizer: any SpeechSynthesizer
    /// eSpeak NG for everything.
    public let eSpeak: any SpeechSynthesizer
    /// The offline planner.
    public let languageModel: any LanguageModel
    /// Judges at a pause whether the caller's turn is over; nil when it is not on this machine.
    public let endOfTurnJudge: (any EndOfTurnJudge)? = nil
    private let prepareRecognizer: @Sendable () async throws -> Void

    /// Engines that have loaded nothing yet.
    /// - Parameter recognizers: utterances transcribed at once.
    public init(recognizers: Int) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let ears = PocketSphinxRecognizer(
            maxDecoders: recognizers, workers: BlockingWorkers(name: "recognizer", count: cores))
        recognizer = ears
        prepareRecognizer = { try await ears.prepare() }
        // Speaking never waits for hearing: it has threads of its own.
        let voices = BlockingWorkers(name: "synthesizer", count: cores)
        eSpeak = ESpeakSynthesizer(workers: voices)
        synthesizer = LocalVoices(english: FliteSynthesizer(workers: voices), otherLanguages: eSpeak)
        languageModel = LocalPlanner()
    }

    /// Loads what the first caller would have to wait for, and finds out whether it is there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws { try await prepareRecognizer() }

    /// The voices for stand-ins: every second name that tells nothing of its voice, such as the ids of ElevenLabs, gets a
    /// man's, so that two agents are told apart.
    public var distinctVoices: any SpeechSynthesizer { DistinctVoices(voices: synthesizer) }
}

private struct DistinctVoices: SpeechSynthesizer {
    let voices: any SpeechSynthesizer

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
