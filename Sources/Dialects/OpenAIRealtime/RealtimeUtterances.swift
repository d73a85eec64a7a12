import AudioCore
import Session

/// What the caller says, by the items that it becomes.
struct RealtimeUtterances: Sendable {
    struct Spoken: Sendable {
        let item: String
        let start: AudioPosition
        /// How long it is; nil while the caller speaks.
        var length: Duration?
        /// What of its words was told.
        var told = ""
    }

    /// Words of more utterances are not awaited.
    private static let most = 32

    /// Whether what is being said is to be forgotten.
    var isClearing = false
    /// The items of turns that the client has committed, until they are heard.
    var committed: [String] = []
    private var spoken: [(id: UtteranceID, Spoken)] = []

    subscript(id: UtteranceID) -> Spoken? {
        get { spoken.last { $0.id == id }?.1 }
        set {
            if let index = spoken.lastIndex(where: { $0.id == id }) {
                if let newValue { spoken[index].1 = newValue } else { spoken.remove(at: index) }
            } else if let newValue {
                spoken.append((id, newValue))
                if spoken.count > Self.most { spoken.removeFirst() }
            }
        }
    }

    /// Whether the caller speaks.
    var isSpeaking: Bool { spoken.contains { $0.1.length == nil } }

    /// The one that was begun last.
    var last: UtteranceID? { spoken.last?.id }
}
