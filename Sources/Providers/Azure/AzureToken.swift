import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// The token that Azure gives for a subscription's key. It is good for ten minutes; after nine the next user fetches a
/// new one while the others go on with the old.
public final class AzureToken: Sendable {
    /// Gets a new token.
    typealias Fetch = @Sendable () async throws -> Secret

    private struct State {
        var lease = TokenLease()
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextID = 0
    }

    private let fetch: Fetch
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Tokens of `endpoints.token`, fetched with `key` when they are first needed.
    public convenience init(_ endpoints: AzureEndpoints, key: Secret, client: HTTPClient) {
        self.init(now: { .now }) {
            try await Self.issue(at: endpoints.token + "/sts/v1.0/issueToken", key: key, client: client)
        }
    }

    init(now: @escaping @Sendable () -> ContinuousClock.Instant, fetch: @escaping Fetch) {
        self.now = now
        self.fetch = fetch
    }

    /// A token that is good for a minute at least.
    /// - Throws: `ProviderError` or `CancellationError`.
    func current() async throws -> Secret {
        while true {
            try Task.checkCancellation()
            switch state.withLock({ $0.lease.ask(now: now()) }) {
            case .use(let token): return token
            case .fetch: return try await renewed()
            case .wait: try await wait()
            }
        }
    }

    /// Azure did not take a token: the one that `isRefused` says yes to is not given out again.
    func reject(_ isRefused: (Secret) -> Bool) {
        state.withLock { $0.lease.reject(isRefused) }
    }

    private func renewed() async throws -> Secret {
        let asked = now()
        do {
            let token = try await fetch()
            finish { $0.fetched(token, at: asked) }
            return token
        } catch {
            // Whoever waits meets the same failure, unless it was only this task that was cancelled.
            let isOurs = error is CancellationError
            let old = finish(failure: isOurs ? nil : error) { $0.failed(now: now()) }
            if let old, !isOurs { return old }
            throw error
        }
    }

    @discardableResult
    private func finish<Value>(
        failure: (any Error)? = nil, _ change: (inout TokenLease) -> Value
    ) -> Value {
        let (value, waiters) = state.withLock { state in
            let value = change(&state.lease)
            defer { state.waiters = [:] }
            return (value, state.waiters.values)
        }
        for waiter in waiters {
            if let failure { waiter.resume(throwing: failure) } else { waiter.resume() }
        }
        return value
    }

    /// Returns when the fetch under way has ended, or when there is none.
    private func wait() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let mustWait = state.withLock { state -> Bool in
                    guard state.lease.isFetching, !Task.isCancelled else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    private static func issue(at url: String, key: Secret, client: HTTPClient) async throws -> Secret {
        let name = "Azure/AI-Token"
        let headers = key.withValue { [(name: "Ocp-Apim-Subscription-Key", value: $0)] }
        do {
            let answer = try await client.send(HTTPCall(url: url, headers: headers))
            let body = try await answer.bytes(limit: 64 << 10)
            guard answer.status == 200 else {
                throw ProviderError(status: answer.status, headers: answer.headers, provider: name)
            }
            let token = String(decoding: body, as: UTF8.self)
            guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw ProviderError(.protocolViolation, provider: name, message: "the answer is not a token")
            }
            return Secret(token)
        } catch let error as NetworkError {
            try Task.checkCancellation()
            throw ProviderError(error, provider: name)
        }
    }
}

/// Whether a token is used, fetched or waited for. A value; `AzureToken` does as it says.
struct TokenLease {
    /// What one who needs a token does.
    enum Answer: Equatable {
        case use(Secret)
        /// To be followed by `fetched` or `failed`.
        case fetch
        /// Somebody else fetches; ask again when that has ended.
        case wait
    }

    private enum State {
        /// To `fetching`.
        case none
        /// To `held`, or back to `none`.
        case fetching
        /// To `renewing`, or, refused, to `none`.
        case held(Secret, since: ContinuousClock.Instant)
        /// To `held`, with the new one or the old; refused, to `fetching`.
        case renewing(Secret, since: ContinuousClock.Instant)
    }

    /// How long a token is good.
    static let life: Duration = .seconds(600)
    /// When a new one is fetched.
    static let renewal: Duration = .seconds(540)

    private var state = State.none

    /// Whether there is nothing to do but to wait.
    var isFetching: Bool { if case .fetching = state { true } else { false } }

    /// Somebody needs a token.
    mutating func ask(now: ContinuousClock.Instant) -> Answer {
        switch state {
        case .none:
            state = .fetching
            return .fetch
        case .fetching: return .wait
        case .held(let token, let since):
            if now - since < Self.renewal { return .use(token) }
            state = now - since < Self.life ? .renewing(token, since: since) : .fetching
            return .fetch
        case .renewing(let token, let since):
            if now - since < Self.life { return .use(token) }
            state = .fetching
            return .wait
        }
    }

    /// The new token is here; it was asked for at `asked`.
    mutating func fetched(_ token: Secret, at asked: ContinuousClock.Instant) { state = .held(token, since: asked) }

    /// There is no new token. Returns the old one while it is good; the next user tries again.
    mutating func failed(now: ContinuousClock.Instant) -> Secret? {
        guard case .renewing(let token, let since) = state, now - since < Self.life else {
            state = .none
            return nil
        }
        state = .held(token, since: since)
        return token
    }

    /// Azure did not take a token.
    mutating func reject(_ isRefused: (Secret) -> Bool) {
        switch state {
        case .held(let token, _) where isRefused(token): state = .none
        case .renewing(let token, _) where isRefused(token): state = .fetching
        default: break
        }
    }
}
