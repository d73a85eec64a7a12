import Agents
import ProjectModel
import TurnTaking

/// What a client may change while a conversation runs.
struct LiveSettings: Equatable, Sendable {
    private(set) var vad: VADConfiguration?
    private(set) var reportsFrames = false
    /// Whether the client knows that an answer may pause and go on.
    private(set) var knowsPauses: Bool
    /// What placeholders stand for: the project's values and the client's.
    private(set) var values: PromptValues
    private let language: String

    init(_ project: Project, knowsPauses: Bool) {
        vad = project.audio.vad
        language = project.audio.language
        self.knowsPauses = knowsPauses
        values = PromptValues(project.variables)
    }

    /// How long a client that plays may be behind our estimate.
    var grace: Duration { vad?.gracePeriod ?? .seconds(1) }

    /// What holds an answer without ending it.
    var backChannels: [String] {
        vad?.backChannels ?? (knowsPauses ? BackChannels.usual(in: language) : [])
    }

    /// What is in force.
    var report: SettingsReport { SettingsReport(vad: vad, reportsFrames: reportsFrames, knowsPauses: knowsPauses) }

    /// Takes a change over, all of it or nothing.
    /// - Throws: what is wrong with it.
    mutating func apply(_ update: SessionUpdate) throws(BadInput) {
        var changed = self
        changed.reportsFrames = update.reportsFrames ?? reportsFrames
        changed.knowsPauses = update.knowsPauses ?? knowsPauses
        if let given = update.variables, !changed.values.take(given.variables) {
            throw BadInput(
                code: "invalid_settings",
                message: "'variables' may have \(PromptValues.most) names in one conversation; nothing was changed")
        }
        if update.changesVAD {
            guard var settings = vad else {
                throw BadInput(
                    code: "invalid_settings",
                    message: "this project is push-to-talk: there is no voice activity detection to change")
            }
            settings.threshold = update.threshold ?? settings.threshold
            settings.windowSize = update.windowSize ?? settings.windowSize
            settings.lockout = update.lockout ?? settings.lockout
            settings.gracePeriod = update.gracePeriod ?? settings.gracePeriod
            settings.speechProbability = update.speechProbability ?? settings.speechProbability
            if let problem = settings.problem { throw BadInput(code: "invalid_settings", message: problem) }
            changed.vad = settings
        }
        self = changed
    }
}
