import ProjectModel
import ProviderKit

/// The calls of tools that are under way in a conversation, and who waits for them. Pure.
///
/// A call outlives the answer that wanted it: an interruption neither loses a result nor makes a second call. Whoever wants
/// what is under way already waits for that.
struct ToolCalls: Equatable, Sendable {
    /// A call that is under way.
    struct Open: Equatable, Sendable {
        /// Whose answer it is for; the first of those who wait.
        var source: Attribution
        var call: ToolCall
        var interruption: Tool.Interruption
        /// Whether the client carries it out.
        var isClients = false
        /// Whether the caller has spoken over an answer that waits for it.
        var wasInterrupted = false
    }

    /// So many calls are under way at once; more fail at once.
    static let maximum = 16
    /// Arguments that are longer, in UTF-8 bytes, are refused.
    static let longestArguments = 32_000

    private var open: [CallID: Open] = [:]

    /// Whether there is room for another.
    var hasRoom: Bool { open.count < Self.maximum }

    /// The call of the same agent that asks the same of the same tool.
    func same(as call: ToolCall, by agent: String) -> CallID? {
        open.filter {
            $0.value.source.agent == agent && $0.value.call.name == call.name
                && $0.value.call.arguments == call.arguments
        }
        .keys.min()
    }

    /// Whether the client carries out that call, and its result is still awaited.
    func isClients(_ id: CallID) -> Bool { open[id]?.isClients == true }

    /// A call has left.
    mutating func begin(_ id: CallID, _ call: Open) { open[id] = call }

    /// Somebody else waits for a call that is under way.
    mutating func join(_ id: CallID, for source: Attribution) {
        open[id]?.source = source
        open[id]?.wasInterrupted = false
    }

    /// A call is over.
    /// - Returns: nil when it was taken back, or is not known.
    mutating func finish(_ id: CallID) -> Open? { open.removeValue(forKey: id) }

    /// The answer of that name was cut short: those of its calls that are to be taken back are over.
    mutating func interrupt(_ response: ResponseID) -> [(CallID, Open)] {
        var cancelled: [(CallID, Open)] = []
        for (id, call) in open.sorted(by: { $0.key < $1.key }) where call.source.response == response {
            if call.interruption == .cancel {
                open[id] = nil
                cancelled.append((id, call))
            } else {
                open[id]?.wasInterrupted = true
            }
        }
        return cancelled
    }
}

/// What came of a call, and what a model is told of it.
struct CallResult: Equatable, Sendable {
    var outcome: ToolOutcome
    var text: String

    init(_ outcome: ToolOutcome) { (self.outcome, text) = (outcome, outcome.text) }
}

extension ToolOutcome {
    /// What a model is told of a call that goes on.
    static let running = "(This call is still under way. Do not make it again.)"
    /// What a model is told of a call that was taken back.
    static let takenBack = "(The caller spoke, and this call was taken back. Whether it was carried out is not known.)"
    /// What a model is told besides, when the caller spoke over a call that asks for it.
    static let isStillWanted = "\n(The caller spoke while this was done. Ask whether it is still wanted.)"

    /// What a model is told.
    var text: String {
        switch self {
        case .result(let text): text.isEmpty ? "(done)" : text
        case .failed(let failure, let message): "(failed: \(failure.rawValue)) \(message)"
        }
    }

    /// What a client is told.
    var status: String {
        switch self {
        case .result: "completed"
        case .failed(let failure, _): failure.rawValue
        }
    }
}
