/// When a server that could not be reached is asked again: after 1 s, 2 s, 4 s … at most 60 s.
struct Backoff: Equatable {
    static let longest = Duration.seconds(60)

    private var failures = 0
    private var until = Duration.zero

    /// Whether the server may be asked now.
    func isOver(at now: Duration) -> Bool { now >= until }

    mutating func failed(at now: Duration) {
        until = now + min(Self.longest, .seconds(1 << min(failures, 6)))
        failures += 1
    }

    mutating func succeeded() { self = Backoff() }
}
