import Telemetry
import TestSupport
import Testing

@testable import ProviderTransport

/// The laws of the plan, held against a little world in which sockets die, openings fail and users come and go.
@Suite struct WarmSocketsPlanTests {
    typealias Instant = ContinuousClock.Instant

    static let places = (0..<4).map { SocketEndpoint(url: "ws://example/\($0)") }

    static func settings() -> WarmSocketsSettings {
        var settings = WarmSocketsSettings()
        settings.spare = 2
        settings.most = 3
        settings.mostEndpoints = 3
        settings.keepAlive = .init(message: "still here", interval: .seconds(4))
        settings.idleLimit = .seconds(60)
        settings.ageLimit = .seconds(300)
        settings.restAfter = .seconds(120)
        return settings
    }

    /// What the shell would know.
    struct World {
        var alive: Set<Int> = []
        var idle: [Int: SocketEndpoint] = [:]
        var inUse: [Int: SocketEndpoint] = [:]
        var opening: [SocketEndpoint] = []
        var lastSent: [Int: Instant] = [:]
        var lastUsed: [Int: Instant] = [:]
        var opened: [Int: Instant] = [:]
        var closed: Set<Int> = []
    }

    @Test(arguments: 0..<40) func lawsHold(seed: Int) {
        let settings = Self.settings()
        var random = Seeded(seed)
        var plan = WarmSocketsPlan(settings)
        var world = World()
        var now = Instant.now
        for _ in 0..<600 {
            now = now.advanced(by: .milliseconds(Int.random(in: 0...3000, using: &random)))
            step(&plan, &world, now: now, random: &random)
            // What the plan says is due is done; then nothing more is due at the same instant.
            perform(plan.due(now: now) { world.alive.contains($0) }, &world, now: now)
            let again = plan.due(now: now) { world.alive.contains($0) }
            #expect(again.isEmpty)
            #expect(plan.idleCount == world.idle.count)
            #expect(plan.openingCount <= world.opening.count)
            #expect(plan.endpointCount <= settings.mostEndpoints)
            for place in Self.places { #expect(world.idle.values.count { $0 == place } <= settings.most) }
            for (id, _) in world.idle {
                #expect(world.alive.contains(id))
                #expect(now < (world.lastUsed[id] ?? now) + settings.idleLimit)
                #expect(now < (world.opened[id] ?? now) + settings.ageLimit)
                // Kept alive in time whenever it is asked in time.
                #expect(now < (world.lastSent[id] ?? now) + .seconds(4))
            }
            if let next = plan.next(after: now) { #expect(next > now) } else { #expect(world.idle.isEmpty) }
        }
    }

    private func step(_ plan: inout WarmSocketsPlan, _ world: inout World, now: Instant, random: inout Seeded) {
        let place = Self.places.randomElement(using: &random) ?? Self.places[0]
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2:
            let (lent, dropped) = plan.take(place, now: now) { world.alive.contains($0) }
            for id in dropped { world.idle[id] = nil }
            if let lent {
                #expect(world.idle[lent] == place && world.alive.contains(lent))
                world.idle[lent] = nil
                world.inUse[lent] = place
            } else {
                let id = plan.openedForUse(now: now)
                #expect(world.opened[id] == nil, "numbers are new")
                world.alive.insert(id)
                world.opened[id] = now
                world.inUse[id] = place
            }
        case 3, 4, 5, 6:
            guard let (id, place) = world.inUse.min(by: { $0.key < $1.key }) else { return }
            world.inUse[id] = nil
            if !world.alive.contains(id) {
                plan.forget(id)
            } else if plan.giveBack(id, to: place, now: now) {
                shelve(id, place, &world, now: now)
            }
            let keepsStranger = plan.giveBack(id + 1_000_000, to: place, now: now)
            #expect(!keepsStranger)
        case 7, 8, 9:
            guard let place = world.opening.popLast() else { return }
            if Bool.random(using: &random) {
                plan.failedToOpen(place, now: now)
            } else if let id = plan.opened(place, asked: true, now: now) {
                world.alive.insert(id)
                world.opened[id] = now
                shelve(id, place, &world, now: now)
            }
        case 10:
            if let id = world.alive.min() { world.alive.remove(id) }
        default:
            if let id = plan.opened(place, asked: false, now: now) {
                world.alive.insert(id)
                world.opened[id] = now
                shelve(id, place, &world, now: now)
            }
        }
    }

    private func shelve(_ id: Int, _ place: SocketEndpoint, _ world: inout World, now: Instant) {
        world.idle[id] = place
        world.lastUsed[id] = now
        world.lastSent[id] = now
    }

    private func perform(_ actions: [WarmSocketsPlan.Action], _ world: inout World, now: Instant) {
        for action in actions {
            switch action {
            case .open(let place): world.opening.append(place)
            case .keepAlive(let id):
                #expect(world.idle[id] != nil)
                world.lastSent[id] = now
            case .close(let id):
                #expect(world.idle[id] != nil, "a socket in use is never closed")
                #expect(world.closed.insert(id).inserted, "closed once")
                world.idle[id] = nil
            }
        }
    }

    @Test func nobodyUsedItForAWhileAndNothingIsOpened() {
        var plan = WarmSocketsPlan(Self.settings())
        let start = Instant.now
        _ = plan.take(Self.places[0], now: start) { _ in true }
        #expect(plan.due(now: start) { _ in true } == [.open(Self.places[0]), .open(Self.places[0])])
        let first = plan.opened(Self.places[0], asked: true, now: start)
        let second = plan.opened(Self.places[0], asked: true, now: start)
        let late = start + .seconds(121)
        let actions = plan.due(now: late) { _ in true }
        #expect(actions == [first, second].compactMap { $0 }.map { .close($0) })
        #expect(plan.next(after: late) == nil && plan.endpointCount == 0)
    }

    @Test func pausesGrowAfterFailures() {
        var plan = WarmSocketsPlan(Self.settings())
        var now = Instant.now
        _ = plan.take(Self.places[0], now: now) { _ in true }
        var pauses: [Duration] = []
        for _ in 0..<5 {
            let opens = plan.due(now: now) { _ in true }.count
            #expect(opens == 2)
            for _ in 0..<opens { plan.failedToOpen(Self.places[0], now: now) }
            let next = plan.next(after: now) ?? now
            pauses.append(next - now)
            now = next
        }
        #expect(pauses == pauses.sorted() && Set(pauses).count == 5 || pauses.last == .seconds(32))
    }

    @Test func theOneUsedLastIsLentFirst() {
        var plan = WarmSocketsPlan(Self.settings())
        let now = Instant.now
        let ids = (0..<3).map { _ in plan.openedForUse(now: now) }
        let kept = ids.map { plan.giveBack($0, to: Self.places[0], now: now) }
        #expect(kept == [true, true, true])
        let first = plan.take(Self.places[0], now: now) { _ in true }
        #expect(first.lent == ids[2] && first.dropped.isEmpty)
        let second = plan.take(Self.places[0], now: now) { $0 != ids[1] }
        #expect(second.lent == ids[0] && second.dropped == [ids[1]], "a dead one is passed over")
    }
}
