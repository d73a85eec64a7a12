import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// What is said on one socket of Qwen's text-to-speech, whoever uses it.
struct QwenSession: Sendable {
    let socket: WebSocketConnection
    let provider: String
    let key: Secret

    /// Sends one event; its id is new on the socket.
    /// - Throws: `DeadSocket` when the socket is closed.
    func send(_ type: String, _ members: [String: JSONValue] = [:]) throws {
        var members = members
        members["type"] = .string(type)
        members["event_id"] = .string(eventID())
        if !socket.send(JSONValue.object(members).text) { throw DeadSocket(socket.ending) }
    }

    /// The next event.
    /// - Throws: `DeadSocket` when there is none, `ProviderError` for an error and for what is no event,
    ///   `CancellationError`.
    func next() async throws -> RealtimeEvent {
        var messages = socket.messages.makeAsyncIterator()
        let message = await messages.next()
        try Task.checkCancellation()
        guard let message else { throw DeadSocket(socket.ending) }
        guard case .text(let text) = message, let event = RealtimeEvent(text) else {
            throw RealtimeErrors.malformed(provider: provider)
        }
        if case .failure(let failure) = event {
            throw RealtimeErrors.error(failure, provider: provider, hiding: key)
        }
        return event
    }

    /// Configures a new session and waits until the server agrees, so that a voice that it has not is known before a
    /// sentence is lost on it.
    func begin(_ voice: JSONValue) async throws {
        try send("session.update", ["session": voice])
        while true {
            if case .sessionUpdated = try await next() { return }
        }
    }
}

/// Random: ids need to be different on one socket only, and nothing has to count along.
private func eventID() -> String {
    "event_" + String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
}
