/// What a language model streams, without what is no answer. One value an answer.
///
/// It drops what is neither spoken, shown nor kept in the history:
/// - **thoughts**: `<think>…</think>` and its kind, `[THINK]`, `◁think▷`, the channels of gpt-oss other than `final`. A
///   thought that never closes takes everything with it;
/// - **tokens of chat templates**: `<|…|>`, `</s>`, `[INST]`. What follows a token that ends the answer is dropped;
/// - **tool calls** written as text, **data**: fenced blocks of JSON and the like, and JSON that stands by itself;
/// - **stage directions**: `*smiles*`, `(laughs softly)`;
/// - our mark of an interruption, and the agent's own name in front of its words.
///
/// **Streaming.** How the text is cut changes nothing. Text passes at once; only what may still become a mark is held, at
/// most some 130 scalars. Time is linear in the text, memory is bounded.
///
/// **A thought that began in the prompt.** Some templates write `<think>` themselves; the answer then begins inside of a
/// thought, and only `</think>` tells. Nothing is held back for that, because every other model would be slower. Instead
/// `read` reports `.retracted`: all text before it was a thought. A caller who has spoken nothing of it forgets it. This
/// happens at most once, and never after a thought whose beginning was seen.
public struct AnswerFilter: Sendable {
    /// What the filter makes of a piece.
    public enum Event: Equatable, Sendable {
        /// More of the answer; never empty.
        case text(String)
        /// All text so far was a thought, not the answer.
        case retracted
    }

    private var marks = ControlMarks()
    private var prefix: SpeakerPrefix
    private var data = DataBlocks()
    private var directions = StageDirections()
    private var seams = AnswerSeams()

    /// A filter for one answer.
    /// - Parameter speaker: the name of the agent that answers: models repeat it in front of their words. Empty: none.
    public init(speaker: String = "") { prefix = SpeakerPrefix(name: speaker) }

    /// Whether the answer is over, because the model wrote a token that ends it: the rest need not be read.
    public var hasEnded: Bool { marks.hasEnded }

    /// Takes the next piece of the model's text.
    /// - Returns: what of the answer is certain now.
    public mutating func read(_ piece: String) -> [Event] {
        let units = piece.unicodeScalars.map { AnswerUnit.text($0) }
        return Self.events(seams.pass(directions.pass(data.pass(prefix.pass(marks.pass(units))))))
    }

    /// Ends the text. Later pieces change nothing.
    /// - Returns: what was held back, as far as it is a part of the answer.
    public mutating func end() -> [Event] {
        Self.events(seams.end(directions.end(data.end(prefix.end(marks.end([]))))))
    }

    /// As `read`, for callers who cannot take anything back: the text only.
    public mutating func push(_ piece: String) -> String { Self.text(read(piece)) }

    /// As `end`, for callers who cannot take anything back: the text only.
    public mutating func finish() -> String { Self.text(end()) }

    private static func events(_ units: [AnswerUnit]) -> [Event] {
        var events: [Event] = []
        for part in units.split(omittingEmptySubsequences: false, whereSeparator: { $0 == .retraction }) {
            let text = part.compactMap { if case .text(let scalar) = $0 { scalar } else { nil } }.text
            if !events.isEmpty || part.startIndex > units.startIndex { events.append(.retracted) }
            if !text.isEmpty { events.append(.text(text)) }
        }
        return events
    }

    private static func text(_ events: [Event]) -> String {
        events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }
}

// MARK: Whole texts

extension AnswerFilter {
    /// The answer in `text`, which is all that a model wrote; without a thought that began in the prompt.
    /// - Parameter speaker: as in `init`.
    public static func answer(in text: String, speaker: String = "") -> String {
        var filter = AnswerFilter(speaker: speaker)
        return kept(filter.read(text) + filter.end())
    }

    /// `text` without thoughts, tokens of templates and tool calls, but with data: for a choice that a model makes.
    public static func choice(in text: String) -> String {
        var marks = ControlMarks()
        return kept(events(marks.end(text.unicodeScalars.map { .text($0) })))
    }

    private static func kept(_ events: [Event]) -> String {
        self.text(Array(events[(events.lastIndex(of: .retracted) ?? 0)...]))
    }
}

/// Whether `text` holds an answer that can be said: a letter or a digit, when thoughts, marks, data, markup and pictures are
/// gone. White space, `👍`, `...` and `—` cannot be said; `42` and `好` can.
public func isSayable(_ text: String) -> Bool {
    Markup.plain(AnswerFilter.answer(in: text), language: "en").unicodeScalars.contains { scalar in
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}
