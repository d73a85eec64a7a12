/// One utterance on a listen socket: puts Deepgram's stretches together and knows when the last one has come.
struct ListenUtterance: Equatable {
    /// What a message means for whoever waits.
    enum Outcome: Equatable {
        case nothing
        /// All words so far, other than before.
        case interim(String)
        /// All words. The socket may hear another utterance, or it has been told to end.
        case done(String, mayBeUsedAgain: Bool)
    }

    private enum Phase: Equatable {
        /// Audio goes out. → finalizing, closing (nothing is left to settle).
        case listening
        /// `Finalize` went out. → closing (patience is over), done.
        case finalizing
        /// `CloseStream` went out: the end of the stream is the end of the utterance. → done.
        case closing
        case done
    }

    private var phase = Phase.listening
    private var settled: [String] = []
    private var unsettled = ""
    private var emitted = ""
    /// Where the utterance begins in the stream, by the first stretch; seconds.
    private var origin: Double?
    /// Up to where its words are settled.
    private var covered: Double?
    private var sentSamples = 0

    /// Deepgram rounds times to whole steps; a shorter rest holds no word.
    private static let negligible = 0.1

    /// Whether anything of an answer came.
    private(set) var isAnswered = false

    /// All words so far.
    var text: String { (settled + [unsettled]).filter { !$0.isEmpty }.joined(separator: " ") }

    /// Whether the stream has been ended, so that its end is no failure.
    var isClosing: Bool { phase == .closing }

    // MARK: Events

    /// Audio went out.
    mutating func sent(_ samples: Int) { sentSamples += samples }

    /// The audio is over. Returns what to say to Deepgram.
    mutating func audioEnded() -> [String] {
        guard phase == .listening else { return [] }
        // With nothing left to settle, Deepgram may leave a Finalize unanswered; the end of a stream it never does.
        if let origin, let covered, Double(sentSamples) / 16000 - (covered - origin) < Self.negligible {
            phase = .closing
            return [ListenMessage.finalize, ListenMessage.closeStream]
        }
        phase = .finalizing
        return [ListenMessage.finalize]
    }

    /// The answer to `Finalize` stays out. Returns what to say.
    mutating func patienceIsOver() -> [String] {
        guard phase == .finalizing else { return [] }
        phase = .closing
        return [ListenMessage.closeStream]
    }

    /// Deepgram heard something.
    mutating func heard(_ results: ListenMessage.Results) -> Outcome {
        guard phase != .done else { return .nothing }
        isAnswered = true
        origin = origin ?? results.start
        if results.isFinal {
            settled.append(results.text)
            unsettled = ""
            covered = max(covered ?? 0, results.end)
        } else {
            unsettled = results.text
        }
        if results.fromFinalize && phase == .finalizing {
            phase = .done
            return .done(text, mayBeUsedAgain: true)
        }
        guard text != emitted, !text.isEmpty else { return .nothing }
        emitted = text
        return .interim(text)
    }

    /// The stream is over: its summary came, or its close. Only after `CloseStream`.
    mutating func streamEnded() -> Outcome {
        guard phase == .closing else { return .nothing }
        phase = .done
        return .done(text, mayBeUsedAgain: false)
    }
}
