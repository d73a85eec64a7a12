import Memory

/// One question to the memory of the caller.
public enum RecallKind: Numbered {
    /// `rec`
    public static let prefix = "rec"
}
/// Names a question to the memory.
public typealias RecallID = Identifier<RecallKind>

/// What the memory is asked.
enum Recall: Codable, Equatable, Sendable {
    /// The last rounds of earlier conversations, at most so many, and what is known by name.
    case earlier(rounds: Int)
    /// Rounds that have to do with what the caller says now.
    case relevant(query: String, top: Int, threshold: Double)
}

/// What the memory answers; nothing when it cannot be read.
enum Recalled: Codable, Equatable, Sendable {
    /// The oldest round first; variables by name.
    case earlier([MemoryRound], variables: [String: String])
    /// The most relevant first.
    case relevant([Recollection])
}

extension Recall {
    /// What is said where the memory cannot be read.
    var nothing: Recalled {
        switch self {
        case .earlier: .earlier([], variables: [:])
        case .relevant: .relevant([])
        }
    }
}
