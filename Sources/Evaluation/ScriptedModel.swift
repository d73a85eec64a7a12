import Projects
import ProviderKit
import Session

/// A language model that keeps to the script of a scenario. Pure.
struct ScriptedModel: Sendable {
    /// It was asked more often than it has fitting replies.
    struct Exhausted: Error, Equatable {
        var agent: String
        var lastMessage: String
    }

    private let replies: [ScriptedReply]
    /// For which response each reply was used.
    private var uses: [Int: ResponseID] = [:]

    init(_ replies: [ScriptedReply]) { self.replies = replies }

    /// The first reply that is left and fits.
    mutating func reply(
        to request: GenerationRequest, for response: ResponseID
    ) throws(Exhausted) -> ScriptedReply {
        let last = request.messages.last?.content ?? request.brief.callerWords
        let agent = request.brief.agentName
        let index = replies.indices.first { index in
            let reply = replies[index]
            return uses[index] == nil && reply.agent.map { $0 == agent } ?? true
                && reply.when?.isFound(in: last) ?? true
        }
        guard let index else { throw Exhausted(agent: agent, lastMessage: String(last.suffix(200))) }
        uses[index] = response
        return replies[index]
    }

    /// The replies that were used for a response may be used again: nothing came of it.
    mutating func forget(_ response: ResponseID) { uses = uses.filter { $0.value != response } }

    /// The responses for which replies were used.
    var responses: Set<ResponseID> { Set(uses.values) }
}
