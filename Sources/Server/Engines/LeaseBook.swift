/// What many share, by key. A thing is kept while somebody has it on lease, or while it is wanted anyhow.
struct LeaseBook<Key: Hashable & Sendable, Thing: Sendable>: Sendable {
    /// One user, for as long as it likes.
    typealias Lease = Int

    private struct Entry {
        var thing: Thing
        var users: Set<Lease> = []
    }

    private var entries: [Key: Entry] = [:]
    private var wanted: Set<Key> = []

    /// Things that are there.
    var count: Int { entries.count }

    /// The thing of `key` for `lease`; nil when there is none.
    mutating func take(_ key: Key, for lease: Lease?) -> Thing? {
        guard entries[key] != nil else { return nil }
        if let lease { entries[key]?.users.insert(lease) }
        return entries[key]?.thing
    }

    /// Puts `thing` there for `lease`, unless somebody was quicker.
    /// - Returns: the one that is there, and whether it is `thing`.
    mutating func put(_ thing: Thing, at key: Key, for lease: Lease?) -> (thing: Thing, isNew: Bool) {
        if let known = take(key, for: lease) { return (known, false) }
        entries[key] = Entry(thing: thing, users: lease.map { [$0] } ?? [])
        return (thing, true)
    }

    /// Ends `lease`.
    /// - Returns: what is kept no longer.
    mutating func end(_ lease: Lease) -> [Thing] {
        for key in entries.keys { entries[key]?.users.remove(lease) }
        return sweep()
    }

    /// From now on keeps what `keys` name, and nothing else that nobody has on lease.
    /// - Returns: what is kept no longer.
    mutating func want(_ keys: Set<Key>) -> [Thing] {
        wanted = keys
        return sweep()
    }

    private mutating func sweep() -> [Thing] {
        let left = entries.filter { $0.value.users.isEmpty && !wanted.contains($0.key) }
        for key in left.keys { entries[key] = nil }
        return left.values.map(\.thing)
    }
}
