import JSONText
import ProviderKit

/// What one member of a reply has called while it answers, round by round. A round is what its model wants at once. Pure.
struct ToolRounds: Sendable {
    /// One call.
    struct Call: Equatable, Sendable {
        var id: CallID
        var call: ToolCall
        /// What came of it; nil while it is under way.
        var result: CallResult?
        /// Whether an earlier draft has made the call, and it was not made again.
        var isRepeated = false
    }

    /// What the model said and wanted before it was told results.
    struct Round: Equatable, Sendable {
        var said = ""
        var calls: [Call] = []
    }

    /// What follows from the end of what a model writes, or from a result.
    enum Next: Equatable, Sendable {
        /// It has called nothing: its answer is complete.
        case nothing
        /// Results are awaited.
        case wait
        /// All results are there: its model goes on.
        case goOn
    }

    /// Where in the member's answer this round begins, in characters.
    var start = 0
    /// Rounds whose results are complete.
    private(set) var rounds: [Round] = []
    /// How many of these belong to earlier drafts of the answer.
    private var settled = 0
    private var current = Round()
    /// Whether its model has written all of this round.
    private var isWritten = false

    /// All calls so far.
    var calls: [Call] { (rounds + [current]).flatMap(\.calls) }
    /// The calls that are awaited.
    var awaited: [Call] { isWritten ? current.calls.filter { $0.result == nil } : [] }

    /// What came of the same call in an earlier draft of the answer; nil when none has made it.
    func result(of call: ToolCall) -> CallResult? {
        let made = rounds.prefix(settled).flatMap(\.calls).filter { $0.call.name == call.name }
        let arguments = Self.arguments(of: call)
        return made.first { Self.arguments(of: $0.call) == arguments }?.result
    }

    /// However a model spaces and orders them.
    private static func arguments(of call: ToolCall) -> String {
        (try? JSON(reading: call.arguments))?.inOrderOfNames.text ?? call.arguments
    }

    /// The model writes its answer anew.
    mutating func beginDraft() { (start, settled) = (0, rounds.count) }

    /// The model wants a call.
    mutating func want(_ called: Step.Called) {
        current.calls.append(
            Call(id: called.id, call: called.call, result: called.result, isRepeated: called.isRepeated))
    }

    /// The model has written all of a round, and has said that in it.
    mutating func written(_ said: String) -> Next {
        if current.calls.isEmpty { return .nothing }
        (current.said, isWritten) = (said, true)
        return next()
    }

    /// A call is over.
    mutating func receive(_ result: CallResult, for id: CallID) -> Next {
        guard let index = current.calls.firstIndex(where: { $0.id == id && $0.result == nil }) else { return .nothing }
        current.calls[index].result = result
        return isWritten ? next() : .wait
    }

    private mutating func next() -> Next {
        if current.calls.contains(where: { $0.result == nil }) { return .wait }
        rounds.append(current)
        (current, isWritten) = (Round(), false)
        return .goOn
    }
}

extension [ChatMessage] {
    /// Adds what a model called in this turn, and what came of it.
    mutating func add(_ rounds: [ToolRounds.Round]) {
        for round in rounds {
            append(ChatMessage(role: .assistant, content: round.said, toolCalls: round.calls.map(\.call)))
            for call in round.calls {
                append(
                    ChatMessage(role: .tool, content: call.result?.text ?? ToolOutcome.running, callID: call.call.id))
            }
        }
    }
}
