import ProjectModel
import SpeechText

/// A line of ours that no model writes: an apology, an announcement, a greeting.
struct Notice: Equatable, Sendable {
    /// Whose line it is to the client.
    let agent: String
    let shown: String
    /// nil: it is only shown.
    private(set) var speech: Speech?
    /// `answer`, of which the models are told what was heard, or `notice`.
    let kind: Segment.Kind

    private init(
        agent: String, shown: String, voice: Voice?, forms: any SpokenForms, kind: Segment.Kind = .notice
    ) {
        (self.agent, self.shown, self.kind) = (agent, shown, kind)
        speech = voice.map { Speech(text: $0.spoken(shown, forms), voice: $0) }
    }

    /// Says that there is no answer, in the voice of `speaker`, else of the orchestrator; nil where nobody speaks at all.
    static func apology(_ compiled: CompiledProject, speaker: Speaker?) -> Notice? {
        let project = compiled.project
        guard let voice = speaker?.voice ?? project.voice(of: nil, within: []) else { return nil }
        return Notice(
            agent: speaker?.agent ?? project.orchestrator.agentNames.first ?? "orchestrator",
            shown: project.apology(of: speaker?.agent) ?? Apology.standard(in: voice.language), voice: voice,
            forms: compiled.forms)
    }

    /// Says that an answer was heard, in the voice of `speaker`; nil where it has none.
    static func thanks(_ compiled: CompiledProject, speaker: Speaker) -> Notice? {
        guard let voice = speaker.voice else { return nil }
        return Notice(
            agent: speaker.agent, shown: Thanks.standard(in: voice.language), voice: voice, forms: compiled.forms)
    }

    /// Says what the caller must know before anything else, in the orchestrator's voice, else in that of the first agent.
    static func announcement(_ words: String, _ compiled: CompiledProject) -> Notice {
        let (project, forms) = (compiled.project, compiled.forms)
        let first = project.orchestrator.agentNames.first
        guard let own = project.orchestrator.speech else {
            return Notice(
                agent: first ?? "orchestrator", shown: words, voice: project.voice(of: first, within: []),
                forms: forms)
        }
        let voice = own.enableSpeech == false ? nil : project.voice(of: nil, within: [])
        return Notice(agent: "orchestrator", shown: words, voice: voice, forms: forms)
    }

    /// A line of the project that is an answer of its own: in the voice of the one agent that surely answers, else in the
    /// orchestrator's.
    static func line(_ words: String, _ compiled: CompiledProject) -> Notice {
        let (project, forms) = (compiled.project, compiled.forms)
        let names = project.orchestrator.agentNames
        let certain = !project.orchestrator.routes || names.count == 1 ? names.first : nil
        if let name = certain, project.agent(named: name)?.speaksItself == false,
            let voice = project.voice(of: name, within: [])
        {
            return Notice(agent: name, shown: words, voice: voice, forms: forms, kind: .answer)
        }
        let other = announcement(words, compiled)
        return Notice(agent: other.agent, shown: words, voice: other.speech?.voice, forms: forms, kind: .answer)
    }

    /// The same in the local voice; nil when it is that already, or silent.
    var inLocalVoice: Notice? {
        guard var speech, speech.voice.model != .localSynthesizers else { return nil }
        speech.voice.model = .localSynthesizers
        speech.voice.names = []
        var local = self
        local.speech = speech
        return local
    }
}
