import ProviderTransport
import Synchronization

/// A request on its way out.
struct Outgoing: Sendable {
    /// Unique on its connection.
    var id: Int
    var method: String
    var params: JSONValue
    /// How long its response may take.
    var limit: Duration
    /// What servers of the protocol without sessions want in headers, too.
    var headers: [(name: String, value: String)] = []

    var message: RPCMessage { .request(id: .int(id), method: method, params: params) }
}

/// Carries messages to one server and back.
protocol Transport: Sendable {
    /// Whether requests can still be sent.
    var isOpen: Bool { get }

    /// Sends a request and returns the result of its response. Cancelling the task ends the wait.
    /// - Parameter agreement: nil for the first request, which is to lead to one.
    func exchange(_ request: Outgoing, under agreement: Agreement?) async throws(MCPFailure) -> JSONValue

    /// Sends what has no response.
    func send(_ message: RPCMessage, under agreement: Agreement) async throws(MCPFailure)

    /// Begins to wait for what the server says unasked, where that takes a connection of its own.
    func listen(under agreement: Agreement)

    /// Takes leave of the server. Nothing can be sent afterwards.
    func close() async
}

/// The requests that wait for a response on a connection that carries all of them.
final class PendingRequests: Sendable {
    private typealias Outcome = Result<JSONValue, MCPFailure>

    private enum State {
        /// By the request's number. → over.
        case open([Int: AsyncStream<Outcome>.Continuation])
        /// No exit.
        case over(MCPFailure)
    }

    private let state = Mutex(State.open([:]))
    private let onChange: @Sendable () -> Void

    /// - Parameter onChange: called when the server says that its list of tools is another one.
    init(onChange: @escaping @Sendable () -> Void) { self.onChange = onChange }

    var isOpen: Bool { state.withLock { if case .open = $0 { true } else { false } } }

    /// Sends a request with `send` and waits for the result.
    func result(of id: Int, send: () async throws(MCPFailure) -> Void) async throws(MCPFailure) -> JSONValue {
        let (outcomes, continuation) = AsyncStream.makeStream(of: Outcome.self, bufferingPolicy: .bufferingOldest(1))
        let failure = state.withLock { state -> MCPFailure? in
            guard case .open(var waiting) = state else {
                if case .over(let failure) = state { return failure }
                return nil
            }
            waiting[id] = continuation
            state = .open(waiting)
            return nil
        }
        if let failure { throw failure }
        defer { _ = remove(id) }
        try await send()
        for await outcome in outcomes { return try outcome.get() }
        throw .cancelled
    }

    /// Takes what the server sent.
    /// - Returns: what is to go back to it.
    func take(_ text: some Collection<UInt8>) -> [RPCMessage] {
        var replies: [RPCMessage] = []
        for message in RPCMessage.messages(in: text) ?? [] {
            switch message.disposition {
            case .settle(let id, let result): remove(id)?.yield(result.mapError(MCPFailure.refused))
            case .reply(let reply): replies.append(reply)
            case .toolsChanged: onChange()
            case .ignore: break
            }
        }
        return replies
    }

    /// The connection has ended.
    func end(_ failure: MCPFailure) {
        let waiting = state.withLock { state -> [Int: AsyncStream<Outcome>.Continuation] in
            guard case .open(let waiting) = state else { return [:] }
            state = .over(failure)
            return waiting
        }
        for continuation in waiting.values { continuation.yield(.failure(failure)) }
    }

    private func remove(_ id: Int) -> AsyncStream<Outcome>.Continuation? {
        state.withLock { state in
            guard case .open(var waiting) = state else { return nil }
            let continuation = waiting.removeValue(forKey: id)
            state = .open(waiting)
            return continuation
        }
    }
}
