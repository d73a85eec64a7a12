/// Paces audio: says when the next piece may be sent so that the client is never more than `lead` ahead, and estimates
/// what has been played. Clock time is handed in, as the time since the conversation began.
public struct PlayoutClock: Equatable, Sendable {
    /// How far ahead of playout audio is sent.
    public let lead: Duration
    /// When all that was sent will have been played, by our estimate; nil before the first audio.
    public private(set) var playedOut: Duration?
    /// How much audio was sent.
    public private(set) var sent: Duration = .zero
    /// What the client last said it had played, and when; nil when it does not say.
    private var reported: (played: Duration, at: Duration)?
    private var clientConfirmedStart = false
    private var firstSent: Duration?

    /// - Parameter lead: how far ahead of playout audio is sent, at least 0.
    public init(lead: Duration) { self.lead = lead }

    /// Equal if all further decisions are equal.
    public static func == (left: PlayoutClock, right: PlayoutClock) -> Bool {
        left.lead == right.lead && left.playedOut == right.playedOut && left.sent == right.sent
            && left.reported?.played == right.reported?.played && left.reported?.at == right.reported?.at
            && left.clientConfirmedStart == right.clientConfirmedStart && left.firstSent == right.firstSent
    }

    /// When the next piece may be sent; the past and the present mean now.
    public var nextSend: Duration? { playedOut.map { $0 - lead } }

    /// Counts a piece that is sent now.
    public mutating func send(_ duration: Duration, now: Duration) {
        if firstSent == nil { firstSent = now }
        // After an underrun playout resumes with this piece.
        playedOut = max(playedOut ?? now, now) + duration
        sent += duration
    }

    /// The client says that its loudspeaker has started. Network and buffer delay push our first estimate back once.
    public mutating func started(now: Duration) {
        guard !clientConfirmedStart, let firstSent, let end = playedOut else { return }
        clientConfirmedStart = true
        // Never by more than a second: a late signal is a slow client, not a late start.
        playedOut = end + min(max(now - firstSent, .zero), .seconds(1))
    }

    /// The client has nothing left to play.
    public mutating func stopped(now: Duration) {
        guard let end = playedOut else { return }
        playedOut = min(end, now)
    }

    /// The client says how much of this response it has played.
    public mutating func progress(_ played: Duration, now: Duration) {
        reported = (min(max(played, .zero), sent), now)
    }

    /// Goes back: what was sent after `position` will be sent again. Nothing of it plays until then.
    public mutating func rewind(to position: Duration) {
        sent = min(max(position, .zero), sent)
        (playedOut, reported, firstSent, clientConfirmedStart) = (nil, nil, nil, false)
    }

    /// How much of what was sent has been played, never more than was sent.
    public func played(now: Duration) -> Duration {
        if let reported { return min(sent, reported.played + max(now - reported.at, .zero)) }
        guard let end = playedOut else { return sent }
        return max(sent - max(end - now, .zero), .zero)
    }
}
