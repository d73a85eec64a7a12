import ProviderKit
import SpeechText

/// Which member of a team works next, and what it is asked.
public enum NextStep: Equatable, Sendable {
    /// Nothing more is to be done.
    case nobody
    /// That member; asked that, or nil: what the caller says.
    case member(String, words: String?)

    /// Reads the answer of a model that was asked who of `names` works next.
    ///
    /// A name is read as `Choice` does it; the words stand in JSON only, under `task`.
    /// - Returns: nil when the answer names none of them, or several.
    public static func read(_ text: String, among names: [String]) -> NextStep? {
        let text = AnswerFilter.choice(in: String(text.prefix(Assignment.longestAnswer)))
        guard let name = Choice.read(text, among: names + [AnswerForm.nobody]) else { return nil }
        if !names.contains(name) { return .nobody }
        let task = EmbeddedJSON.values(in: text).lazy.compactMap { ($0 as? [String: Any])?["task"] as? String }.first
        return .member(name, words: task.flatMap(Assignment.cut))
    }
}
