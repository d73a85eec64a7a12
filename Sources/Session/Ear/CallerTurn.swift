import ProviderKit

/// What the caller says in one turn: utterances and typed words in the order in which they were begun. Pure.
///
/// Transcripts may arrive in any order; words, and what the client is shown of them, keep the order of speech.
struct CallerTurn: Equatable, Sendable {
    private enum Part: Equatable {
        /// Spoken now; what is known of its words.
        case speaking(UtteranceID, UtteranceWords)
        /// Spoken now, although its final words are here.
        case settled(UtteranceID, Transcribed)
        /// Spoken; its words are awaited.
        case awaited(UtteranceID, UtteranceWords)
        /// Spoken, but its words cannot be had; `isOver` once the caller is silent.
        case lost(UtteranceID, isOver: Bool)
        /// Words, and whether the client has been shown them.
        case words(Transcribed, isShown: Bool)
    }

    /// A turn has at most this many Unicode scalars.
    static let longest = 8000

    private var parts: [Part] = []
    private var scalars = 0
    private var pauses = 0
    /// When speech ended, the turn ended and the last words came.
    private(set) var marks: TurnTimings.Marks?

    /// Puts words first to which no answer was heard; of very long ones the end.
    mutating func prepend(_ words: String) {
        let kept = String(String.UnicodeScalarView(words.unicodeScalars.suffix(Self.longest)))
        if !kept.isEmpty { parts.insert(.words(typed(kept), isShown: true), at: 0) }
    }

    // MARK: - What is said

    /// Whether the caller speaks, recognized or not.
    var isSpeaking: Bool {
        parts.contains { part in
            switch part {
            case .speaking, .settled, .lost(_, isOver: false): true
            default: false
            }
        }
    }

    /// Whether nobody speaks and no words are awaited.
    var isComplete: Bool {
        parts.allSatisfy { part in
            switch part {
            case .words, .lost(_, isOver: true): true
            default: false
            }
        }
    }

    /// Whether words were lost.
    var hasLost: Bool {
        parts.contains { if case .lost = $0 { true } else { false } }
    }

    /// All final words.
    var words: String {
        parts.compactMap { if case .words(let said, _) = $0, !said.text.isEmpty { said.text } else { nil } }
            .joined(separator: " ")
    }

    /// The same, each utterance by itself.
    var remarks: [Remark] {
        parts.compactMap { part in
            guard case .words(let said, _) = part, !said.text.isEmpty else { return nil }
            return Remark(.caller, said.text, name: said.utterance.map { Said.utterance($0).name } ?? "")
        }
    }

    /// All words so far, interim ones as well.
    var wordsSoFar: String {
        parts.compactMap { part in
            switch part {
            case .speaking(_, let words), .awaited(_, let words): words.text.isEmpty ? nil : words.text
            case .settled(_, let said), .words(let said, _): said.text.isEmpty ? nil : said.text
            case .lost: nil
            }
        }.joined(separator: " ")
    }

    /// The pause that goes on: of which utterance, by its number, and whether the recognizer takes it for an end.
    var pause: (id: UtteranceID, number: Int, isSaidToEnd: Bool)? {
        for case .speaking(let id, let words) in parts {
            if let number = words.currentPause { return (id, number, words.isSaidToEnd) }
        }
        return nil
    }

    /// The caller begins an utterance.
    mutating func begin(_ id: UtteranceID) { parts.append(.speaking(id, UtteranceWords())) }

    /// The caller pauses: the words so far are to be settled.
    /// - Returns: of which utterance, and the number of the pause; nil when nothing is recognized.
    mutating func pauseSpeaking() -> (id: UtteranceID, number: Int)? {
        for case (let index, .speaking(let id, var words)) in parts.enumerated() {
            pauses += 1
            words.paused(pauses)
            parts[index] = .speaking(id, words)
            return (id, pauses)
        }
        return nil
    }

    /// The caller goes on after a pause.
    /// - Returns: the utterance whose words were asked for at that pause.
    mutating func resumeSpeaking() -> UtteranceID? {
        for case (let index, .speaking(let id, var words)) in parts.enumerated() {
            let wasAsked = words.resumed()
            parts[index] = .speaking(id, words)
            return wasAsked ? id : nil
        }
        return nil
    }

