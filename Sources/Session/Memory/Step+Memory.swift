import Agents
import Memory
import ProjectModel

/// What a conversation keeps, and what it is reminded of.
extension Step {
    /// Asks the memory for what was said earlier.
    mutating func recallEarlier() {
        if let request = past.open(now: now) { ask(request) }
    }

    /// Whether an answer to `words` may begin; asks the memory where it was not asked.
    mutating func isReminded(of words: String) -> Bool {
        let (isReady, request) = past.prepare(for: words, now: now)
        if let request { ask(request) }
        return isReady
    }

    /// Does what the client asks of the memory and waits no longer, and tells it what is known then.
    /// - Returns: how many requests had no room.
    mutating func serveRequests() -> Int {
        var refused = 0
        while let request = past.nextRequest(now: now) { if !serve(request) { refused += 1 } }
        return refused
    }

    /// - Returns: whether there was room for it.
    private mutating func serve(_ request: MemoryRequest) -> Bool {
        var rounds = 0
        switch request {
        case .add(let values):
            guard past.change(values.changes) else { return false }
            if past.isKept { ask(.keep(values.changes)) }
        case .retrieve(let count): rounds = count
        case .reset(let scope):
            past.forget(scope)
            if past.isKept { ask(.forgetCaller(scope)) }
        }
        tell(.memory(past.report(declared: project.project.variables, rounds: rounds)))
        return true
    }

    /// Keeps what was said and heard of an answer that is over.
    mutating func keep(_ entries: [ConversationHistory.Entry]) {
        for entry in entries where entry.wasInterrupted { veil.learnCut(entry.text) }
        if let request = past.append(entries) { ask(request) }
    }
}
