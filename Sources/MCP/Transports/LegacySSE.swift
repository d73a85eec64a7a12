import Network
import ProviderTransport
import Synchronization

/// HTTP with server-sent events, as of 2024-11-05: one stream brings all responses, and says where messages are posted.
final class LegacySSE: Transport {
    private let address: Address
    private let target: String
    private let pending: PendingRequests
    private let reader: Background

    /// Opens the stream and waits for the address for messages, at most `limit`.
    static func open(
        _ address: Address, limit: Duration, onChange: @escaping @Sendable () -> Void
    ) async throws(MCPFailure) -> LegacySSE {
        let answer = try await address.send(address.call("GET", accept: "text/event-stream", limit: limit))
        guard answer.isSuccess else { throw await answer.refusal() }
        guard answer.isEventStream else { throw .unreadable("it opened no stream of events") }
        let pending = PendingRequests(onChange: onChange)
        let reader = Background()
        let (targets, found) = AsyncStream.makeStream(of: String?.self, bufferingPolicy: .bufferingOldest(1))
        reader.start {
            var events = ServerSentEvents(answer).makeAsyncIterator()
            var target: String?
            while let event = try? await events.next() {
                if event.type == "endpoint" {
                    target = address.resolved(event.data)
                    found.yield(target)
                } else if event.type == "message" {
                    for reply in pending.take(event.data.utf8) {
                        guard let target else { continue }
                        try? await Self.post(reply, to: target, of: address, limit: .seconds(5))
                    }
                }
            }
            found.finish()
            pending.end(.unreachable("its stream ended"))
        }
        for await target in targets {
            guard let target else { throw .unreadable("it wants messages at another server's address") }
            return LegacySSE(address, target, pending, reader)
        }
        throw Task.isCancelled ? .cancelled : .unreadable("its stream ended before it said where messages go")
    }

    private init(_ address: Address, _ target: String, _ pending: PendingRequests, _ reader: Background) {
        (self.address, self.target, self.pending, self.reader) = (address, target, pending, reader)
    }

    var isOpen: Bool { pending.isOpen }

    func exchange(_ request: Outgoing, under agreement: Agreement?) async throws(MCPFailure) -> JSONValue {
        try await pending.result(of: request.id) { () async throws(MCPFailure) in
            try await Self.post(request.message, to: target, of: address, limit: request.limit)
        }
    }

    func send(_ message: RPCMessage, under agreement: Agreement) async throws(MCPFailure) {
        try await Self.post(message, to: target, of: address, limit: .seconds(5))
    }

    /// The stream is open already.
    func listen(under agreement: Agreement) {}

    func close() async {
        reader.cancel()
        pending.end(.unreachable("the connection was closed"))
    }

    private static func post(
        _ message: RPCMessage, to target: String, of address: Address, limit: Duration
    ) async throws(MCPFailure) {
        let answer = try await address.send(
            address.call("POST", url: target, accept: "application/json", body: message.bytes, limit: limit))
        guard !answer.isSuccess else { return }
        let refusal = await answer.refusal()
        // It names a session that the server does not have any more.
        if case .status(404, _) = refusal { throw .sessionOver }
        throw refusal
    }
}
