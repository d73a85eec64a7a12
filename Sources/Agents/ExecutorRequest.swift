import JSONText
import ProjectModel
import ProviderKit

/// What a call is told that makes an agent's whole answer: the caller's words, and what the file asks for beside them.
///
/// Each part has a share of the bytes that a call may have, so that a long conversation never keeps a call from leaving.
public struct ExecutorRequest: Sendable {
    /// Shares in bytes of JSON. With the names they stay below 32,000.
    private enum Share {
        static let (words, goal, answers, history, earlier, variables) = (11_000, 500, 4000, 4000, 1500, 1000)
        /// So many answers, and so many variables, are told.
        static let (mostAnswers, mostVariables) = (10, 20)
    }

    private var words: String
    private var members: [(String, JSON)] = []

    /// - Parameters:
    ///   - brief: the caller's words, and the answers of agents before it.
    ///   - settings: a JSON object that the file gives the function.
    ///   - history: what was said before; nil when it is not told.
    ///   - earlier: relevant rounds; nil when they are not told.
    ///   - variables: what is known by name.
    ///   - date: date and time in words; nil when they are not told.
    public init(
        _ brief: Brief, settings: String?, history: ConversationHistory?,
        earlier: [[ConversationHistory.Entry]]?, variables: [PromptMemory.Variable], date: String?
    ) {
        words = brief.callerWords
        if let goal = brief.goal, !goal.isEmpty { add("goal", .string(Self.cut(goal, to: Share.goal))) }
        if !brief.parents.isEmpty {
            let nearest = brief.parents.suffix(Share.mostAnswers)
            let share = Share.answers / nearest.count - 150
            add(
                "answers",
                .array(
                    nearest.map {
                        .object([
                            ("agent", .string(Self.cut($0.agent, to: 100))),
                            ("text", .string(Self.cut($0.text, to: share))),
                        ])
                    }))
        }
        if let settings, let json = try? JSON(reading: settings) { add("config", json) }
        if let history { add("chat_history", .string(Self.lines(history.entries, within: Share.history))) }
        if let earlier {
            add("relevant_chat_history", .string(Self.lines(earlier.flatMap(\.self), within: Share.earlier)))
        }
        if !variables.isEmpty {
            let told = variables.prefix(Share.mostVariables)
            let share = Share.variables / told.count
            add(
                "env_variable",
                .object(told.map { (Self.cut($0.name, to: 40), .string(Self.cut($0.value, to: share))) }))
        }
        if let date { add("date", .string(date)) }
    }

    /// A JSON object, as text.
    /// - Parameter name: of the caller's words.
    public func arguments(as name: String) -> String {
        JSON.object([(name, .string(Self.cut(words, to: Share.words)))] + members).text
    }

    private mutating func add(_ name: String, _ value: JSON) { members.append((name, value)) }

    /// The last of what was said, a line each, the oldest first.
    private static func lines(_ entries: [ConversationHistory.Entry], within share: Int) -> String {
        var lines: [String] = []
        var left = share
        for entry in entries.reversed() {
            let speaker: String
            switch entry.speaker {
            case .caller: speaker = "caller"
            case .agent(let name): speaker = name ?? "orchestrator"
            // What a call came to stands in an answer.
            case .tool: continue
            }
            let line = cut("\(speaker): \(Prompt.oneLine(entry.text))", to: min(left - 2, share / 2))
            left -= JSON.string(line).text.utf8.count
            if line.isEmpty || left < 0 { break }
            lines.append(line)
        }
        return lines.reversed().joined(separator: "\n")
    }

    /// The beginning of `text` that takes at most so many bytes of JSON.
    private static func cut(_ text: String, to bytes: Int) -> String {
        if JSON.string(text).text.utf8.count <= bytes + 2 { return text }
        var (kept, left) = (String.UnicodeScalarView(), bytes - 3)
        for scalar in text.unicodeScalars {
            left -= JSON.string(String(scalar)).text.utf8.count - 2
            if left < 0 { break }
            kept.append(scalar)
        }
        return kept.isEmpty ? "" : String(kept) + "…"
    }
}

/// Reads what a call came to that makes an agent's whole answer.
public enum ExecutorAnswer {
    /// The answer: a JSON string without its quotes, and anything else as it is. nil when the call failed, or came to nothing.
    public static func text(of outcome: ToolOutcome) -> String? {
        guard case .result(let result) = outcome else { return nil }
        guard let json = try? JSON(reading: result) else { return nonempty(result) }
        if json == .null { return nil }
        // An executor that answers without a word: its status stands in the place of a body.
        if case .object(let members) = json, members.map(\.0) == ["status"], members[0].1.number != nil { return nil }
        return nonempty(json.string ?? result)
    }

    private static func nonempty(_ text: String) -> String? { text.allSatisfy(\.isWhitespace) ? nil : text }
}
