import Session

/// What a client of AI Refinery has asked for, and how far that is. Each request ends once, with `complete`. Pure.
struct RefineryExchange: Sendable {
    private enum State: Equatable {
        /// Nothing is asked for. Exits: `asked`.
        case none
        /// Words that are not answered yet. Exits: `answering`, `none` when they cannot be.
        case asked(requests: Int)
        /// This response answers; `next` came meanwhile, and interrupt it. Exits: `awaiting`, `asked`, `none`.
        case answering(ResponseID, requests: Int, next: Int)
        /// The caller was asked, under that name. Exits: `answering`, also when the caller says nothing.
        case awaiting(String, requests: Int)
    }

    /// What a response comes to for the client.
    enum End: Equatable, Sendable {
        /// It belongs to no request.
        case none
        /// So many requests are over; it was interrupted by others or not.
        case over(requests: Int, isInterrupted: Bool)
        /// The caller is asked, under that name.
        case question(String)
    }

    private var state = State.none

    /// The client asks.
    mutating func ask() {
        switch state {
        case .none: state = .asked(requests: 1)
        case .asked(let requests): state = .asked(requests: requests + 1)
        case .awaiting(let id, let requests): state = .awaiting(id, requests: requests + 1)
        case .answering(let id, let requests, let next):
            state = .answering(id, requests: requests, next: next + 1)
        }
    }

    /// A response begins.
    /// - Returns: whether it answers a request.
    mutating func begin(_ id: ResponseID) -> Bool {
        switch state {
        case .asked(let requests), .awaiting(_, let requests):
            state = .answering(id, requests: requests, next: 0)
            return true
        case .none, .answering: return false
        }
    }

    /// Whether that response answers a request.
    func isAnswering(_ response: ResponseID) -> Bool {
        if case .answering(response, _, _) = state { true } else { false }
    }

    /// Whether the caller was asked under that name and has not answered.
    func awaits(_ name: String) -> Bool { if case .awaiting(name, _) = state { true } else { false } }

    /// A response is over.
    /// - Parameter question: the name of what the caller is asked; nil when nothing is.
    mutating func finish(_ response: ResponseID, question: String?) -> End {
        guard case .answering(response, let requests, let next) = state else { return .none }
        if next > 0 {
            state = .asked(requests: next)
            return .over(requests: requests, isInterrupted: true)
        }
        if let question {
            state = .awaiting(question, requests: requests)
            return .question(question)
        }
        state = .none
        return .over(requests: requests, isInterrupted: false)
    }

    /// What is not answered yet cannot be.
    /// - Returns: how many requests that ends.
    mutating func giveUp() -> Int {
        guard case .asked(let requests) = state else { return 0 }
        state = .none
        return requests
    }

    /// What a warning is about ends: requests that could not be read, one to the memory, or words.
    /// - Parameters:
    ///   - refused: requests that could not be read; none are left.
    ///   - memory: requests to the memory.
    mutating func giveUp(_ problem: BadInput, refused: inout Int, memory: inout RefineryMemory) -> [Frame] {
        if refused > 0 {
            defer { refused = 0 }
            return RefineryMessage.complete(refused)
        }
        if problem.code.hasPrefix("memory_"), let isAwaited = memory.refuse() {
            return RefineryMessage.complete(isAwaited ? 1 : 0)
        }
        return RefineryMessage.complete(giveUp())
    }

    /// Requests that are not over.
    var open: Int {
        switch state {
        case .none: 0
        case .asked(let requests), .awaiting(_, let requests): requests
        case .answering(_, let requests, let next): requests + next
        }
    }
}
