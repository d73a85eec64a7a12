/// Who may speak. Agents of one round work in parallel, but only one at a time has the floor. Pure.
public struct Floor: Equatable, Sendable {
    /// In which order the floor is given.
    public enum Order: Equatable, Sendable {
        /// As members become ready to speak; of those that become ready together, the earlier in the file first.
        case ready
        /// In the order of the graph. Members that will not speak are skipped.
        case graph
    }

    /// Who has the floor.
    public private(set) var holder: String?
    private let order: Order
    /// Members that may still speak, in graph order.
    private var members: [String]
    /// Members that are ready and wait, in the order in which they may speak.
    private var waiting: [String] = []

    /// A free floor.
    /// - Parameter members: all members of the round, in graph order.
    public init(order: Order, members: [String]) {
        self.order = order
        self.members = members
    }

    /// Whether no member speaks or waits.
    public var isFree: Bool { holder == nil && waiting.isEmpty }

    /// `member` has something to say. A second call changes nothing.
    public mutating func ready(_ member: String) {
        guard members.contains(member), holder != member, !waiting.contains(member) else { return }
        waiting.append(member)
        grant()
    }

    /// `member` has said everything, or will say nothing in this round.
    public mutating func done(_ member: String) {
        members.removeAll { $0 == member }
        waiting.removeAll { $0 == member }
        if holder == member { holder = nil }
        grant()
    }

    /// `member` will speak again, because a loop runs it once more.
    public mutating func returns(_ member: String, all: [String]) {
        guard !members.contains(member) else { return }
        members = all.filter { members.contains($0) || $0 == member }
    }

    private mutating func grant() {
        guard holder == nil else { return }
        switch order {
        case .ready:
            if !waiting.isEmpty { holder = waiting.removeFirst() }
        case .graph:
            guard let first = members.first, let place = waiting.firstIndex(of: first) else { return }
            holder = waiting.remove(at: place)
        }
    }
}
