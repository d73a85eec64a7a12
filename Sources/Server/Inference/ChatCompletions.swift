import Dialects
import Foundation
import JSONText
import Network
import ProjectModel
import Projects
import Session

/// `POST /v1/chat/completions`: a project, or a language model, answers one question.
///
/// Source: OpenAI's API reference; what `air.chat` of airefinery-sdk 1.33.2 reads of it.
extension InferenceRoutes {
    /// The longest question with all that was said before, in Unicode scalars: what a caller's turn may have.
    private static let longestQuestion = 8000

    func chat(_ request: HTTPRequest, _ place: InferenceMeasures.Place) async throws -> HTTPResponse {
        let body = try Self.body(request)
        let question = try Self.question(body["messages"])
        for field in ["tools", "functions", "response_format", "audio"] {
            if let value = body[field], value != .null, value != .array([]) {
                throw Refusal(
                    "unsupported_field", "'\(field)' is not supported: a project says what its agents use")
            }
        }
        if let count = body["n"]?.number, count != 1 { throw Refusal("unsupported_field", "'n' is 1") }
        let name = body["model"]?.string ?? ""
        let project = try answerer(name)
        let id = "chatcmpl-" + UUID().uuidString.lowercased()
        let chunks = ChatChunks(id: id, model: name, created: Int(Date().timeIntervalSince1970))
        guard body["stream"] == .bool(true) else {
            var answers: [String] = []
            let status = await ask(question, project) {
                answers.append($0.text)
                return true
            }
            if status == ResponseStatus.failed.rawValue || answers.isEmpty {
                throw Refusal(502, "provider_failed", "no agent could answer")
            }
            return .json(Array(chunks.whole(answers.joined(separator: "\n\n")).text.utf8))
        }
        let headers = [
            (name: "Content-Type", value: "text/event-stream"),
            (name: "Cache-Control", value: "no-cache"),
        ]
        return .stream(headers: headers) { [self] writer in
            await writer.write(chunks.event(chunks.begin))
            var gap = ""
            _ = await ask(question, project) { answer in
                defer { gap = "\n\n" }
                return await writer.write(chunks.event(chunks.piece(gap + answer.text)))
            }
            await writer.write(chunks.event(chunks.end))
            await writer.write(Array("data: [DONE]\n\n".utf8))
            withExtendedLifetime(place) {}
        }
    }

    /// Who answers: a project by its name, or a project that is one model.
    private func answerer(_ name: String) throws(Refusal) -> Project {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        if let first = parts.first, parts.count == 1 || Int(parts[1]) != nil,
            let project = registry.project(named: first, version: parts.count == 2 ? Int(parts[1]) : nil)
        {
            return project
        }
        guard name.contains("/") else {
            throw Refusal(
                404, "unknown_model", "there is no such project; language models are named Provider/name")
        }
        let model = try Self.model(name)
        let project = Self.project { project in
            var agent = Agent(name: "assistant", languageModel: ModelChain(model))
            agent.program = .utility(prompt: "{query}")
            project.agents = [agent]
            project.orchestrator.agentNames = [agent.name]
        }
        if let fallback = catalog.cast(project).engines.fallbacks.first(where: { $0.wanted == name }) {
            throw Refusal(404, "unknown_model", "the model cannot be asked here: \(fallback.reason)")
        }
        return project
    }

    /// The last message, after what was said before it.
    private static func question(_ messages: JSON?) throws(Refusal) -> String {
        guard case .array(let messages)? = messages, let last = messages.last else {
            throw Refusal("missing_field", "'messages' is a list with at least one message")
        }
        guard last["role"]?.string == "user" else {
            throw Refusal("invalid_field", "the last of 'messages' has the role 'user'")
        }
        let words = try text(last)
        guard words.contains(where: { !$0.isWhitespace }) else {
            throw Refusal("empty_text", "the last of 'messages' has no words")
        }
        guard words.unicodeScalars.count <= longestQuestion else {
            throw Refusal(
                "text_too_long", "the last of 'messages' may have \(longestQuestion) characters")
        }
        var lines: [String] = []
        var room = longestQuestion - words.unicodeScalars.count - 100
        // The nearest come first where there is no room for all.
        for message in messages.dropLast().reversed() {
            let said = try text(message)
            let line = "\(message["role"]?.string ?? "user"): \(said)"
            room -= line.unicodeScalars.count + 1
            if room < 0 { break }
            lines.append(line)
        }
        if lines.isEmpty { return words }
        return
            "(Said before:\n\(lines.reversed().joined(separator: "\n"))\nNow the user says:)\n\(words)"
    }

    /// The words of a message: text, or a list of parts.
    private static func text(_ message: JSON) throws(Refusal) -> String {
        switch message["content"] {
        case .array(let parts)?:
            guard parts.allSatisfy({ $0["type"]?.string == "text" }) else {
                throw Refusal("unsupported_field", "the parts of 'content' are of the type 'text'")
            }
            return parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
        case let content?: return content.string ?? ""
        case nil: return ""
        }
    }

    /// Holds a conversation of one question.
    /// - Parameter answer: takes what each agent says; false: nobody wants more.
    /// - Returns: how its response ended.
    private func ask(
        _ question: String, _ project: Project, answer: (ChatDialect.Answer) async -> Bool
    ) async -> String {
        let cast = catalog.cast(project)
        var silent = cast.project.readAloudByNobody
        // Nobody is greeted, and nothing is kept of a request.
        (silent.recording, silent.call) = (RecordingPolicy(), CallRules())
        let (frames, source) = AsyncStream.makeStream(of: Frame.self)
        let conversation = Conversation(
            id: .make(), project: silent, engines: cast.engines,
            wallClock: .now(in: project.orchestrator.timeZone),
            forms: forms, dialect: ChatDialect(apology: silent.shownApology), send: { source.yield($0) })
        return await withTaskGroup(of: Void.self, returning: String.self) { group in
            group.addTask {
                await conversation.run()
                source.finish()
            }
            defer { conversation.end() }
            await conversation.post(.text(question))
            for await frame in frames {
                if case .close(_, let reason) = frame { return reason }
                if let said = ChatDialect.Answer(frame), !(await answer(said)) { break }
            }
            return ResponseStatus.cancelled.rawValue
        }
    }
}

/// The parts of one answer, as programs read them.
private struct ChatChunks: Sendable {
    let id: String
    let model: String
    /// In seconds since 1970.
    let created: Int

    var begin: JSON {
        chunk([("role", .string("assistant")), ("content", .string(""))], reason: nil)
    }
    var end: JSON { chunk([], reason: "stop") }

    func piece(_ text: String) -> JSON { chunk([("content", .string(text))], reason: nil) }

    func event(_ json: JSON) -> [UInt8] { Array("data: \(json.text)\n\n".utf8) }

    func whole(_ text: String) -> JSON {
        let message = JSON.object([("role", .string("assistant")), ("content", .string(text))])
        return object(
            "chat.completion",
            [("index", .int(0)), ("message", message), ("finish_reason", .string("stop"))])
    }

    private func chunk(_ delta: [(String, JSON)], reason: String?) -> JSON {
        object(
            "chat.completion.chunk",
            [
                ("index", .int(0)), ("delta", .object(delta)),
                ("finish_reason", reason.map(JSON.string) ?? .null),
            ])
    }

    private func object(_ kind: String, _ choice: [(String, JSON)]) -> JSON {
        .object([
            ("id", .string(id)), ("object", .string(kind)), ("created", .int(created)),
            ("model", .string(model)),
            ("choices", .array([.object(choice)])),
        ])
    }
}
