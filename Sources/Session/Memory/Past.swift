import Agents
import Memory
import ProjectModel
import ProviderKit

/// What was said before, as models are told it: in this conversation, and in earlier ones of the same caller. Pure.
///
/// The memory is asked at the beginning and, where a prompt is told relevant rounds, before each answer. An answer waits
/// for it for `patience` at most. What comes later still counts at the beginning of the history, and otherwise not.
struct Past: Sendable {
    private enum Question: Equatable, Sendable {
        /// Nothing was asked, or it does not matter any more. Exits: `asked`.
        case none
        /// Exits: `none`, when the time is over; `answered`.
        case asked(RecallID, Recall, until: Duration)
        /// What comes of a question.
        case answered(Recall, [Recollection])
    }

    /// An answer waits for the memory so long.
    static let patience: Duration = .milliseconds(150)

    /// What was said in this conversation, behind what was loaded of earlier ones.
    private(set) var history: ConversationHistory
    /// What is known of the caller by name.
    private(set) var variables: [String: String] = [:]
    /// What is kept and asked; nil when there is no memory.
    private let policy: MemoryPolicy?
    private var opening = Question.none
    private var search = Question.none
    private var questions = 0

    /// - Parameter remembers: whether there is a memory of the caller.
    init(_ project: Project, remembers: Bool) {
        history = ConversationHistory(project.orchestrator.history)
        policy = remembers ? project.memory : nil
    }

    /// Whether what is said is kept.
    var isKept: Bool { policy != nil }

    /// Earlier rounds that the prompts of the next answer are told, the most relevant first.
    var relevant: [[ConversationHistory.Entry]] {
        guard case .answered(_, let found) = search else { return [] }
        return found.map { $0.round.entries.map(ConversationHistory.Entry.init) }
    }

    /// When an answer waits no longer; nil when none waits.
    func deadline(after now: Duration) -> Duration? {
        [opening, search].compactMap { question in
            if case .asked(_, _, let until) = question, until > now { until } else { nil }
        }.min()
    }

    // MARK: - What is asked

    /// The conversation begins.
    mutating func open(now: Duration) -> Request? {
        guard policy?.loadsEarlier == true else { return nil }
        let recall = Recall.earlier(rounds: history.limits.maximumTurns)
        let id = nextQuestion()
        opening = .asked(id, recall, until: now + Self.patience)
        return .recall(id, recall)
    }

    /// Whether an answer to `words` may begin: the memory has answered, or its time is over.
    /// - Returns: what it is asked, where it was not asked yet.
    mutating func prepare(for words: String, now: Duration) -> (isReady: Bool, request: Request?) {
        var request: Request?
        if let wanted = policy?.search, !words.isEmpty {
            let recall = Recall.relevant(query: words, top: wanted.top, threshold: wanted.threshold)
            switch search {
            case .asked(_, recall, _), .answered(recall, _): break
            case .none, .asked, .answered:
                let id = nextQuestion()
                search = .asked(id, recall, until: now + Self.patience)
                request = .recall(id, recall)
            }
        }
        let waits = [opening, search].contains { question in
            if case .asked(_, _, let until) = question { until > now } else { false }
        }
        return (!waits, request)
    }

    private mutating func nextQuestion() -> RecallID {
        questions += 1
        return RecallID(questions)
    }

    // MARK: - What happens

    /// The memory has answered.
    mutating func receive(_ id: RecallID, _ recalled: Recalled) {
        switch recalled {
        case .earlier(let rounds, let variables):
            guard case .asked(id, let recall, _) = opening else { return }
            opening = .answered(recall, [])
            history.prepend(rounds.flatMap { $0.entries.map(ConversationHistory.Entry.init) })
            self.variables = variables
        case .relevant(let found):
            guard case .asked(id, let recall, _) = search else { return }
            search = .answered(recall, fitting(found))
        }
    }

    /// An answer is over, and this is what was said and heard.
    /// - Returns: what the memory is told.
    mutating func append(_ entries: [ConversationHistory.Entry]) -> Request? {
        for entry in entries { history.append(entry) }
        // The next answer has a question of its own, even to the same words.
        search = .none
        guard isKept, !entries.isEmpty else { return nil }
        return .remember(MemoryRound(entries.compactMap(MemoryRound.Entry.init)))
    }

    /// A call that was under way when it entered the history has come to `result`.
    mutating func settle(_ call: ToolCall, _ result: String) { history.settle(call, result) }

    /// Those that the history does not hold, within the characters that they may have.
    private func fitting(_ found: [Recollection]) -> [Recollection] {
        var left = policy?.search?.maximumCharacters ?? 0
        return found.filter { recollection in
            if history.holds(recollection.round.entries.map(ConversationHistory.Entry.init)) { return false }
            left -= recollection.round.entries.reduce(0) { $0 + $1.text.unicodeScalars.count }
            return left >= 0
        }
    }
}

extension MemoryRound.Entry {
    /// nil for what a tool said: memories hold what was said and heard.
    fileprivate init?(_ entry: ConversationHistory.Entry) {
        let speaker: Speaker
        switch entry.speaker {
        case .caller: speaker = .caller
        case .agent(let name): speaker = .agent(name)
        case .tool: return nil
        }
        self.init(speaker, entry.text, wasInterrupted: entry.wasInterrupted, isCut: entry.isCut)
    }
}

extension ConversationHistory.Entry {
    fileprivate init(_ entry: MemoryRound.Entry) {
        let speaker: Speaker =
            switch entry.speaker {
            case .caller: .caller
            case .agent(let name): .agent(name)
            }
        self.init(speaker, entry.text, wasInterrupted: entry.wasInterrupted)
        isCut = entry.isCut
    }
}
