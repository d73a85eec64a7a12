import ProjectModel
import SpeechText

/// A line of ours that is no part of an answer: an apology or an announcement. No model is told it.
struct Notice: Equatable, Sendable {
    /// Whose line it is to the client.
    let agent: String
    let shown: String
    /// nil: it is only shown.
    let speech: Speech?

    private init(agent: String, shown: String, voice: Voice?) {
        self.agent = agent
        self.shown = shown
        speech = voice.map { voice in
            Speech(text: voice.normalizesText ? speakable(shown, language: voice.language) : shown, voice: voice)
        }
    }

    private init(_ other: Notice, speech: Speech) { (agent, shown, self.speech) = (other.agent, other.shown, speech) }

    /// Says that there is no answer, in the voice of `speaker`, else of the orchestrator; nil where nobody speaks at all.
    static func apology(_ project: Project, speaker: Speaker?) -> Notice? {
        guard let voice = speaker?.voice ?? project.voice(of: nil, within: []) else { return nil }
        return Notice(
            agent: speaker?.agent ?? project.orchestrator.agentNames.first ?? "orchestrator",
            shown: project.apology(of: speaker?.agent) ?? Apology.standard(in: voice.language), voice: voice)
    }

    /// Says what the caller must know before anything else, in the orchestrator's voice, else in that of the first agent.
    static func announcement(_ words: String, _ project: Project) -> Notice {
        let first = project.orchestrator.agentNames.first
        guard let own = project.orchestrator.speech else {
            return Notice(agent: first ?? "orchestrator", shown: words, voice: project.voice(of: first, within: []))
        }
        let voice = own.enableSpeech == false ? nil : project.voice(of: nil, within: [])
        return Notice(agent: "orchestrator", shown: words, voice: voice)
    }

    /// The same in the local voice; nil when it is that already, or silent.
    var inLocalVoice: Notice? {
        guard var speech, speech.voice.model != .localSynthesizers else { return nil }
        speech.voice.model = .localSynthesizers
        speech.voice.names = []
        return Notice(self, speech: speech)
    }
}
