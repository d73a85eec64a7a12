import TurnTaking

extension Answer {
    /// How far it is.
    enum Phase: Sendable {
        /// Choosing who answers. Exits: `replying`.
        case routing(Routing)
        /// Agents work and speak. Exits: `noticing`, `playingOut`.
        case replying(Reply)
        /// A line is said that no model writes. Exits: `noticing` in the local voice, `playingOut`.
        case noticing(Reply?, Notice)
        /// Nothing is added any more; what there is is sent and played.
        case playingOut(Reply?)
    }

    /// What it was interrupted in.
    enum Pause: Sendable {
        case none
        /// Nothing of it could be heard.
        case silent
        /// The client was told that sound stops; that agent was heard.
        case told(speaker: String?)
    }

    /// Why there is a response.
    enum Occasion: Sendable {
        /// The caller has said that; nothing when the words were lost.
        case words(String)
        /// The client wants an answer to what is there: to what the caller has said, if that is not answered yet.
        case order(String)
        /// The caller has answered a question of an agent.
        case answer(String, to: OpenQuestion)
        /// The caller has not answered it in time.
        case silence(OpenQuestion)
        /// The project has a line for this moment.
        case line(CallLine)

        /// Whether nobody may speak over what is said.
        var isProtected: Bool { if case .line(let line) = self { !line.kind.isInterruptible } else { false } }
    }

    /// What follows it.
    enum Sequel: Equatable, Sendable {
        /// The conversation goes on. Exits: the others.
        case open
        /// The conversation ends. What the answer lacks in sound is not apologized for.
        case end
        /// The conversation ends, and the answer was cut after a sentence.
        case endAfterSentence
    }
}
