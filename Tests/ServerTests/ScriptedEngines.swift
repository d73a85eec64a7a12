import AudioCore
import ProjectModel
import ProviderKit
import Server
import Session
import VoiceActivity

/// Engines that do at once what a test wants; only the network that hears speech is the real one.
struct ScriptedEngines: EngineCatalog {
    let voiceActivity: SileroModel
    /// What the recogniser understands, whatever is said.
    var transcript = "what about bonds"
    /// What every agent writes, piece by piece.
    var answer = ["Buy some government bonds ", "with a short term. ", "Then wait for a year before you sell."]
    /// The same in one piece: two sentences.
    static let words = "Buy some government bonds with a short term. Then wait for a year before you sell."
    /// How long a spoken sentence is.
    var sentence: Duration = .milliseconds(120)
    var voicesFail = false

    init() throws { voiceActivity = try SileroModel() }

    func cast(_ project: Project) -> (project: Project, engines: Engines) { (project, engines) }

    private var engines: Engines {
        let script = self
        let clock = ChainClock.continuous
        let breaker = { @Sendable in CircuitBreaker(clock: clock) }
        return Engines(
            voiceActivity: voiceActivity,
            recognizer: RecognitionChain(
                [ChainLink(Recognizer(script: script), breaker: breaker())], finalTranscript: nil, policy: .once,
                clock: clock),
            synthesizer: { _ in
                SynthesisChain(
                    [ChainLink(Synthesizer(script: script), breaker: breaker())], deadlines: nil, policy: .once,
                    clock: clock)
            },
            languageModel: { _ in
                GenerationChain(
                    [ChainLink(Writer(script: script), breaker: breaker())], deadlines: nil, policy: .once,
                    clock: clock)
            })
    }

    private struct Recognizer: SpeechRecognizer {
        let script: ScriptedEngines
        var name: String { "Test/Recognizer" }

        func recognize(
            _ utterance: AsyncStream<UtteranceInput>, language: String,
            emit: @Sendable (Transcript) async throws -> Void
        ) async throws {
            for await _ in utterance {}
            try Task.checkCancellation()
            try await emit(Transcript(text: script.transcript, isFinal: true))
        }
    }

    private struct Writer: LanguageModel {
        let script: ScriptedEngines
        var name: String { "Test/Writer" }

        func generate(_ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void) async throws
        {
            for piece in script.answer { try await emit(.text(piece)) }
        }
    }

    private struct Synthesizer: SpeechSynthesizer {
        let script: ScriptedEngines
        var name: String { "Test/Voice" }

        func synthesize(_ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void) async throws
        {
            if script.voicesFail { throw ProviderError(.unavailable, provider: name, message: "no voice today") }
            let samples = [Int16](repeating: 1000, count: script.sentence.samples(at: request.sampleRate))
            try await emit(.audio(AudioChunk(samples: samples, sampleRate: request.sampleRate)))
        }
    }
}

/// Projects as files.
enum ProjectText {
    /// One agent; `speaks` decides whether it has a voice.
    static func single(speaks: Bool = true, name: String = "Ada") -> String {
        """
        orchestrator:
          agent_list:
            - agent_name: \(name)
        utility_agents:
          - agent_class: PlanningAgent
            agent_name: \(name)
            speech_config:
              voice: slt
              enable_speech: \(speaks)
        audio_config:
          asr:
            silence_duration_ms: 400
        """
    }

    /// Two agents, one after the other, and a silent third beside the second.
    static let flow = """
        orchestrator:
          agent_list:
            - agent_name: Advisor
        utility_agents:
          - agent_class: PlanningAgent
            agent_name: Ada
            speech_config: {voice: slt}
          - agent_class: PlanningAgent
            agent_name: Bob
            speech_config: {voice: rms}
          - agent_class: PlanningAgent
            agent_name: Cleo
            speech_config: {enable_speech: false}
        super_agents:
          - agent_class: FlowSuperAgent
            agent_name: Advisor
            config:
              goal: Advise.
              agent_list:
                - agent_name: Ada
                  next_step: [Bob, Cleo]
                - agent_name: Bob
                - agent_name: Cleo
        audio_config:
          asr:
            silence_duration_ms: 400
          vad: {enable_barge_in: true}
        examples: ["What now?"]
        """

    /// Two agents at once in a super agent of their own, and a third after it.
    static func nested(hasSummary: Bool) -> String {
        """
        orchestrator: {agent_list: [{agent_name: Outer}]}
        utility_agents:
          - {agent_class: PlanningAgent, agent_name: Ada}
          - {agent_class: PlanningAgent, agent_name: Bob}
          - {agent_class: PlanningAgent, agent_name: Cleo}
        super_agents:
          - agent_class: FlowSuperAgent
            agent_name: Outer
            config:
              goal: Advise.
              agent_list:
                - {agent_name: Inner, next_step: [{condition: it rains, to: [Cleo]}]}
                - agent_name: Cleo
          - agent_class: FlowSuperAgent
            agent_name: Inner
            config:
              goal: Advise.
              agent_list: [{agent_name: Ada}, {agent_name: Bob}]
              summarize_config: {enable_summarize: \(hasSummary)}
        """
    }
}
