import ProviderConformance
import ProviderKit
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AzureProvider

/// A clock that a test sets.
private final class VirtualTime: Sendable {
    private let start = ContinuousClock.now
    private let passed = Mutex(Duration.zero)

    var now: ContinuousClock.Instant { start + passed.withLock { $0 } }
    func pass(_ time: Duration) { passed.withLock { $0 += time } }
}

struct AzureTokenTests {
    /// Against the plainest account of what a token may do: never used after ten minutes, never refetched before nine,
    /// never two fetches at once, and never given out after it was refused.
    @Test(arguments: 0..<300) func theLeaseKeepsItsRules(seed: Int) {
        var numbers = Seeded(seed)
        var lease = TokenLease()
        var now = ContinuousClock.now
        var fetching: ContinuousClock.Instant?
        var born: [Secret: ContinuousClock.Instant] = [:]
        var refused: Set<Secret> = []
        for step in 0..<200 {
            now += .seconds(Int.random(in: 0...90, using: &numbers))
            switch Int.random(in: 0...9, using: &numbers) {
            case 0...5:
                switch lease.ask(now: now) {
                case .use(let token):
                    #expect(born[token].map { now - $0 < TokenLease.life } ?? false)
                    #expect(!refused.contains(token))
                    if let birth = born[token], now - birth >= TokenLease.renewal { #expect(fetching != nil) }
                case .fetch:
                    #expect(fetching == nil)
                    fetching = now
                case .wait: #expect(fetching != nil)
                }
            case 6...7:
                guard let asked = fetching else { continue }
                let token = Secret("token \(step)")
                born[token] = asked
                lease.fetched(token, at: asked)
                fetching = nil
            case 8:
                guard fetching != nil else { continue }
                if let old = lease.failed(now: now) { #expect(born[old].map { now - $0 < TokenLease.life } ?? false) }
                fetching = nil
            default:
                lease.reject { token in
                    refused.insert(token)
                    return true
                }
            }
        }
        #expect(!born.isEmpty)
    }

    @Test func isRenewedAfterNineMinutes() async throws {
        let time = VirtualTime()
        let fetches = Mutex(0)
        let tokens = AzureToken(now: { time.now }) {
            Secret("token \(fetches.withLock { $0 += 1; return $0 })")
        }
        #expect(try await tokens.current() == Secret("token 1"))
        time.pass(.seconds(539))
        #expect(try await tokens.current() == Secret("token 1"))
        time.pass(.seconds(1))
        #expect(try await tokens.current() == Secret("token 2"))
        time.pass(.seconds(3600))
        #expect(try await tokens.current() == Secret("token 3"))
    }

    @Test func oneFetchServesAllWhoWait() async throws {
        let fetches = Mutex(0)
        let gate = Gate()
        let tokens = AzureToken(now: { .now }) {
            fetches.withLock { $0 += 1 }
            await gate.pass()
            return Secret("token")
        }
        try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<20 { group.addTask { try await tokens.current() } }
            gate.open()
            for try await token in group { #expect(token == Secret("token")) }
        }
        #expect(fetches.withLock { $0 } == 1)
    }

    /// While a new one is fetched, others go on with the old; when that fails, so does the one who asked.
    @Test func aFailedRenewalLeavesTheOldOne() async throws {
        let time = VirtualTime()
        let fetches = Mutex(0)
        let tokens = AzureToken(now: { time.now }) {
            if fetches.withLock({
                $0 += 1; return $0
            }) > 1 {
                throw ProviderError(.unavailable, provider: "Azure", message: "down")
            }
            return Secret("old")
        }
        #expect(try await tokens.current() == Secret("old"))
        time.pass(.seconds(550))
        #expect(try await tokens.current() == Secret("old"))
        #expect(fetches.withLock { $0 } == 2)
        time.pass(.seconds(51))
        await #expect(throws: ProviderError.self) { try await tokens.current() }
    }

    /// The one who fetches is cancelled: one of those who wait fetches in its place.
    @Test func aCancelledFetchIsTakenOver() async throws {
        let fetches = Mutex(0)
        let began = Gate()
        let tokens = AzureToken(now: { .now }) {
            if fetches.withLock({
                $0 += 1; return $0
            }) == 1 {
                began.open()
                await Gate().pass()
                try Task.checkCancellation()
            }
            return Secret("token")
        }
        let first = Task { try await tokens.current() }
        await began.pass()
        let second = Task { try await tokens.current() }
        let third = Task { try await tokens.current() }
        third.cancel()
        await #expect(throws: CancellationError.self) { try await third.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try await second.value == Secret("token"))
        #expect(fetches.withLock { $0 } == 2)
    }
}
