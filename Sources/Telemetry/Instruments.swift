import Synchronization

/// Counts events. Keep the value: an increment is one atomic addition and allocates nothing.
public final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    init() {}

    /// Adds `amount`; a negative amount adds nothing, since a counter never falls.
    public func increment(by amount: Int = 1) {
        count.wrappingAdd(max(0, amount), ordering: .relaxed)
    }

    /// The count so far.
    public var value: Int { count.load(ordering: .relaxed) }
}

/// A number that rises and falls: open conversations, bytes in a queue.
public final class Gauge: Sendable {
    private let number = Mutex<Double>(0)

    init() {}

    /// Makes `value` the current one.
    public func set(_ value: Double) {
        number.withLock { $0 = value }
    }

    /// Adds `amount`, which may be negative.
    public func add(_ amount: Double) {
        number.withLock { $0 += amount }
    }

    /// The current value.
    public var value: Double { number.withLock { $0 } }
}

/// Counts measurements in fixed buckets. An observation takes one lock and allocates nothing.
public final class Histogram: Sendable {
    /// The content of a histogram at one moment.
    public struct Snapshot: Sendable, Equatable {
        /// The buckets' upper bounds, ascending; the bucket above the last has none.
        public var bounds: [Double]
        /// How many observations fell into each bucket; one more than there are bounds.
        public var counts: [Int]
        /// The sum of all observations.
        public var sum: Double

        /// How many observations there were.
        public var count: Int { counts.reduce(0, +) }
    }

    /// Upper bounds for latencies in seconds, 5 ms to 10 s.
    public static let latencyBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let bounds: [Double]
    private let state: Mutex<(counts: [Int], sum: Double)>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex((counts: [Int](repeating: 0, count: bounds.count + 1), sum: 0))
    }

    /// Notes one value; one that is not a number is dropped.
    public func observe(_ value: Double) {
        if value.isNaN { return }
        var bucket = 0
        while bucket < bounds.count && value > bounds[bucket] { bucket += 1 }
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Notes one time span, in seconds.
    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    /// All buckets at one moment.
    public var snapshot: Snapshot {
        state.withLock { Snapshot(bounds: bounds, counts: $0.counts, sum: $0.sum) }
    }
}
