/// A `speech_config` block. What is nil is looked up further out: agent, its super agent, orchestrator, default.
public struct SpeechConfiguration: Codable, Equatable, Sendable {
    /// The synthesiser, and those that stand in for it.
    public var model: ModelChain?
    /// BCP-47.
    public var language: String?
    /// The name of the voice at each model of the chain in turn; nil and what is missing are the provider's default.
    public var voices: [String?] = []
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
public struct Voice: Codable, Hashable, Sendable {
    /// The synthesiser, and those that stand in for it.
    public var model: ModelChain
    /// BCP-47.
    public var language: String
    /// The name of the voice at each model of the chain in turn; may be shorter than the chain.
    public var names: [String?]
    /// 0.25…4.
    public var speed: Double
    /// In hertz.
    public var sampleRate: Int
    /// Whether text is made speakable before synthesis.
    public var normalizesText: Bool

    /// What the model at `index` of the chain calls the voice, or nil for its default.
    public func name(at index: Int) -> String? { names.indices.contains(index) ? names[index] : nil }
}

extension Project {
    /// The rate of all audio towards the caller, in hertz: clients play a conversation at one. The orchestrator's, else
    /// that of the first agent or super agent that names one, else 16,000.
    public var sampleRate: Int {
        speechBlocks.lazy.compactMap(\.sampleRate).first ?? 16000
    }

    /// The voice of `agent` when `superAgents` (innermost first) run it, or nil when it is not to speak.
    ///
    /// The block that is nearest to the agent and names a voice, language or model decides those three together, so that
    /// a voice is never paired with another block's language; the other keys are looked up one by one.
    /// An agent that speaks itself has the voice of its own block there; this one, from further out, is for what others
    /// say in its place, such as a filler.
    /// - Parameter agent: the name of an agent or super agent; nil is the orchestrator itself.
    public func voice(of agent: String?, within superAgents: [String]) -> Voice? {
        let own = agent.flatMap { self.agent(named: $0)?.speech ?? superAgent(named: $0)?.speech }
        if (agent == nil ? orchestrator.speech : own)?.enableSpeech == false { return nil }
        let chain =
            ([own] + superAgents.map { superAgent(named: $0)?.speech } + [orchestrator.speech])
            .compactMap { $0 }
        let speaksItself = agent.flatMap { self.agent(named: $0)?.speaksItself } ?? false
        let speaker = chain.dropFirst(speaksItself && own != nil ? 1 : 0).first {
            !$0.voices.isEmpty || $0.language != nil || $0.model != nil
        }
        return Voice(
            model: speaker?.model ?? audio.synthesizer,
            language: speaker?.language ?? audio.language,
            names: speaker?.voices ?? [],
            speed: chain.lazy.compactMap(\.speed).first ?? 1,
            sampleRate: sampleRate,
            normalizesText: chain.lazy.compactMap(\.normalizeText).first ?? true)
    }

    /// The same project for a client that only reads: nobody speaks, and what there is to say is shown.
    public var readAloudByNobody: Project {
        var project = self
        func silent(_ speech: SpeechConfiguration?) -> SpeechConfiguration {
            var speech = speech ?? SpeechConfiguration()
            speech.enableSpeech = false
            return speech
        }
        project.orchestrator.speech = silent(orchestrator.speech)
        for index in project.agents.indices {
            project.agents[index].speech = silent(project.agents[index].speech)
            project.agents[index].speaksSummary = false
        }
        for index in project.superAgents.indices {
            project.superAgents[index].speech = silent(project.superAgents[index].speech)
        }
        return project
    }

    /// What the voice that answers is called: at the agent's own model when it speaks itself, else at the first of its
    /// synthesisers. nil is the provider's default, or nobody who speaks.
    public func voiceName(of agent: String, within superAgents: [String]) -> String? {
        guard let voice = voice(of: agent, within: superAgents) else { return nil }
        guard let own = self.agent(named: agent), own.speaksItself else { return voice.name(at: 0) }
        return own.speech?.voices.first ?? nil
    }
}
