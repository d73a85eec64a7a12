/// The last samples of a stream, addressed by their position since its start.
///
/// Holds at most ``capacity`` samples; older ones are overwritten. A position never repeats, so a caller can ask for
/// "everything from there on" and see whether the beginning is gone.
public struct SampleRing: Sendable {
    /// How many samples are kept at most.
    public let capacity: Int
    /// The position after the newest sample.
    public private(set) var end = AudioPosition.start
    private var storage: [Int16]

    /// An empty history.
    ///
    /// - Parameter capacity: how many samples are kept, at least 1; less is a programming error.
    public init(capacity: Int) {
        precondition(capacity > 0, "a history holds at least one sample")
        self.capacity = capacity
        storage = [Int16](repeating: 0, count: capacity)
    }

    /// The position of the oldest sample that is still there; equals ``end`` when there is none.
    public var start: AudioPosition { end.advanced(bySamples: -capacity) }

    /// How many samples are there now.
    public var count: Int { end.samples(since: start) }

    /// Appends samples; the oldest give way where room is short.
    public mutating func append(_ samples: [Int16]) {
        samples.withUnsafeBufferPointer { append($0) }
    }

    /// Appends samples; the oldest give way where room is short.
    public mutating func append(_ samples: UnsafeBufferPointer<Int16>) {
        // Of a run longer than the whole ring only the tail can survive.
        let skipped = max(0, samples.count - capacity)
        end = end.advanced(bySamples: skipped)
        var rest = samples[skipped...]
        while !rest.isEmpty {
            let slot = end.samples % capacity
            let piece = rest.prefix(capacity - slot)
            storage.withUnsafeMutableBufferPointer { _ = $0[slot..<slot + piece.count].update(fromContentsOf: piece) }
            end = end.advanced(bySamples: piece.count)
            rest = rest.dropFirst(piece.count)
        }
    }

    /// The samples from `position` to the newest, oldest first.
    ///
    /// What is already gone is left out: compare `position` with ``start``. Beyond ``end`` there is nothing.
    public func samples(from position: AudioPosition) -> [Int16] { samples(in: position..<max(position, end)) }

    /// The samples at the positions of `range`, as far as they are still there and already there.
    public func samples(in range: Range<AudioPosition>) -> [Int16] {
        let wanted = range.clamped(to: start..<end)
        guard !wanted.isEmpty else { return [] }
        let first = wanted.lowerBound.samples % capacity
        let count = wanted.upperBound.samples(since: wanted.lowerBound)
        let run = min(count, capacity - first)
        return Array(storage[first..<first + run]) + storage[0..<count - run]
    }
}
