/// A `speech_config` block. What is nil is looked up further out: agent, its super agent, orchestrator, default.
public struct SpeechConfiguration: Equatable, Sendable {
    /// The synthesiser.
    public var model: ModelReference?
    /// BCP-47.
    public var language: String?
    /// The provider's name of the voice.
    public var voice: String?
    /// 0.25…4.
    public var speed: Double?
    /// In hertz, towards the caller: 8000…48000.
    public var sampleRate: Int?
    /// false: text only.
    public var enableSpeech: Bool?
    /// Whether text is made speakable before synthesis.
    public var normalizeText: Bool?

    /// A block with nothing in it.
    public init() {}
}

/// A voice with every key decided.
public struct Voice: Hashable, Sendable {
    /// The synthesiser.
    public var model: ModelReference
    /// BCP-47.
    public var language: String
    /// The provider's name of the voice, or nil for its default.
    public var name: String?
    /// 0.25…4.
    public var speed: Double
    /// In hertz.
    public var sampleRate: Int
    /// Whether text is made speakable before synthesis.
    public var normalizesText: Bool
}

extension Project {
    /// The rate of all audio towards the caller, in hertz: clients play a conversation at one. The orchestrator's, else
    /// that of the first agent or super agent that names one, else 16,000.
    public var sampleRate: Int {
        let blocks = [orchestrator.speech] + agents.map(\.speech) + superAgents.map(\.speech)
        return blocks.lazy.compactMap { $0?.sampleRate }.first ?? 16000
    }

    /// The voice of `agent` when `superAgents` (innermost first) run it, or nil when it is not to speak.
    ///
    /// The block that is nearest to the agent and names a voice, language or model decides those three together, so that
    /// a voice is never paired with another block's language; the other keys are looked up one by one.
    /// - Parameter agent: the name of an agent or super agent; nil is the orchestrator itself.
    public func voice(of agent: String?, within superAgents: [String]) -> Voice? {
        let own = agent.flatMap { self.agent(named: $0)?.speech ?? superAgent(named: $0)?.speech }
        if own?.enableSpeech == false { return nil }
        let chain =
            ([own] + superAgents.map { superAgent(named: $0)?.speech } + [orchestrator.speech])
            .compactMap { $0 }
        let speaker = chain.first { $0.voice != nil || $0.language != nil || $0.model != nil }
        return Voice(
            model: speaker?.model ?? audio.synthesizer,
            language: speaker?.language ?? audio.language,
            name: speaker?.voice,
            speed: chain.lazy.compactMap(\.speed).first ?? 1,
            sampleRate: sampleRate,
            normalizesText: chain.lazy.compactMap(\.normalizeText).first ?? true)
    }
}
