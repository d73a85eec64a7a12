import Synchronization

/// What came out of a provider, kept in order.
public final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    /// Empty.
    public init() {}

    /// Keeps `element`.
    public func add(_ element: Element) { elements.withLock { $0.append(element) } }
    /// All of them.
    public var all: [Element] { elements.withLock { $0 } }
    /// How many there are.
    public var count: Int { elements.withLock { $0.count } }
}

/// A door that stays shut until it is opened; whoever comes before waits.
public final class Gate: Sendable {
    private let doors = AsyncStream.makeStream(of: Void.self)

    /// Shut.
    public init() {}

    /// Lets everybody through.
    public func open() { doors.continuation.finish() }
    /// Returns when the gate is open, or when the task is cancelled.
    public func pass() async { for await _ in doors.stream {} }
}
