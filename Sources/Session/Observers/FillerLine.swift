import ProjectModel
import ProviderKit
import SpeechText

/// A line that somebody would say to bridge a silence.
struct FillerLine: Equatable, Sendable {
    var agent: String
    var text: String
    var after: Duration
    var speech: Speech
    /// Whether it says how far something is: it may follow another line in one silence.
    var isStage = false

    /// nil when there is nothing to say or no voice to say it.
    init?(_ filler: Filler?, agent: String, voice: Voice?, forms: (any SpokenForms)? = nil) {
        guard let filler, let voice else { return nil }
        (self.agent, text, after) = (agent, filler.text, filler.after)
        let spoken = voice.spoken(text, forms)
        guard isSayable(spoken) else { return nil }
        speech = Speech(text: spoken, voice: voice)
    }
}

extension Voice {
    /// `text` as this voice is given it: written out, unless the project wants it as it is.
    func spoken(_ text: String, _ forms: (any SpokenForms)?) -> String {
        normalizesText ? speakable(text, language: language, forms: forms) : text
    }
}
