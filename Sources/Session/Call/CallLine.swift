import Agents
import ProjectModel

/// A line of the project that is a response of its own.
struct CallLine: Equatable, Sendable {
    /// What it is for.
    enum Kind: Equatable, Sendable {
        /// What the caller must know before anything else, such as that the conversation is recorded.
        case announcement
        case greeting
        /// A question after a long silence.
        case prompt
        /// The last words of a call.
        case goodbye

        /// Whether the caller may speak over it.
        var isInterruptible: Bool {
            switch self {
            case .greeting, .prompt: true
            case .announcement, .goodbye: false
            }
        }

        /// Whether the models are told what was heard of it.
        var isRemembered: Bool { self != .announcement }
    }

    var kind: Kind
    var notice: Notice

    /// The line with its values, in the voice of whoever says it; nil when it comes to no words.
    init?(_ kind: Kind, _ line: String, _ step: Step) {
        self.kind = kind
        // What the caller must know stands as it is.
        let words = kind == .announcement ? line : step.values.spoken(line)
        if words.isEmpty { return nil }
        notice = kind.isRemembered ? .line(words, step.project) : .announcement(words, step.project)
    }
}

extension Turn {
    /// Who has the floor, as the rules of a whole call see it.
    var situation: CallLimits.Situation {
        switch self {
        case .quiet: .quiet
        case .hearing, .interrupted: .caller
        case .drafting, .answering, .held: .answer
        }
    }
}
