import ProjectModel

/// Runs recorded conversations again.
public enum Replay {
    /// What happened in a run.
    public struct Counts: Equatable, Sendable {
        /// Inputs that were handled.
        public internal(set) var inputs = 0
        /// Decisions that followed.
        public internal(set) var outputs = 0
        /// Responses that began.
        public internal(set) var responses = 0
        /// Responses that the caller interrupted.
        public internal(set) var interruptions = 0
    }

    /// The first entry after which something else is decided.
    public struct Difference: Equatable, Sendable {
        /// The entry's line in the journal, from 1.
        public internal(set) var line: Int
        /// When it happened.
        public internal(set) var at: Duration
        /// What kind of input it is: `engine.transcript`.
        public internal(set) var input: String
        /// The kinds of what is decided now, in order: `tell.responseStarted`.
        public internal(set) var decided: [String]
    }

    /// Whether the same was decided.
    public enum Verdict: Equatable, Sendable {
        /// Everything, byte for byte.
        case equal(Counts)
        /// Not after that entry; what was counted is up to there.
        case differs(Difference, Counts)

        /// What was counted.
        public var counts: Counts {
            switch self {
            case .equal(let counts), .differs(_, let counts): counts
            }
        }
    }

    /// Runs a conversation again as it was: with the recorded inputs at the recorded times.
    public static func unchanged(_ journal: Journal) -> Verdict {
        let header = journal.header
        let identity = ConversationCore.Identity(
            description: header.description, lead: header.lead, knowsPauses: header.knowsPauses,
            announcement: header.project.announcement, clock: header.clock,
            remembers: header.remembers ?? false)
        let run = Run()
        var loop = ConversationLoop(ConversationCore(CompiledProject(header.project), identity), Recorded()) {
            run.take($2)
        }
        for (index, entry) in journal.entries.enumerated() {
            loop.withEffects { $0.now = .nanoseconds(entry.at) }
            loop.handle(entry.input)
            if let digest = entry.digest, digest != run.digest {
                // The header is line 1.
                let difference = Difference(
                    line: index + 2, at: .nanoseconds(entry.at), input: kind(of: entry.input),
                    decided: run.last.map(kind))
                return .differs(difference, run.counts)
            }
        }
        return .equal(run.counts)
    }

    /// The name of a case, and of the case within it: `tell.responseStarted`. No words.
    private static func kind(of value: Any) -> String {
        let children = Mirror(reflecting: value)
        guard children.displayStyle == .enum else { return "" }
        guard let (label, payload) = children.children.first, let label else { return "\(value)" }
        let inner = Mirror(reflecting: payload).displayStyle == .enum ? kind(of: payload) : ""
        return inner.isEmpty ? label : "\(label).\(inner)"
    }
}

/// Engines and a client that do nothing: what they did stands in the journal.
private struct Recorded: Effects {
    var now: Duration = .zero

    mutating func perform(_ output: Output) {}
}

/// What a run has decided so far.
private final class Run {
    private(set) var counts = Replay.Counts()
    private(set) var last: [Output] = []
    private var running = OutputDigest()

    /// The digest; empty when something could not be encoded.
    private(set) var digest = ""

    func take(_ outputs: [Output]) {
        last = outputs
        counts.inputs += 1
        counts.outputs += outputs.count
        for output in outputs {
            switch output {
            case .tell(.responseStarted): counts.responses += 1
            case .tell(.interrupted): counts.interruptions += 1
            default: break
            }
        }
        digest = (try? running.add(outputs)).map { running.text } ?? ""
    }
}
