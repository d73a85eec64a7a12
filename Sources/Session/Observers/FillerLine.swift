import ProjectModel
import ProviderKit
import SpeechText

/// A line that somebody would say to bridge a silence.
struct FillerLine: Equatable, Sendable {
    var agent: String
    var text: String
    var after: Duration
    var speech: Speech

    /// nil when there is nothing to say or no voice to say it.
    init?(_ filler: Filler?, agent: String, voice: Voice?) {
        guard let filler, let voice else { return nil }
        (self.agent, text, after) = (agent, filler.text, filler.after)
        let spoken = voice.normalizesText ? speakable(text, language: voice.language) : text
        guard isSayable(spoken) else { return nil }
        speech = Speech(text: spoken, voice: voice)
    }
}
