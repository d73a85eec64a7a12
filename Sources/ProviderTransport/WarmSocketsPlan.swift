/// Which sockets are lent, opened, kept alive and closed, and when. A value; `WarmSockets` does as it says.
struct WarmSocketsPlan {
    typealias Instant = ContinuousClock.Instant
    typealias SocketID = Int

    /// What is to be done now.
    enum Action: Equatable {
        /// To be answered with `opened` or `failedToOpen`.
        case open(SocketEndpoint)
        case keepAlive(SocketID)
        /// The socket is forgotten.
        case close(SocketID)
    }

    /// A socket that nobody uses.
    private struct Idle {
        var id: SocketID
        var opened: Instant
        var used: Instant
        /// When something was sent last.
        var sent: Instant
    }

    /// The sockets of one endpoint.
    private struct Lane {
        /// The one used last comes last, and is lent first: the others can grow old and go.
        var idle: [Idle] = []
        var opening = 0
        var used: Instant
        /// Failures to open in a row.
        var failures = 0
        /// Not before then, after a failure.
        var mayOpen: Instant?
    }

    private let settings: WarmSocketsSettings
    private var lanes: [SocketEndpoint: Lane] = [:]
    /// When the sockets in use were opened; bounded by who uses them.
    private var lent: [SocketID: Instant] = [:]
    private var nextID = 0

    /// Between two looks for sockets that the vendor has closed.
    static let patrol: Duration = .seconds(5)
    /// From the first failure to open to the next try; doubles each time, up to thirty-two times.
    static let pause: Duration = .seconds(1)

    init(_ settings: WarmSocketsSettings) { self.settings = settings }

    /// Unused sockets.
    var idleCount: Int { lanes.values.reduce(0) { $0 + $1.idle.count } }
    var endpointCount: Int { lanes.count }
    var openingCount: Int { lanes.values.reduce(0) { $0 + $1.opening } }

    // MARK: Use

    /// Lends an unused socket, if there is one that `isOpen`; dead and old ones on the way to it are `dropped`.
    mutating func take(
        _ endpoint: SocketEndpoint, now: Instant, isOpen: (SocketID) -> Bool
    ) -> (lent: SocketID?, dropped: [SocketID]) {
        var dropped: [SocketID] = []
        var lane = lanes[endpoint] ?? Lane(used: now)
        lane.used = now
        defer { lanes[endpoint] = lane }
        while let socket = lane.idle.popLast() {
            if isOpen(socket.id) && !isStale(socket, now: now) {
                lent[socket.id] = socket.opened
                return (socket.id, dropped)
            }
            dropped.append(socket.id)
        }
        return (nil, dropped)
    }

    /// A socket was opened for somebody who uses it at once.
    mutating func openedForUse(now: Instant) -> SocketID {
        let id = newID()
        lent[id] = now
        return id
    }

    /// A user is done with a socket that may be used again. False: it is to be closed.
    mutating func giveBack(_ id: SocketID, to endpoint: SocketEndpoint, now: Instant) -> Bool {
        guard let opened = lent.removeValue(forKey: id) else { return false }
        return shelve(Idle(id: id, opened: opened, used: now, sent: now), in: endpoint, used: now)
    }

    /// A user is done with a socket that nobody can use again.
    mutating func forget(_ id: SocketID) { lent[id] = nil }

    // MARK: Opening ahead of time

    /// What `.open` asked for is there, or `prepare` opened one. nil: there is no room for it, it is to be closed.
    mutating func opened(_ endpoint: SocketEndpoint, asked: Bool, now: Instant) -> SocketID? {
        var lane = lanes[endpoint] ?? Lane(used: now)
        if asked { lane.opening = max(0, lane.opening - 1) } else { lane.used = now }
        lane.failures = 0
        lane.mayOpen = nil
        lanes[endpoint] = lane
        let id = newID()
        let socket = Idle(id: id, opened: now, used: now, sent: now)
        return shelve(socket, in: endpoint, used: lane.used) ? id : nil
    }

