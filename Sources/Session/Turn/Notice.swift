import ProjectModel
import SpeechText

/// A line of ours that is no part of an answer: an apology or an announcement. No model is told it.
struct Notice: Equatable, Sendable {
    /// Whose line it is to the client.
    let agent: String
    let shown: String
    /// nil: it is only shown.
    let speech: Speech?

    private init(agent: String, shown: String, voice: Voice?, forms: any SpokenForms) {
        self.agent = agent
        self.shown = shown
        speech = voice.map { Speech(text: $0.spoken(shown, forms), voice: $0) }
    }

    private init(_ other: Notice, speech: Speech) { (agent, shown, self.speech) = (other.agent, other.shown, speech) }

    /// Says that there is no answer, in the voice of `speaker`, else of the orchestrator; nil where nobody speaks at all.
    static func apology(_ compiled: CompiledProject, speaker: Speaker?) -> Notice? {
        let project = compiled.project
        guard let voice = speaker?.voice ?? project.voice(of: nil, within: []) else { return nil }
        return Notice(
            agent: speaker?.agent ?? project.orchestrator.agentNames.first ?? "orchestrator",
            shown: project.apology(of: speaker?.agent) ?? Apology.standard(in: voice.language), voice: voice,
            forms: compiled.forms)
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

    /// The same in the local voice; nil when it is that already, or silent.
    var inLocalVoice: Notice? {
        guard var speech, speech.voice.model != .localSynthesizers else { return nil }
        speech.voice.model = .localSynthesizers
        speech.voice.names = []
        return Notice(self, speech: speech)
    }
}
