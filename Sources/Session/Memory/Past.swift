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
    /// What the client asks, until the memory has answered or its time is over.
    private var requests: [MemoryRequest] = []

    /// So many requests of the client may wait.
    static let mostRequests = 16

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
        guard let policy, policy.loadsEarlier || !policy.keepsRounds else { return nil }
        let recall = Recall.earlier(rounds: policy.loadsEarlier ? history.limits.maximumTurns : 0)
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
            // What the client has said since then counts.
            self.variables.merge(variables) { said, _ in said }
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
        guard policy?.keepsRounds == true, !entries.isEmpty else { return nil }
        return .remember(MemoryRound(entries.compactMap(MemoryRound.Entry.init)))
    }

    /// Changes what was said in this conversation.
    mutating func change(_ change: (inout ConversationHistory) -> Void) { change(&history) }

    /// A call that was under way when it entered the history has come to `result`.
    mutating func settle(_ call: ToolCall, _ result: String) { history.settle(call, result) }

    // MARK: - What the client asks

    /// The client asks something; it waits until the memory has answered, or its time is over.
    /// - Returns: whether there was room for it.
    mutating func take(_ request: MemoryRequest) -> Bool {
        guard requests.count < Self.mostRequests else { return false }
        requests.append(request)
        return true
    }

    /// What the client has asked and waits no longer.
    mutating func nextRequest(now: Duration) -> MemoryRequest? {
        if case .asked(_, _, let until) = opening, until > now { return nil }
        return requests.isEmpty ? nil : requests.removeFirst()
    }

    /// Changes variables: all that are named, or none.
    /// - Returns: whether there is room for them.
    mutating func change(_ changes: [MemoryChange]) -> Bool {
        guard let changed = try? MemoryChanges.limits.changed(variables, changes) else { return false }
        variables = changed
        return true
    }

    /// Forgets the variables, or what was said too. What comes late of the memory is forgotten with it.
    mutating func forget(_ scope: MemoryRequest.Scope) {
        (variables, opening) = ([:], .none)
        if scope == .all { (history, search) = (ConversationHistory(history.limits), .none) }
    }

    /// What is known now.
    /// - Parameters:
    ///   - declared: the variables of the project file.
    ///   - rounds: at most so many of what the history holds.
    func report(declared: [PromptMemory.Variable], rounds: Int) -> MemoryReport {
        let known = Dictionary(declared.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            .merging(variables) { _, said in said }
        return MemoryReport(
            isKept: isKept, variables: known.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) },
            history: history.said(inLast: rounds))
    }

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

extension ConversationHistory {
    /// What was said in the last `rounds`; a round begins with the caller's words.
    fileprivate func said(inLast rounds: Int) -> [MemoryReport.Entry] {
        let beginnings = entries.indices.filter { entries[$0].speaker == .caller }
        guard rounds > 0 else { return [] }
        let first = beginnings.count > rounds ? beginnings[beginnings.count - rounds] : 0
        return entries[first...].compactMap { entry in
            switch entry.speaker {
            case .caller: .init(agent: nil, text: entry.text, wasInterrupted: entry.wasInterrupted)
            case .agent(let name):
                .init(agent: name ?? "orchestrator", text: entry.text, wasInterrupted: entry.wasInterrupted)
            case .tool: nil
            }
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