    /// What `.open` asked for cannot be had now.
    mutating func failedToOpen(_ endpoint: SocketEndpoint, now: Instant) {
        guard var lane = lanes[endpoint] else { return }
        lane.opening = max(0, lane.opening - 1)
        lane.mayOpen = now + Self.pause * (1 << min(lane.failures, 5))
        lane.failures += 1
        lanes[endpoint] = lane
    }

    // MARK: Care

    /// Everything that is due; ask again at `next`, or sooner when something was taken or given back.
    mutating func due(now: Instant, isOpen: (SocketID) -> Bool) -> [Action] {
        var actions: [Action] = []
        for endpoint in lanes.keys {
            guard var lane = lanes[endpoint] else { continue }
            var kept: [Idle] = []
            for var socket in lane.idle {
                if isStale(socket, now: now) || !isOpen(socket.id) {
                    actions.append(.close(socket.id))
                    continue
                }
                if let keepAlive = settings.keepAlive, now >= socket.sent + keepAlive.interval {
                    actions.append(.keepAlive(socket.id))
                    socket.sent = now
                }
                kept.append(socket)
            }
            lane.idle = kept
            if isActive(lane, now: now) {
                let missing = mayOpen(lane, now: now) ? settings.spare - kept.count - lane.opening : 0
                for _ in 0..<max(0, missing) { actions.append(.open(endpoint)) }
                lane.opening += max(0, missing)
                lanes[endpoint] = lane
            } else {
                lanes[endpoint] = kept.isEmpty && lane.opening == 0 ? nil : lane
            }
        }
        return actions + dropExcessEndpoints()
    }

    /// When something will be due next; nil when nothing is kept.
    func next(after now: Instant) -> Instant? {
        var next: Instant?
        func consider(_ instant: Instant) { next = min(next ?? instant, instant) }
        for lane in lanes.values {
            for socket in lane.idle {
                consider(min(socket.used + settings.idleLimit, socket.opened + settings.ageLimit))
                if let keepAlive = settings.keepAlive { consider(socket.sent + keepAlive.interval) }
                consider(now + Self.patrol)
            }
            guard isActive(lane, now: now) else { continue }
            consider(lane.used + settings.restAfter)
            if lane.idle.count + lane.opening < settings.spare { consider(lane.mayOpen ?? now) }
        }
        return next
    }

    /// Forgets all unused sockets and returns them.
    mutating func clear() -> [SocketID] {
        defer { lanes = [:] }
        return lanes.values.flatMap { $0.idle.map(\.id) }
    }

    // MARK: Rules

    private func isStale(_ socket: Idle, now: Instant) -> Bool {
        now >= socket.used + settings.idleLimit || now >= socket.opened + settings.ageLimit
    }

    private func isActive(_ lane: Lane, now: Instant) -> Bool { now < lane.used + settings.restAfter }

    private func mayOpen(_ lane: Lane, now: Instant) -> Bool { lane.mayOpen.map { now >= $0 } ?? true }

    private mutating func newID() -> SocketID {
        nextID += 1
        return nextID
    }

    private mutating func shelve(_ socket: Idle, in endpoint: SocketEndpoint, used: Instant) -> Bool {
        var lane = lanes[endpoint] ?? Lane(used: used)
        lane.used = max(lane.used, used)
        defer { lanes[endpoint] = lane }
        guard lane.idle.count < settings.most, !isStale(socket, now: socket.used) else { return false }
        lane.idle.append(socket)
        return true
    }

    /// The endpoints longest unused go when there are too many.
    private mutating func dropExcessEndpoints() -> [Action] {
        let excess = lanes.count - settings.mostEndpoints
        guard excess > 0 else { return [] }
        var actions: [Action] = []
        for (endpoint, lane) in lanes.sorted(by: { $0.value.used < $1.value.used }).prefix(excess) {
            actions += lane.idle.map { .close($0.id) }
            lanes[endpoint] = nil
        }
        return actions
    }
}
