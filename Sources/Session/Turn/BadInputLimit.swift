/// How much bad input a client may send: the tenth within a minute is one too many. Pure.
struct BadInputLimit: Equatable, Sendable {
    static let count = 10
    static let period: Duration = .seconds(60)

    private var times: [Duration] = []

    /// Counts one more at `now`; whether the limit is reached with it.
    mutating func isReached(now: Duration) -> Bool {
        times.removeAll { now - $0 >= Self.period }
        times.append(now)
        return times.count >= Self.count
    }
}
