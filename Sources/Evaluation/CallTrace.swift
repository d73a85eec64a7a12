/// What happened in one conversation, as its client saw it. Pure.
public struct CallTrace: Equatable, Sendable {
    /// More entries end a conversation: some hours of speech.
    public static let longest = 100_000

    /// Something that happened, with its time since the conversation began.
    public struct Entry: Equatable, Sendable {
        /// Since the conversation began.
        public var at: Duration
        /// What it was.
        public var what: What
    }

    /// Something that happened. Names of items are the client's: one agent's part of one response.
    public enum What: Equatable, Sendable {
        /// The caller begins a line; it ends at that time.
        case line(until: Duration)
        /// An answer begins.
        case responseStarted(String)
        /// An agent says more. `isFiller`: it bridges a silence.
        case said(item: String, agent: String, String, isFiller: Bool)
        /// The client was given so much more of an agent's voice.
        case played(item: String, Duration)
        /// The sound stops.
        case silenced
        /// The caller has interrupted; `heard` is what was played of the interrupted agent's words.
        case interrupted(agent: String?, heard: String)
        /// An answer is over.
        case responseDone(String)
        /// A call of a tool has begun; `arguments` is JSON.
        case toolCalled(key: String, tool: String, arguments: String)
        /// A call of a tool is over.
        case toolFinished(key: String)
        /// The conversation is over.
        case ended
    }

    /// In the order of the times.
    public private(set) var entries: [Entry] = []
    /// Until when the client has audio to play.
    private var playedOut: Duration = .zero
    private var open: Set<String> = []
    private var runningCalls: Set<String> = []
    /// When the caller's last line is over.
    private var lineEnd: Duration = .zero
    /// Whether the conversation is over.
    public private(set) var hasEnded = false

    /// Nothing has happened yet.
    public init() {}

    /// Adds what has happened.
    public mutating func append(_ what: What, at time: Duration) {
        guard entries.count < Self.longest else { return }
        switch what {
        case .played(_, let length): playedOut = max(playedOut, time) + length
        case .silenced, .interrupted: playedOut = min(playedOut, time)
        case .responseStarted(let name): open.insert(name)
        case .responseDone(let name): open.remove(name)
        case .toolCalled(let key, _, _): runningCalls.insert(key)
        case .toolFinished(let key): runningCalls.remove(key)
        case .line(let end): lineEnd = end
        case .ended: hasEnded = true
        case .said: break
        }
        entries.append(Entry(at: time, what: what))
    }

    // MARK: - What is under way

    /// Whether there is nothing to wait for, and was nothing for so long: no answer, no sound, no line, no call.
    public func isQuiet(at now: Duration, for rest: Duration) -> Bool {
        if !open.isEmpty || !runningCalls.isEmpty { return false }
        return now - max(entries.last?.at ?? .zero, playedOut, lineEnd) >= rest
    }

    /// How much of the answer was played that began after the entry at `start`: since its first sound.
    func played(since start: Int, at now: Duration) -> Duration? {
        for entry in entries.dropFirst(start) {
            if case .played = entry.what { return min(now, max(playedOut, entry.at)) - entry.at }
        }
        return nil
    }
}
