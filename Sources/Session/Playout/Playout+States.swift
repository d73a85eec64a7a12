extension Playout {
    /// What a call to `advance` has sent.
    struct Sent {
        var answer = false
        var aside = false
        var any: Bool { answer || aside }

        mutating func add(_ other: Sent) { (answer, aside) = (answer || other.answer, aside || other.aside) }
    }

    /// Whether audio goes out.
    enum Pace: Equatable {
        /// Audio goes out. Exits: `paused`.
        case running
        /// Nothing goes out; so much had been played. Exits: `running`.
        case paused(at: Duration)
    }

    /// What the client tells of its loudspeaker.
    enum Loudspeaker: Equatable {
        /// Nothing since audio was sent last; it may be a client that never does.
        case unknown
        /// It plays.
        case playing
        /// It has played all that it had.
        case stopped
    }
}
