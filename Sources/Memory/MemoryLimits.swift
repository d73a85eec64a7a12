/// How much a memory keeps. What comes over a limit lets the oldest fall out, or is cut; variables are refused.
public struct MemoryLimits: Equatable, Sendable {
    /// Rounds of one user in one project; the oldest fall out. At least 1.
    public var roundsPerUser: Int
    /// Entries of one round; the last fall out. At least 1.
    public var entriesPerRound: Int
    /// Unicode scalars of one entry; the end falls out. At least 1.
    public var charactersPerEntry: Int
    /// Users of one project; whoever was not heard of for the longest time is forgotten. At least 1.
    public var usersPerProject: Int
    /// Variables of one user in one project; more are refused.
    public var variablesPerUser: Int
    /// Unicode scalars of a variable's value; longer ones are refused. A name has at most 200.
    public var charactersPerValue: Int

    /// Unicode scalars of a project's, a user's or a variable's name.
    public static let longestName = 200

    /// A thousand rounds of at most 64 entries for each of 100,000 users, or something else.
    public init(
        roundsPerUser: Int = 1000, entriesPerRound: Int = 64, charactersPerEntry: Int = 8000,
        usersPerProject: Int = 100_000, variablesPerUser: Int = 100, charactersPerValue: Int = 2000
    ) {
        self.roundsPerUser = max(1, roundsPerUser)
        self.entriesPerRound = max(1, entriesPerRound)
        self.charactersPerEntry = max(1, charactersPerEntry)
        self.usersPerProject = max(1, usersPerProject)
        self.variablesPerUser = max(0, variablesPerUser)
        self.charactersPerValue = max(0, charactersPerValue)
    }

    /// For a memory that is gone with its process: a hundred rounds for each of a hundred users.
    public static let small = MemoryLimits(roundsPerUser: 100, usersPerProject: 100)

    /// What is kept of `round`; nil when there is nothing in it.
    public func fitting(_ round: MemoryRound) -> MemoryRound? {
        let entries = round.entries.filter { !$0.text.isEmpty }.prefix(entriesPerRound).map { entry in
            var kept = entry
            if entry.text.unicodeScalars.count > charactersPerEntry {
                kept.text = String(String.UnicodeScalarView(entry.text.unicodeScalars.prefix(charactersPerEntry)))
                kept.isCut = true
            }
            return kept
        }
        return entries.isEmpty ? nil : MemoryRound(entries)
    }

    /// Refuses names that are empty or too long.
    public func check(_ owner: MemoryOwner) throws(MemoryError) {
        try Self.check(owner.project, "a project's")
        try Self.check(owner.user, "a user's")
    }

    /// Refuses a variable that may not be kept beside `existing` others.
    public func check(variable name: String, value: String, existing: Int) throws(MemoryError) {
        try Self.check(name, "a variable's")
        if value.unicodeScalars.count > charactersPerValue {
            throw MemoryError(.refused, "a variable's value has at most \(charactersPerValue) characters")
        }
        if existing >= variablesPerUser {
            throw MemoryError(.refused, "a user has at most \(variablesPerUser) variables")
        }
    }

    /// Variables with some of them changed, in order.
    /// - Throws: `MemoryError` when one may not be kept.
    public func changed(
        _ variables: [String: String], _ changes: [MemoryChange]
    ) throws(MemoryError) -> [String: String] {
        var changed = variables
        for change in changes {
            guard let value = change.value else {
                changed[change.name] = nil
                continue
            }
            let others = changed.count - (changed[change.name] == nil ? 0 : 1)
            try check(variable: change.name, value: value, existing: others)
            changed[change.name] = value
        }
        return changed
    }

    private static func check(_ name: String, _ whose: String) throws(MemoryError) {
        if name.isEmpty || name.unicodeScalars.count > longestName {
            throw MemoryError(.refused, "\(whose) name has 1…\(longestName) characters")
        }
    }
}
