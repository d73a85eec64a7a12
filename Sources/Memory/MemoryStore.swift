/// Keeps what was said from one conversation to the next, for each user of each project. Its conformance suite is in
/// `Tests/MemoryConformance`.
///
/// Appending takes effect in the order of the calls. A cancelled call may or may not have taken effect.
public protocol MemoryStore: Sendable {
    /// Adds what was said last. A round without text adds nothing; what is over the limits is cut or falls out.
    func append(_ round: MemoryRound, for owner: MemoryOwner) async throws(MemoryError)

    /// The last rounds, the oldest first; at most `count`.
    func rounds(_ count: Int, of owner: MemoryOwner) async throws(MemoryError) -> [MemoryRound]

    /// The rounds that have to do with `query`, the most relevant first, and the newest of equals.
    ///
    /// Every store ranks by `Relevance`. It may look at no more than the 200 entries that its index finds best.
    /// - Parameters:
    ///   - query: plain words; nothing in it is an operator.
    ///   - top: at most so many.
    ///   - threshold: 0…1; what is less relevant is left out.
    func search(
        _ query: String, of owner: MemoryOwner, top: Int, threshold: Double
    ) async throws(MemoryError) -> [Recollection]

    /// All variables by name.
    func variables(of owner: MemoryOwner) async throws(MemoryError) -> [String: String]

    /// Gives variables values, and removes some: all of them, or none where one is refused.
    func change(_ changes: [MemoryChange], of owner: MemoryOwner) async throws(MemoryError)

    /// Deletes the variables of that user in that project; the rounds stay.
    func forgetVariables(of owner: MemoryOwner) async throws(MemoryError)

    /// Deletes everything that is known of that user in that project.
    func forget(_ owner: MemoryOwner) async throws(MemoryError)
}

extension MemoryStore {
    /// Gives a variable a value; nil removes it.
    public func set(_ name: String, to value: String?, of owner: MemoryOwner) async throws(MemoryError) {
        try await change([MemoryChange(name, value)], of: owner)
    }

    /// The value of one variable; nil when there is none.
    public func variable(_ name: String, of owner: MemoryOwner) async throws(MemoryError) -> String? {
        try await variables(of: owner)[name]
    }
}
