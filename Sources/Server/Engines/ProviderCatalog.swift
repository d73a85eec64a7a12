import ESpeakProvider
import FliteProvider
import Foundation
import LocalPlanner
import PocketSphinxProvider
import ProjectModel
import ProviderKit
import Session
import VoiceActivity

/// Chooses the engines of each conversation.
public protocol EngineCatalog: Sendable {
    /// The engines for a conversation on `project`. Quick, never blocking.
    func engines(for project: Project) -> Engines
}

/// The engines that this server has, and which of them stands in when a project names one that it cannot reach.
public struct ProviderCatalog: EngineCatalog {
    private let voiceActivity: SileroModel
    private let recognizer: PocketSphinxRecognizer
    private let english: any SpeechSynthesizer
    private let otherLanguages: any SpeechSynthesizer
    private let planner: any LanguageModel
    private let hearing: RecognitionChain
    private let thinking: GenerationChain
    private let speaking: SynthesisChain
    private let speakingESpeak: SynthesisChain

    /// Makes the local engines ready.
    /// - Parameter recognizers: utterances transcribed at once.
    public init(recognizers: Int) throws {
        voiceActivity = try SileroModel()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        recognizer = PocketSphinxRecognizer(
            maxDecoders: recognizers, workers: BlockingWorkers(name: "recognizer", count: cores))
        // Speaking never waits for hearing: it has threads of its own.
        let voices = BlockingWorkers(name: "synthesizer", count: cores)
        english = FliteSynthesizer(workers: voices)
        otherLanguages = ESpeakSynthesizer(workers: voices)
        planner = LocalPlanner()
        // Local engines wait for nobody: no deadlines, and what fails at once fails again.
        let clock = ChainClock.continuous
        let breaker = { CircuitBreaker(clock: clock) }
        hearing = RecognitionChain(
            [ChainLink(recognizer, breaker: breaker())], finalTranscript: nil, policy: .once, clock: clock)
        thinking = GenerationChain(
            [ChainLink(planner, breaker: breaker())], deadlines: nil, policy: .once, clock: clock)
        speaking = SynthesisChain(
            [ChainLink(LocalVoices(english: english, otherLanguages: otherLanguages), breaker: breaker())],
            deadlines: nil, policy: .once, clock: clock)
        speakingESpeak = SynthesisChain(
            [ChainLink(otherLanguages, breaker: breaker())], deadlines: nil, policy: .once, clock: clock)
    }

    /// Loads what the first caller would have to wait for, and finds out whether it is there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws { try await recognizer.prepare() }

    /// The engines for a conversation on `project`.
    public func engines(for project: Project) -> Engines {
        let (thinking, speaking, speakingESpeak) = (thinking, speaking, speakingESpeak)
        return Engines(
            voiceActivity: voiceActivity, recognizer: hearing,
            synthesizer: { models in
                models.first.provider == "Local" && models.first.model == "eSpeak" ? speakingESpeak : speaking
            },
            languageModel: { _ in thinking }, fallbacks: fallbacks(for: project))
    }

    /// Which local engine stands in for what `project` names, and why.
    public func fallbacks(for project: Project) -> [SessionDescription.Fallback] {
        var found: [SessionDescription.Fallback] = []
        func note(_ models: ModelChain, local: String) {
            let reference = models.first
            guard reference.provider != "Local", !found.contains(where: { $0.wanted == reference.description })
            else { return }
            found.append(
                SessionDescription.Fallback(
                    wanted: reference.description, used: local,
                    reason: "this server has no \(reference.provider) provider yet"))
        }
        note(project.audio.recognizer, local: recognizer.name)
        if !project.audio.language.lowercased().hasPrefix("en") {
            found.append(
                SessionDescription.Fallback(
                    wanted: "\(project.audio.recognizer.first) in \(project.audio.language)", used: recognizer.name,
                    reason: "it understands English only, so callers have to type; Local/Planner answers in English"))
        }
        note(project.languageModel, local: planner.name)
        note(project.audio.synthesizer, local: english.name)
        for agent in project.agents {
            if let model = agent.languageModel { note(model, local: planner.name) }
        }
        for speech in project.speechBlocks {
            guard let model = speech.model else { continue }
            let voice = VoiceRequest(
                name: speech.voices.first ?? nil, language: speech.language ?? project.audio.language)
            note(model, local: voice.locale.lowercased().hasPrefix("en") ? english.name : otherLanguages.name)
        }
        return found
    }
}
