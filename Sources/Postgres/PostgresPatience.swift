import Foundation
import ProviderKit

/// How long somebody waits for a server: until a time, or until nobody wants the result any more.
public struct PostgresPatience: Sendable {
    /// How soon a raised flag is seen, in milliseconds.
    private static let slice = 20

    /// When it ends.
    public var deadline: ContinuousClock.Instant
    /// Raised when nobody waits.
    public var stop: StopFlag

    /// It ends `limit` from now.
    public init(for limit: Duration, stop: StopFlag = StopFlag()) {
        deadline = .now + limit
        self.stop = stop
    }

    /// What may happen at a socket.
    struct Readiness: OptionSet {
        let rawValue: Int16
        static let reading = Readiness(rawValue: Int16(POLLIN))
        static let writing = Readiness(rawValue: Int16(POLLOUT))
    }

    /// Waits until the socket is ready.
    /// - Throws: `.cancelled` or `.timeout`.
    func wait(for socket: Int32, _ readiness: Readiness) throws(PostgresError) {
        while true {
            if stop.isRaised { throw PostgresError(.cancelled) }
            if deadline <= .now { throw PostgresError(.timeout) }
            if Self.isReady(socket, readiness, within: Int32(Self.slice)) { return }
        }
    }

    /// Whether the socket is ready, or broken, within so many milliseconds.
    static func isReady(_ socket: Int32, _ readiness: Readiness, within milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: socket, events: readiness.rawValue, revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }
}