    /// The caller stops speaking.
    /// - Returns: the utterance that ends, and whether the recognizer is still at work on it; nil when nobody spoke.
    mutating func stop(marks: TurnTimings.Marks) -> (id: UtteranceID, isRecognized: Bool)? {
        self.marks = marks
        for (index, part) in parts.enumerated() {
            switch part {
            case .speaking(let id, let words):
                let said = words.areSettled ? said(id, words.text, words.confidence) : nil
                parts[index] = said.map { .words($0, isShown: false) } ?? .awaited(id, words)
                return (id, true)
            case .settled(let id, let said):
                parts[index] = .words(said, isShown: false)
                return (id, false)
            case .lost(let id, isOver: false):
                parts[index] = .lost(id, isOver: true)
                return (id, false)
            default: break
            }
        }
        return nil
    }

    /// Forgets the utterance that is being spoken.
    mutating func forgetSpeaking() -> UtteranceID? {
        var id: UtteranceID?
        for case .speaking(let spoken, _) in parts { id = spoken }
        for case .settled(let spoken, _) in parts { id = spoken }
        for case .lost(let spoken, isOver: false) in parts { id = spoken }
        parts.removeAll { part in
            switch part {
            case .speaking, .settled, .lost(_, isOver: false): true
            default: false
            }
        }
        return id
    }

    /// Whether so many words more can be taken.
    func hasRoom(for text: String) -> Bool { scalars + text.unicodeScalars.count <= Self.longest }

    /// The caller's typed words.
    /// - Returns: false when the turn would be too long; nothing is added then.
    mutating func type(_ text: String, isShown: Bool = false) -> Bool {
        guard hasRoom(for: text) else { return false }
        scalars += text.unicodeScalars.count
        parts.append(.words(typed(text), isShown: isShown))
        return true
    }

    /// Marks the turn as over at `now`, because its last words were typed.
    mutating func typed(now: Duration) { marks = TurnTimings.Marks(speechEnd: now, turnEnd: now, transcript: now) }

    /// Words of an utterance.
    /// - Returns: whether the utterance belongs to this turn, and the words count.
    mutating func transcribe(_ id: UtteranceID, _ transcript: Transcript, now: Duration) -> Bool {
        guard let index = index(of: id) else { return false }
        switch parts[index] {
        case .speaking(let id, _) where transcript.isFinal:
            marks?.transcript = now
            parts[index] = .settled(id, said(id, transcript.text, transcript.confidence))
        case .speaking(let id, var words):
            guard words.heard(transcript) else { return false }
            parts[index] = .speaking(id, words)
        case .awaited(let id, var words):
            guard transcript.isFinal || words.heard(transcript) else { return false }
            if transcript.isFinal || words.areSettled {
                marks?.transcript = now
                parts[index] = .words(said(id, transcript.text, transcript.confidence), isShown: false)
            } else {
                parts[index] = .awaited(id, words)
            }
        case .settled, .lost, .words: break
        }
        return true
    }

    /// As much of the words as there is room for; it is taken.
    private mutating func said(_ id: UtteranceID, _ text: String, _ confidence: Double?) -> Transcribed {
        let kept = String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(Self.longest - scalars, 0))))
        scalars += kept.unicodeScalars.count
        return Transcribed(utterance: id, text: kept, isFinal: true, confidence: confidence)
    }

    private func typed(_ text: String) -> Transcribed { Transcribed(utterance: nil, text: text, isFinal: true) }

    /// An utterance cannot be transcribed.
    /// - Returns: whether it belongs to this turn.
    mutating func lose(_ id: UtteranceID) -> Bool {
        guard let index = index(of: id) else { return false }
        if case .speaking = parts[index] {
            parts[index] = .lost(id, isOver: false)
        } else {
            parts[index] = .lost(id, isOver: true)
        }
        return true
    }

    /// Final words that can be shown now: those before which nothing is awaited.
    mutating func takeShowable() -> [Transcribed] {
        var shown: [Transcribed] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case .words(let said, isShown: false):
                parts[index] = .words(said, isShown: true)
                shown.append(said)
            case .words, .lost: continue
            case .speaking, .settled, .awaited: return shown
            }
        }
        return shown
    }

    /// Whether interim words of that utterance may be shown: it is being spoken, and nothing before it is awaited.
    func mayShowInterim(of id: UtteranceID) -> Bool {
        for part in parts {
            switch part {
            case .speaking(let first, _): return first == id
            case .words, .lost: continue
            case .awaited, .settled: return false
            }
        }
        return false
    }

    private func index(of id: UtteranceID) -> Int? {
        parts.firstIndex { part in
            switch part {
            case .speaking(let other, _), .awaited(let other, _): other == id
            case .settled, .words, .lost: false
            }
        }
    }
}
