import Agents

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

    /// Keeps what was said and heard of an answer that is over.
    mutating func keep(_ entries: [ConversationHistory.Entry]) {
        for entry in entries where entry.wasInterrupted { veil.learnCut(entry.text) }
        if let request = past.append(entries) { ask(request) }
    }
}
