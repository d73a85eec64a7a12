import ProviderKit

/// Whether a model is in its server's memory, as far as its answers have shown. A value; times are those of one clock.
struct ModelPresence: Equatable, Sendable {
    enum State: Equatable, Sendable {
        /// There is no loader at work, so requests go to the server at once. → absent or present when one begins.
        case unattended
        /// Nothing is known. → loading.
        case absent
        /// One load is under way; requests wait for it. → present, → failed.
        case loading
        /// It has answered; believed until then, or for ever. → loading when that is over, → absent when a request got no
        /// answer.
        case present(until: Duration?)
        /// It could not be loaded; requests go to the server, which tells them why. → loading after that time.
        case failed(until: Duration)
    }

    private(set) var state = State.unattended
    private let trust: Duration?

    init(_ policy: LoadingPolicy) { trust = policy.trust }

    /// From a load that failed to the next.
    static let pause = Duration.seconds(5)

    var isLoading: Bool { state == .loading }

    /// A loader begins its work.
    mutating func attend() {
        if state == .unattended { state = trust == nil ? .present(until: nil) : .absent }
    }

    /// The loader has stopped.
    mutating func leave() { state = .unattended }

    /// The model is wanted; true when a load is to begin now.
    mutating func want(now: Duration) -> Bool {
        switch state {
        case .unattended, .loading: return false
        case .absent: break
        case .present(until: nil): return false
        case .present(let until?), .failed(let until): if now < until { return false }
        }
        state = .loading
        return true
    }

    /// The load is over.
    mutating func finish(isLoaded: Bool, now: Duration) {
        guard state == .loading else { return }
        state = isLoaded ? .present(until: trust.map { now + $0 }) : .failed(until: now + Self.pause)
    }

    /// The model has answered a request.
    mutating func answered(now: Duration) {
        switch state {
        case .unattended, .loading: break
        case .absent, .present, .failed: state = .present(until: trust.map { now + $0 })
        }
    }

    /// A request ended before its first piece: the model may be gone.
    mutating func doubt() { if case .present = state { state = .absent } }
}
