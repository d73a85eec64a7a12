import Synchronization

/// Who may come in: how many at once, one live connection a user, and nobody while the server goes down.
final class Admission: Sendable {
    /// Why somebody may not come in.
    enum Refusal: String, Sendable {
        /// The server goes down.
        case draining
        /// As many conversations as there may be.
        case full
        /// The same user is here already.
        case alreadyConnected = "already_connected"
    }

    /// A place that was taken. A place that is not occupied within ten seconds is free again: its handshake failed.
    struct Place: Hashable, Sendable {
        fileprivate var number: Int
    }

    private struct Entry {
        var user: String?
        var expires: ContinuousClock.Instant?
    }

    private struct State {
        var places: [Int: Entry] = [:]
        var next = 0
        var draining = false
    }

    private let state = Mutex(State())
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    /// How many conversations there are.
    var count: Int { state.withLock { $0.places.count } }

    /// Takes a place.
    /// - Parameter user: who it is for; nil is nobody in particular.
    func reserve(user: String?, now: ContinuousClock.Instant = .now) -> Result<Place, RefusalError> {
        state.withLock { state in
            state.places = state.places.filter { $0.value.expires.map { $0 > now } ?? true }
            if state.draining { return .failure(RefusalError(reason: .draining)) }
            if state.places.count >= maximum { return .failure(RefusalError(reason: .full)) }
            if let user, state.places.values.contains(where: { $0.user == user }) {
                return .failure(RefusalError(reason: .alreadyConnected))
            }
            let place = Place(number: state.next)
            state.next += 1
            state.places[place.number] = Entry(user: user, expires: now.advanced(by: .seconds(10)))
            return .success(place)
        }
    }

    /// The conversation of that place begins.
    func occupy(_ place: Place) { state.withLock { $0.places[place.number]?.expires = nil } }

    /// The conversation of that place is over.
    func leave(_ place: Place) { state.withLock { _ = $0.places.removeValue(forKey: place.number) } }

    /// Whether nobody is let in any more.
    var isClosed: Bool { state.withLock { $0.draining } }

    /// Lets nobody in any more.
    func close() { state.withLock { $0.draining = true } }

    struct RefusalError: Error { var reason: Refusal }
}
