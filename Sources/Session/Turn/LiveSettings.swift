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
    /// How turns are taken, where the client has set it.
    private(set) var turns: TurnRules?
    /// When the caller's turn is over.
    private(set) var endpointing: EndpointingConfiguration
    /// What the client asks of all answers.
    private(set) var orders = AnswerOrders()
    private let language: String
    /// What the project says.
    private let own: AudioConfiguration

    init(_ project: Project, knowsPauses: Bool) {
        (own, vad, endpointing) = (project.audio, project.audio.vad, project.audio.endpointing)
        language = project.audio.language
        self.knowsPauses = knowsPauses
        values = PromptValues(project.variables)
    }

    /// How long a client that plays may be behind our estimate.
    var grace: Duration { vad?.gracePeriod ?? .seconds(1) }

    /// Whether each turn of the caller is answered.
    var answersTurns: Bool { turns?.areAnswered ?? true }

    /// Whether speech interrupts an answer, as far as the client decides it.
    var isInterruptible: Bool { turns?.interrupt ?? true }

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
        if let rules = update.turns { changed.take(rules) }
        changed.orders = update.orders ?? orders
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

    private mutating func take(_ rules: TurnRules) {
        turns = rules
        endpointing = own.endpointing
        endpointing.prefixPadding = rules.prefixPadding ?? own.endpointing.prefixPadding
        // A project without barge-in says nothing of how easily one interrupts.
        var settings = own.vad ?? VADPreset.eager.configuration
        settings.speechProbability = rules.speechProbability ?? settings.speechProbability
        vad = settings
        switch rules.ending {
        case .client: vad = nil
        case .silence(let silence): (endpointing.silence, endpointing.endOfTurn) = (silence, nil)
        case .evidence(let longest):
            let policy = own.endpointing.endOfTurn
            endpointing.endOfTurn = EndOfTurnPolicy(
                judge: policy?.judge, shortest: policy?.shortest ?? EndOfTurnPolicy.usualShortest, longest: longest)
        }
    }
}
