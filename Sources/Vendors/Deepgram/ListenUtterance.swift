import ProviderKit

/// One utterance on a listen socket: puts Deepgram's stretches together and knows when the last one has come.
struct ListenUtterance: Equatable {
    /// What a message means for whoever waits.
    enum Outcome: Equatable {
        case nothing
        /// All words so far; other than before, or with a mark.
        case interim(String, Transcript.Mark? = nil)
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

    /// A `Finalize` that is not answered yet.
    private struct Question: Equatable {
        /// How much audio went out before it.
        var samples: Int
        /// nil: it is asked at the end.
        var pause: Int?
    }

    private var phase = Phase.listening
    private var questions: [Question] = []
    private var settled: [String] = []
    private var unsettled = ""
    private var emitted = ""
    /// Where the utterance begins in the stream, by the first stretch; seconds.
    private var origin: Double?
    /// Up to where its words are settled.
    private var covered: Double?
    private var sentSamples = 0
    /// How much audio went out before the last pause.
    private var asked: Int?

    /// Deepgram rounds times to whole steps; a shorter rest holds no word.
    private static let negligible = 0.1
    /// So much audio Deepgram does not leave unanswered, and what answers a question before it does not reach it; in samples.
    private static let shortestAnswered = 3200

    /// Whether anything of an answer came.
    private(set) var isAnswered = false

    /// All words so far.
    var text: String { (settled + [unsettled]).filter { !$0.isEmpty }.joined(separator: " ") }

    /// Whether the stream has been ended, so that its end is no failure.
    var isClosing: Bool { phase == .closing }

    // MARK: Events

    /// Audio went out.
    mutating func sent(_ samples: Int) { sentSamples += samples }

    /// The caller pauses. Returns what to say to Deepgram.
    mutating func paused(_ number: Int) -> [String] {
        guard phase == .listening else { return [] }
        questions.append(Question(samples: sentSamples, pause: number))
        asked = sentSamples
        return [ListenMessage.finalize]
    }

    /// How much silence makes sure that a `Finalize` at the end is answered, in samples.
    var padding: Int { asked.map { max(Self.shortestAnswered - (sentSamples - $0), 0) } ?? 0 }

    /// Whether nothing is left to settle.
    private var isCovered: Bool {
        guard let origin, let covered else { return false }
        return Double(sentSamples) / 16000 - (covered - origin) < Self.negligible
    }

    /// The audio is over. Returns what to say to Deepgram.
    mutating func audioEnded() -> [String] {
        guard phase == .listening else { return [] }
        // With nothing left to settle, Deepgram may leave a Finalize unanswered; the end of a stream it never does.
        if isCovered {
            phase = .closing
            return [ListenMessage.finalize, ListenMessage.closeStream]
        }
        phase = .finalizing
        questions.append(Question(samples: sentSamples))
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
        if results.fromFinalize, let question = takeAnswered() {
            guard let pause = question.pause else {
                let mayBeUsedAgain = phase == .finalizing
                phase = .done
                return .done(text, mayBeUsedAgain: mayBeUsedAgain)
            }
            emitted = text
            return .interim(text, .pause(pause))
        }
        let endsSpeech = results.endsSpeech && !results.fromFinalize && !text.isEmpty
        guard endsSpeech || (text != emitted && !text.isEmpty) else { return .nothing }
        emitted = text
        return .interim(text, endsSpeech ? .endOfSpeech : nil)
    }

    /// The last question that what is settled answers; at least the first is.
    private mutating func takeAnswered() -> Question? {
        let settled = Int(((covered ?? 0) - (origin ?? 0) + Self.negligible) * 16000)
        let count = max(questions.prefix { $0.samples <= settled }.count, min(questions.count, 1))
        defer { questions.removeFirst(count) }
        return count > 0 ? questions[count - 1] : nil
    }

    /// The stream is over: its summary came, or its close. Only after `CloseStream`.
    mutating func streamEnded() -> Outcome {
        guard phase == .closing else { return .nothing }
        phase = .done
        return .done(text, mayBeUsedAgain: false)
    }
}
