import Network
import ProviderTransport
import Synchronization

/// Streamable HTTP: each message is a POST, and its response the answer, as JSON or in a stream of events.
final class StreamableHTTP: Transport {
    private let address: Address
    private let onChange: @Sendable () -> Void
    private let session = Mutex<String?>(nil)
    private let listener = Background()

    init(_ address: Address, onChange: @escaping @Sendable () -> Void) {
        (self.address, self.onChange) = (address, onChange)
    }

    /// There is no connection that could end.
    var isOpen: Bool { true }

    func exchange(_ request: Outgoing, under agreement: Agreement?) async throws(MCPFailure) -> JSONValue {
        let known = session.withLock { $0 }
        let answer = try await post(request.message, request, under: agreement, limit: request.limit)
        guard answer.isSuccess else {
            let refusal = await answer.refusal()
            throw Self.endsSession(refusal, known: known) ? .sessionOver : refusal
        }
        if agreement == nil, let id = answer.headers["mcp-session-id"], !id.isEmpty { session.withLock { $0 = id } }
        if answer.isEventStream { return try await result(of: request, in: answer, under: agreement) }
        for message in RPCMessage.messages(in: try await answer.message()) ?? [] {
            if case .settle(request.id, let result) = message.disposition { return try Self.value(of: result) }
        }
        throw .unreadable("its answer is not a response to the request")
    }

    func send(_ message: RPCMessage, under agreement: Agreement) async throws(MCPFailure) {
        let answer = try await post(message, nil, under: agreement, limit: .seconds(5))
        guard answer.isSuccess else { throw await answer.refusal() }
    }

    /// Many servers offer no such stream (405): then a change of the tools is seen when the list has become old. Others say
    /// that they announce no changes, and do all the same.
    func listen(under agreement: Agreement) {
        guard session.withLock({ $0 }) != nil else { return }
        let call = address.call(
            "GET", accept: "text/event-stream", extra: headers(nil, under: agreement), limit: .seconds(30))
        listener.start { [address, onChange] in
            guard let answer = try? await address.send(call), answer.isSuccess, answer.isEventStream else { return }
            var events = ServerSentEvents(answer).makeAsyncIterator()
            while let event = try? await events.next() {
                for message in RPCMessage.messages(in: event.data.utf8) ?? [] where message.disposition == .toolsChanged
                {
                    onChange()
                }
            }
        }
    }

    func close() async {
        listener.cancel()
        guard let id = session.withLock({ $0.take() }) else { return }
        let extra = [(name: "Mcp-Session-Id", value: id)]
        let call = address.call("DELETE", accept: "application/json", extra: extra, limit: .seconds(2))
        _ = try? await address.send(call)
    }

    /// Reads the stream up to the response. What the server asks on the way is answered on the way.
    private func result(
        of request: Outgoing, in answer: HTTPAnswer, under agreement: Agreement?
    ) async throws(MCPFailure) -> JSONValue {
        var events = ServerSentEvents(answer).makeAsyncIterator()
        while true {
            let event: ServerSentEvent?
            do { event = try await events.next() } catch { throw MCPFailure(error) }
            guard let event else { throw .unreadable("its stream ended without a response") }
            for message in RPCMessage.messages(in: event.data.utf8) ?? [] {
                switch message.disposition {
                case .settle(request.id, let result): return try Self.value(of: result)
                case .reply(let reply): if let agreement { try? await send(reply, under: agreement) }
                case .toolsChanged: onChange()
                case .settle, .ignore: break
                }
            }
        }
    }

    private func post(
        _ message: RPCMessage, _ request: Outgoing?, under agreement: Agreement?, limit: Duration
    ) async throws(MCPFailure) -> HTTPAnswer {
        try await address.send(
            address.call(
                "POST", accept: "application/json, text/event-stream", extra: headers(request, under: agreement),
                body: message.bytes, limit: limit))
    }

    private func headers(_ request: Outgoing?, under agreement: Agreement?) -> [(name: String, value: String)] {
        guard let agreement else { return [] }
        var headers = [(name: "MCP-Protocol-Version", value: agreement.version)]
        if let id = session.withLock({ $0 }) { headers.append((name: "Mcp-Session-Id", value: id)) }
        // Without a session, servers and what stands before them are told in headers what the body holds.
        if case .stateless = agreement, let request {
            headers.append((name: "Mcp-Method", value: request.method))
            headers += request.headers
            if let name = request.params["name"]?.string {
                headers.append((name: "Mcp-Name", value: MirroredParameter.plain(name)))
            }
        }
        return headers
    }

    private static func value(of result: Result<JSONValue, RPCError>) throws(MCPFailure) -> JSONValue {
        try result.mapError(MCPFailure.refused).get()
    }

    /// Servers that were started anew do not know the session: 404 by the protocol, 400 in many programs.
    private static func endsSession(_ refusal: MCPFailure, known: String?) -> Bool {
        guard known != nil, case .status(let status, let error) = refusal else { return false }
        return status == 404 && error?.code != RPCError.methodNotFound
            || status == 400 && error?.message.lowercased().contains("session") == true
    }
}
