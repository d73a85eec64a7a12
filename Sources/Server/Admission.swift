import Network
import Synchronization

/// Who may come in: how many at once, one conversation a user, and nobody while the server goes down.
///
/// It also knows the sockets of those who are in: the newest connection of a user takes over from an older one.
final class Admission: Sendable {
    /// Why somebody may not come in.
    enum Refusal: String, Error, Sendable {
        /// The server goes down.
        case draining
        /// As many conversations as there may be.
        case full
        /// The same user is in.
        case taken
    }

    /// A place that was taken. A place that is not occupied within ten seconds is free again: its handshake failed.
    struct Place: Hashable, Sendable {
        fileprivate var number: Int
    }

    /// What came of occupying a place.
    enum Arrival: Sendable {
        /// The conversation may begin.
        case welcome
        /// The same user came once more in the meantime; or the handshake took so long that the place is gone.
        case replaced
        /// The server began to go down in the meantime.
        case draining
    }

    private struct Entry {
        enum Stage {
            /// The handshake is under way.
            case reserved(until: ContinuousClock.Instant)
            /// The conversation goes on.
            case occupied(WebSocketConnection)
        }

        var user: String?
        var stage: Stage
    }

    private struct State {
        var places: [Int: Entry] = [:]
        var next = 0
        var draining = false

        mutating func dropExpired(_ now: ContinuousClock.Instant) {
            places = places.filter {
                if case .reserved(let until) = $0.value.stage { until > now } else { true }
            }
        }
    }

    private let state = Mutex(State())
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    /// How many conversations there are.
    var count: Int { state.withLock { $0.places.count } }

    /// Whether there is no place left.
    func isFull(now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            state.dropExpired(now)
            return state.places.count >= maximum
        }
    }

    /// Takes a place.
    /// - Parameters:
    ///   - user: who it is for; nil is nobody in particular.
    ///   - replaces: whether the older connection of the same user loses its place; else there is none for the new one.
    /// - Returns: the place, and the socket of the older connection, which is to be closed.
    func reserve(
        user: String?, replacing replaces: Bool = true, now: ContinuousClock.Instant = .now
    ) throws(Refusal) -> (place: Place, replaced: WebSocketConnection?) {
        let result = state.withLock { state -> Result<(place: Place, replaced: WebSocketConnection?), Refusal> in
            state.dropExpired(now)
            if state.draining { return .failure(.draining) }
            let older = user.flatMap { user in state.places.first { $0.value.user == user } }
            if older != nil, !replaces { return .failure(.taken) }
            if older == nil, state.places.count >= maximum { return .failure(.full) }
            if let older { state.places[older.key] = nil }
            let place = Place(number: state.next)
            state.next += 1
            state.places[place.number] = Entry(user: user, stage: .reserved(until: now.advanced(by: .seconds(10))))
            if case .occupied(let socket) = older?.value.stage { return .success((place, socket)) }
            return .success((place, nil))
        }
        return try result.get()
    }

    /// The socket of that place is open.
    func occupy(_ place: Place, _ socket: WebSocketConnection) -> Arrival {
        state.withLock { state in
            guard let entry = state.places[place.number] else { return .replaced }
            if state.draining {
                state.places[place.number] = nil
                return .draining
            }
            state.places[place.number] = Entry(user: entry.user, stage: .occupied(socket))
            return .welcome
        }
    }

    /// The conversation of that place is over.
    func leave(_ place: Place) { state.withLock { _ = $0.places.removeValue(forKey: place.number) } }

    /// Whether nobody is let in any more.
    var isClosed: Bool { state.withLock { $0.draining } }

    /// Lets nobody in any more.
    /// - Returns: the sockets of those who are in.
    func close() -> [WebSocketConnection] {
        state.withLock { state in
            state.draining = true
            return state.places.values.compactMap {
                if case .occupied(let socket) = $0.stage { socket } else { nil }
            }
        }
    }
}
