import TestSupport
import Testing

@testable import ProviderKit

/// The pure policies, over seeds.
struct PolicyTests {
    private static func error(_ code: ProviderError.Code, retryAfter: Duration? = nil) -> ProviderError {
        ProviderError(code, provider: "Test", message: "", retryAfter: retryAfter)
    }
    private static let codes: [ProviderError.Code] = [
        .unavailable, .rejected, .rateLimited, .timedOut, .protocolViolation, .unsupported,
    ]

    // MARK: Retries

    @Test(arguments: 0..<200)
    func pausesAreBoundedAndEnd(seed: Int) {
        var seeded = Seeded(seed)
        let policy = RetryPolicy(
            attempts: .random(in: 0...60, using: &seeded),
            firstPause: .milliseconds(.random(in: 0...500, using: &seeded)),
            longestPause: .milliseconds(.random(in: 0...4000, using: &seeded)),
            longestRetryAfter: .milliseconds(.random(in: 0...3000, using: &seeded)))
        for retry in 0...70 {
            let wish: Duration? =
                Bool.random(using: &seeded) ? .milliseconds(.random(in: 0...5000, using: &seeded)) : nil
            for code in Self.codes {
                let error = Self.error(code, retryAfter: wish)
                let pause = policy.pause(beforeRetry: retry, after: error, random: .random(in: 0..<1, using: &seeded))
                let isWanted = retry >= 1 && retry < policy.attempts && error.isRetryable
                #expect(
                    (pause != nil)
                        == (isWanted && (wish ?? .zero) <= policy.longestRetryAfter || isWanted && wish == nil))
                guard let pause else { continue }
                #expect(pause >= wish ?? .zero)
                #expect(pause <= (wish ?? .zero) + policy.longestPause)
            }
        }
    }

    @Test func pausesDouble() {
        let policy = RetryPolicy(attempts: 9, firstPause: .milliseconds(100), longestPause: .seconds(1))
        let pauses = (1...6).map { policy.pause(beforeRetry: $0, after: Self.error(.unavailable), random: 0.5) }
        #expect(pauses == [50, 100, 200, 400, 500, 500].map { .milliseconds($0) })
    }

    // MARK: Breakers

    /// A model of what is under way, run against the machine for hundreds of steps.
    @Test(arguments: 0..<300)
    func breakerLaws(seed: Int) {
        var seeded = Seeded(seed)
        let policy = BreakerPolicy(failures: .random(in: 1...4, using: &seeded))
        var machine = BreakerMachine(policy: policy)
        var now = Duration.zero
        var underWay: [BreakerMachine.Permit] = []
        var failuresInARow = 0
        for _ in 0..<300 {
            now += .milliseconds(.random(in: 0...2000, using: &seeded))
            let before = machine.state
            if underWay.isEmpty || Int.random(in: 0..<3, using: &seeded) == 0 {
                let force = Int.random(in: 0..<10, using: &seeded) == 0
                let isLeftAlone = machine.refusal(now: now) != nil
                let permit = machine.admit(now: now, force: force)
                if let permit { underWay.append(permit) }
                #expect(permit != nil || !force)
                // Refused exactly while it is to be left alone.
                #expect((permit == nil) == (!force && isLeftAlone))
                if case .closed = before { #expect(permit == .ordinary && machine.state == before) }
                continue
            }
            let permit = underWay.remove(at: .random(in: 0..<underWay.count, using: &seeded))
            switch Int.random(in: 0..<4, using: &seeded) {
            case 0:
                machine.succeeded(permit)
                if case .closed = before { failuresInARow = 0 }
                if permit == .probe { #expect(machine.state == .closed(failures: [])) }
            case 1:
                machine.givenBack(permit)
                if permit == .ordinary { #expect(machine.state == before) }
            default:
                let code = Self.codes.randomElement(using: &seeded) ?? .unavailable
                machine.failed(permit, Self.error(code), now: now)
                if case .closed = before { failuresInARow += code == .unsupported ? 0 : 1 }
                if case .open(let until, _) = machine.state, machine.state != before {
                    #expect(until - now <= policy.longestRest)
                    let isBack = code == .unsupported
                    #expect(isBack || until - now >= (code == .rejected ? policy.restAfterRefusal : policy.rest))
                }
            }
            // One probe at most, and it decides.
            #expect(underWay.count { $0 == .probe } == (machine.isHalfOpen ? 1 : 0))
            if case .closed(let failures) = machine.state {
                #expect(failures.count < policy.failures)
                if case .closed = before { #expect(failures.count <= failuresInARow) } else { failuresInARow = 0 }
            }
        }
    }

    @Test func aBreakerRestsLongerEachTime() {
        var machine = BreakerMachine(policy: BreakerPolicy(failures: 2, rest: .seconds(5), longestRest: .seconds(15)))
        machine.failed(.ordinary, Self.error(.timedOut), now: .zero)
        expectAdmission(&machine, .zero, .ordinary)
        machine.failed(.ordinary, Self.error(.timedOut), now: .seconds(1))
        #expect(machine.state == .open(until: .seconds(6), streak: 1))
        expectAdmission(&machine, .seconds(5), nil)
        expectAdmission(&machine, .seconds(6), .probe)
        expectAdmission(&machine, .seconds(6), nil)
        machine.failed(.probe, Self.error(.timedOut), now: .seconds(7))
        #expect(machine.state == .open(until: .seconds(17), streak: 2))
        expectAdmission(&machine, .seconds(17), .probe)
        machine.failed(.probe, Self.error(.timedOut), now: .seconds(18))
        #expect(machine.state == .open(until: .seconds(33), streak: 3))
        // Old failures are forgotten.
        var other = BreakerMachine(policy: BreakerPolicy(failures: 2, window: .seconds(30)))
        other.failed(.ordinary, Self.error(.unavailable), now: .zero)
        other.failed(.ordinary, Self.error(.unavailable), now: .seconds(30))
        #expect(other.state == .closed(failures: [.seconds(30)]))
    }

    @Test func aRefusalThatLiesInTheRequestOpensNothing() {
        var machine = BreakerMachine(policy: BreakerPolicy(failures: 1))
        let filtered = ProviderError(.rejected, provider: "p", message: "m", concernsRequestOnly: true)
        machine.failed(.ordinary, filtered, now: .zero)
        expectAdmission(&machine, .zero, .ordinary)
        // As a probe it decides nothing: the next request is one again.
        machine.failed(.ordinary, Self.error(.rejected), now: .zero)
        expectAdmission(&machine, .seconds(600), .probe)
        machine.failed(.probe, filtered, now: .seconds(600))
        expectAdmission(&machine, .seconds(600), .probe)
    }

    private func expectAdmission(
        _ machine: inout BreakerMachine, _ now: Duration, _ permit: BreakerMachine.Permit?,
        at place: SourceLocation = #_sourceLocation
    ) {
        let given = machine.admit(now: now)
        #expect(given == permit, sourceLocation: place)
    }

    // MARK: Deadlines

    /// However pieces come, the watch expires exactly when the engine has had its time, and never while the consumer holds a
    /// piece; a timer that looks when it is told to is never late.
    @Test(arguments: 0..<300)
    func theWatchCountsTheEnginesTimeOnly(seed: Int) {
        var seeded = Seeded(seed)
        let first = Duration.milliseconds(.random(in: 1...5000, using: &seeded))
        let between = Duration.milliseconds(.random(in: 10...5000, using: &seeded))
        var watch = Watch(between: between)
        watch.arm(first, now: .zero)
        var now = Duration.zero
        var deadline = first
        guard case .again(var look) = watch.check(now: now) else { return #expect(Bool(false)) }
        for _ in 0..<40 {
            // The engine works.
            let work = Duration.milliseconds(.random(in: 0...6000, using: &seeded))
            while look <= now + work {
                switch watch.check(now: look) {
                case .again(let next):
                    #expect(look < deadline && next > look)
                    look = next
                case .expired:
                    #expect(look == deadline)
                    let isWelcome = watch.pieceCame(now: look)
                    #expect(!isWelcome)
                    return
                }
            }
            now += work
            #expect(now < deadline)
            let isWelcome = watch.pieceCame(now: now)
            #expect(isWelcome)
            // The consumer takes its time.
            let taking = Duration.milliseconds(.random(in: 0...60000, using: &seeded))
            while look <= now + taking {
                guard case .again(let next) = watch.check(now: look) else {
                    return #expect(Bool(false), "expired while held")
                }
                #expect(next > look)
                look = next
            }
            now += taking
            watch.pieceTaken(now: now)
            deadline = now + between
        }
    }

    // MARK: Order

    @Test(arguments: 0..<300)
    func aPlanEndsAndAsksInOrder(seed: Int) {
        var seeded = Seeded(seed)
        let engines = Int.random(in: 1...5, using: &seeded)
        let policy = RetryPolicy(attempts: .random(in: 1...4, using: &seeded))
        var plan = ChainPlan(engines: engines, policy: policy)
        var step = ChainPlan.first
        var order: [Int] = []
        var refused: [Int: Duration] = [:]
        var forced: [Int] = []
        while case .attempt(let engine, let retry, _, let isForced) = step {
            #expect((0..<engines).contains(engine) && retry < policy.attempts)
            if isForced { forced.append(engine) } else { order.append(engine) }
            if !isForced && Int.random(in: 0..<3, using: &seeded) == 0 {
                let until = Duration.milliseconds(.random(in: 0...1000, using: &seeded))
                refused[engine] = until
                step = plan.refused(until: until)
            } else {
                let code = Self.codes.randomElement(using: &seeded) ?? .unavailable
                step = plan.failed(
                    Self.error(code), hasEmitted: .random(using: &seeded), random: .random(in: 0..<1, using: &seeded))
            }
        }
        #expect(order == order.sorted() && Set(order) == Set(0..<engines))
        #expect(order.count <= engines * policy.attempts)
        #expect(forced == refused.min { ($0.value, $0.key) < ($1.value, $1.key) }.map { [$0.key] } ?? [])
    }
}

extension BreakerMachine {
    fileprivate var isHalfOpen: Bool { if case .halfOpen = state { true } else { false } }
}
