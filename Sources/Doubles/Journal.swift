import Glibc
import ProviderTransport
import Synchronization

/// What the stand-ins saw and did, the last `limit` entries of it. Holds no key and nobody's words.
public final class Journal: Sendable {
    /// What happened.
    public enum Event: String, Sendable {
        /// A socket was opened.
        case opened
        /// A request, or the beginning of one on a socket, came in.
        case request
        /// The first piece of an answer with words or audio left.
        case firstPiece
        /// The answer left completely.
        case finished
        /// The client took its request back: it said so, or it went away in the middle.
        case cancelled
        /// A socket is closed.
        case closed
        /// A request was refused: for what it was, or by the script.
        case refused
        /// The script let something go wrong.
        case fault
    }

    /// One line of the journal.
    public struct Entry: Sendable, Equatable {
        /// Since the machine was started (`CLOCK_BOOTTIME`), so that others on it can compare.
        public var at: Duration
        /// The protocol.
        public var wire: Wire
        /// What happened.
        public var event: Event
        /// A detail of the protocol, such as a status or a context's id.
        public var detail: String
    }

    private let limit: Int
    private let entries = Mutex<[Entry]>([])

    /// An empty journal.
    public init(limit: Int = 10_000) { self.limit = max(1, limit) }

    /// Writes down what happens now.
    public func note(_ wire: Wire, _ event: Event, _ detail: String = "") {
        entries.withLock { entries in
            if entries.count >= limit { entries.removeFirst(entries.count - limit + 1) }
            entries.append(
                Entry(at: Self.now, wire: wire, event: event, detail: String(detail.prefix(200))))
        }
    }

    private static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// All of it, oldest first.
    public var all: [Entry] { entries.withLock { $0 } }

    /// Forgets what was written.
    public func clear() { entries.withLock { $0 = [] } }

    /// An array of `{at, wire, event, detail}`; `at` in milliseconds.
    var json: JSONValue {
        .array(
            all.map { entry in
                let (seconds, attoseconds) = entry.at.components
                let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
                return [
                    "at": .double(Double(microseconds) / 1000), "wire": .string(entry.wire.rawValue),
                    "event": .string(entry.event.rawValue), "detail": .string(entry.detail),
                ]
            })
    }
}
