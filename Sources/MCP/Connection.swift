import ProviderKit
import ProviderTransport
import Synchronization

/// A connection on which client and server have agreed on a version.
final class Connection: Sendable {
    private let transport: any Transport
    private let agreement: Agreement
    private let clock: ChainClock
    private let background: Background
    private let lastID: Atomic<Int>

    private init(
        _ transport: any Transport, _ agreement: Agreement, _ clock: ChainClock, _ background: Background, lastID: Int
    ) {
        (self.transport, self.agreement, self.clock, self.background) = (transport, agreement, clock, background)
        self.lastID = Atomic(lastID)
    }

    var isOpen: Bool { transport.isOpen }

    /// Agrees with the server on a version. Most servers know sessions; one that does not shows it by its error.
    /// - Parameter background: where cancellations are sent that their callers do not wait for.
    static func open(
        on transport: any Transport, limit: Duration, clock: ChainClock, background: Background
    ) async throws(MCPFailure) -> Connection {
        let offer = Outgoing(id: 1, method: "initialize", params: Agreement.offer, limit: limit)
        do {
            let answer = try await within(limit, clock) { () async throws(MCPFailure) in
                try await transport.exchange(offer, under: nil)
            }
            let agreement = try Agreement(answer: answer)
            try await transport.send(.notification(method: "notifications/initialized", params: nil), under: agreement)
            transport.listen(under: agreement)
            return Connection(transport, agreement, clock, background, lastID: 1)
        } catch {
            switch error {
            case .refused(let fault), .status(_, let fault?):
                guard Agreement.isStateless(fault) else { throw error }
            default: throw error
            }
        }
        let connection = Connection(
            transport, .stateless(version: Agreement.statelessVersion), clock, background, lastID: 1)
        let versions = try await connection.request("server/discover", [:], limit: limit)["supportedVersions"]?.array
        guard versions?.contains(.string(Agreement.statelessVersion)) == true else {
            throw .unreadable("it speaks a version of the protocol that is not known here")
        }
        return connection
    }

    /// Asks for something and waits for the result, at most `limit`. A request whose caller does not wait any more is taken
    /// back at the server.
    func request(
        _ method: String, _ params: [String: JSONValue], headers: [(name: String, value: String)] = [], limit: Duration
    ) async throws(MCPFailure) -> JSONValue {
        let id = lastID.add(1, ordering: .relaxed).newValue
        let request = Outgoing(
            id: id, method: method, params: agreement.completed(params), limit: limit, headers: headers)
        guard request.message.bytes.count <= RPCMessage.longest else {
            throw .unreadable("the request has more than \(RPCMessage.longest) bytes")
        }
        do {
            return try await within(limit, clock) { [transport, agreement] () async throws(MCPFailure) in
                try await transport.exchange(request, under: agreement)
            }
        } catch {
            if error == .timedOut || error == .cancelled { takeBack(id, because: error.reason) }
            throw error
        }
    }

    /// Ends the connection.
    func close() async { await transport.close() }

    private func takeBack(_ id: Int, because reason: String) {
        // Without a session the end of the exchange says it.
        guard case .session = agreement else { return }
        let message = RPCMessage.notification(
            method: "notifications/cancelled", params: ["requestId": .int(id), "reason": .string(reason)])
        background.start { [transport, agreement] in try? await transport.send(message, under: agreement) }
    }
}

/// Runs `body` for at most `limit`; then it is cancelled. Returns when it has ended.
func within<Value: Sendable>(
    _ limit: Duration, _ clock: ChainClock, _ body: @escaping @Sendable () async throws(MCPFailure) -> Value
) async throws(MCPFailure) -> Value {
    let deadline = clock.now() + limit
    let outcome = await withTaskGroup(of: Result<Value, MCPFailure>.self) { group in
        group.addTask {
            do throws(MCPFailure) { return .success(try await body()) } catch { return .failure(error) }
        }
        group.addTask {
            do { try await clock.sleep(deadline) } catch { return .failure(.cancelled) }
            return .failure(.timedOut)
        }
        let first = await group.next()
        group.cancelAll()
        return first
    }
    guard let outcome else { throw .cancelled }
    return try outcome.get()
}
