import Foundation
import ProjectModel

/// What a prompt says beside the work itself. The clock is the owner's: the time comes in as text.
public struct PromptContext: Equatable, Sendable {
    /// The language of the answer, a BCP-47 tag such as `de-DE`; nil leaves it to the model.
    public var language: String?
    /// The language that the caller speaks, a BCP-47 tag; nil says nothing.
    public var callerLanguage: String?
    /// Date, time and time zone in words, such as `Saturday, 28 November 2026, 18:44 (Europe/Berlin)`; nil says nothing.
    public var now: String?
    /// What the project knows by name.
    public var variables: [PromptMemory.Variable]
    /// Earlier rounds that have to do with what the caller says now, the most relevant first.
    public var earlier: [[ConversationHistory.Entry]] = []
    /// What the project adds to the orders of whoever chooses an agent; nil adds nothing.
    public var routingOrder: String?
    /// What the agent's tools ask of it, a line each.
    public var toolNotes: [String] = []
    /// What the client orders of whoever answers, beside the project.
    public var clientOrders: [String] = []
    /// Whether the caller has shown a picture, for an agent that looks at it and for whoever chooses agents.
    public var hasPicture = false

    /// What a prompt says beside the work itself.
    public init(
        language: String? = nil, callerLanguage: String? = nil, now: String? = nil,
        variables: [PromptMemory.Variable] = [], routingOrder: String? = nil
    ) {
        self.language = language
        self.callerLanguage = callerLanguage
        self.now = now
        self.variables = variables
        self.routingOrder = routingOrder
    }

    /// Asks for the language: `Answer in German (de-DE).`
    var languageOrder: String? {
        guard let language, !language.isEmpty else { return nil }
        let name = Self.englishName(of: language)
        return name.map { "Answer in \($0) (\(language))." } ?? "Answer in the language \(language)."
    }

    /// Says what the caller speaks, to whoever only decides: `The caller speaks German (de-DE).`
    var callerNote: String? {
        guard let callerLanguage, !callerLanguage.isEmpty else { return nil }
        return Self.englishName(of: callerLanguage).map { "The caller speaks \($0) (\(callerLanguage))." }
    }

    /// Says what time it is.
    var timeNote: String? { now.map { "It is \($0)." } }

    /// Says that there is a picture, to whoever only decides.
    var pictureNote: String? { hasPicture ? "The caller has shown a picture, now or before." : nil }

    /// Says what is known by name, a line each.
    var variablesNote: String? {
        if variables.isEmpty { return nil }
        let lines = variables.map { "* \(Prompt.oneLine($0.name)): \(Prompt.oneLine($0.value))" }
        return (["What is known:"] + lines).joined(separator: "\n")
    }

    /// The language's name in English, without region and script; nil for a language that is not known.
    static func englishName(of tag: String) -> String? {
        guard let code = tag.split(whereSeparator: { $0 == "-" || $0 == "_" }).first?.lowercased() else { return nil }
        let name = Locale(identifier: "en_US").localizedString(forLanguageCode: code)
        return name.flatMap { $0.lowercased() == code ? nil : $0 }
    }
}
