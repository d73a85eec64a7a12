/// A set of nodes of a plan, by index. A plan has at most `FlowPlan.maximumNodes`, so that it is a few words long.
struct NodeSet: Equatable, Sendable {
    private var words: [UInt64]

    /// Nobody, of so many nodes.
    init(of count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ index: Int) { words[index / 64] |= 1 << (index % 64) }

    mutating func remove(_ index: Int) { words[index / 64] &= ~(1 << (index % 64)) }

    mutating func formUnion(_ other: NodeSet) {
        for place in words.indices { words[place] |= other.words[place] }
    }

    /// Calls `body` with each index, in ascending order.
    func forEach(_ body: (Int) -> Void) {
        for place in words.indices {
            var left = words[place]
            while left != 0 {
                body(place * 64 + left.trailingZeroBitCount)
                left &= left - 1
            }
        }
    }
}
