import ProviderKit

/// What is known of the words of an utterance that is not settled. Pure.
///
/// At a pause the recognizer is asked for its last word on what was said so far. The answer holds while the pause goes on; what
/// the caller says afterwards revises it, and so does anything else that the recognizer hears.
struct UtteranceWords: Equatable, Sendable {
    /// How far the last pause has come, by its number.
    private enum Pause: Equatable {
        /// The caller is not pausing. Exits: `asked`.
        case none
        /// The words up to it were asked for. Exits: `answered`, `none`.
        case asked(Int)
        /// They are here. Exits: `revised`, `none`.
        case answered(Int)
        /// More was heard than the answer says: the final transcript decides. Exits: `none`.
        case revised(Int)
    }

    /// All words so far.
    private(set) var text = ""
    /// How sure the recognizer is of them; nil when it does not say.
    private(set) var confidence: Double?
    private var pause: Pause = .none
    /// Whether the recognizer takes it that the caller has stopped speaking.
    private(set) var isSaidToEnd = false

    /// The pause that goes on.
    var currentPause: Int? {
        switch pause {
        case .none: nil
        case .asked(let number), .answered(let number), .revised(let number): number
        }
    }

    /// Whether these are all words of the utterance, if it ends with the pause that goes on.
    var areSettled: Bool { if case .answered = pause { true } else { false } }

    /// The caller pauses.
    mutating func paused(_ number: Int) { pause = .asked(number) }

    /// The caller goes on.
    /// - Returns: whether the recognizer was asked at the pause before.
    mutating func resumed() -> Bool {
        defer { (pause, isSaidToEnd) = (.none, false) }
        return currentPause != nil
    }

    /// Words that are not final.
    /// - Returns: whether they count; the answer to a pause that is over does not.
    mutating func heard(_ transcript: Transcript) -> Bool {
        let isNews = transcript.text != text
        if case .pause(let number) = transcript.mark {
            guard pause == .asked(number) else { return false }
            pause = .answered(number)
        } else if isNews, case .answered(let number) = pause {
            pause = .revised(number)
        }
        text = transcript.text
        confidence = transcript.confidence
        isSaidToEnd = transcript.mark == .endOfSpeech || (isSaidToEnd && !isNews)
        return true
    }
}
