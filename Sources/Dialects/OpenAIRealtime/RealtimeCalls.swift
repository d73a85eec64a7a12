import Session

/// The calls that the client carries out, and what came of them.
struct RealtimeCalls: Sendable {
    private struct Call {
        let name: String
        let id: CallID
        let response: ResponseID
        var result: String?
        /// Whether its answer does not wait for it any more.
        var isOver = false
    }

    /// Of more calls, the oldest are forgotten.
    private static let most = 64

    private var calls: [Call] = []
    /// Whether the caller has said something in writing since results were wanted.
    var hasNewWords = false

    /// The client is told of a call.
    mutating func begin(_ name: String, _ id: CallID, of response: ResponseID) {
        calls.append(Call(name: name, id: id, response: response))
        if calls.count > Self.most { calls.removeFirst() }
        hasNewWords = false
    }

    /// The client tells what came of a call.
    /// - Returns: false when no result of that name is awaited.
    mutating func answer(_ name: String, _ result: String) -> Bool {
        guard let index = calls.lastIndex(where: { $0.name == name && $0.result == nil }) else { return false }
        calls[index].result = result
        return true
    }

    /// Whether there are calls of that answer, and all have results.
    func areAnswered(of response: ResponseID) -> Bool {
        let own = calls.filter { $0.response == response }
        return !own.isEmpty && own.allSatisfy { $0.result != nil }
    }

    /// The answer is over.
    mutating func isOver(_ response: ResponseID) {
        for index in calls.indices where calls[index].response == response { calls[index].isOver = true }
    }

    /// Takes the results of that answer; nil: of answers that are over.
    mutating func takeResults(of response: ResponseID?) -> [ClientInput] {
        let (taken, left) = calls.reduce(into: ([Call](), [Call]())) { parts, call in
            let isMeant = response.map { call.response == $0 } ?? call.isOver
            if isMeant && call.result != nil { parts.0.append(call) } else { parts.1.append(call) }
        }
        calls = left
        return taken.map { .signal(.toolOutput($0.id, $0.result ?? "")) }
    }
}
