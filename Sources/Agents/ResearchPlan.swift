import JSONText
import ProviderKit
import SpeechText

/// What a model wants looked up, or asked.
public struct ResearchPlan: Equatable, Sendable {
    /// So many characters of a model's answer are read.
    public static let longestAnswer = 8_000
    /// A question is cut at this many Unicode scalars.
    public static let longestQuestion = 300

    /// What is looked up; each once.
    public var questions: [String]
    /// What the caller is asked; nil: nothing.
    public var question: String?

    /// Reads the answer of a model that was asked for `AnswerForm.questions`, with prose around it perhaps. Thoughts are
    /// ignored.
    /// - Parameter most: further questions are left out.
    /// - Returns: nil when it holds neither questions nor one to the caller.
    public static func read(_ text: String, most: Int) -> ResearchPlan? {
        for candidate in EmbeddedJSON.candidates(in: AnswerFilter.choice(in: String(text.prefix(longestAnswer)))) {
            guard let value = try? JSON(reading: candidate), case .array(let items)? = value["questions"] else {
                continue
            }
            var questions: [String] = []
            for question in items.lazy.compactMap(\.string).map(plain) where questions.count < most {
                let isKnown = questions.contains { $0.lowercased() == question.lowercased() }
                if isSayable(question), !isKnown { questions.append(question) }
            }
            let question = value["clarify"]?.string.map(plain).flatMap { isSayable($0) ? $0 : nil }
            return ResearchPlan(questions: questions, question: question)
        }
        return nil
    }

    private static func plain(_ text: String) -> String {
        String(Prompt.oneLine(text).unicodeScalars.drop { $0.properties.isWhitespace }.prefix(longestQuestion))
    }
}

/// What a model is told that has to say what is looked up, behind the chat in which it answers.
extension [ChatMessage] {
    /// Adds what is asked of it; nothing for other tasks.
    public mutating func plan(for task: Brief.Task) {
        guard case .study(let study) = task else { return }
        say(.user, (study.asked.isEmpty ? Self.planning(study) : Self.reviewing(study)) + "\n" + Self.form)
    }

    private static func planning(_ study: Brief.Study) -> String {
        let asking =
            study.mayAskCaller
            ? """
            If you cannot know what the caller wants without asking, write one short question to the caller under \
            "clarify", and no other questions. Else leave "clarify" empty.
            """ : "Leave \"clarify\" empty."
        return """
            Do not answer yet: plan a research. Write what has to be looked up, as \(study.most) questions at most. \
            Each is short, and complete in itself. \(asking)
            """
    }

    private static func reviewing(_ study: Brief.Study) -> String {
        let asked = study.asked.map { "* " + Mark.escaped(Prompt.oneLine($0)) }.joined(separator: "\n")
        return """
            Do not answer yet: check a research. This was looked up, and the passages above were found:
            \(asked)
            If something is missing that the answer needs, write it as \(study.most) further questions at most. \
            Each is short, and complete in itself. If nothing is missing, write none. Leave "clarify" empty.
            """
    }

    private static let form = """
        Call nothing. Reply with JSON only: {"questions": ["what to look up"], "clarify": ""}.
        """
}
