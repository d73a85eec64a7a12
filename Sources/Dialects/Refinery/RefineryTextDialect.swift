import JSONText
import Session

/// The dialect of AI Refinery's text client, `WS /distiller/run/…`.
///
/// What it knows of its clients' habits:
/// - Each request ends with the status `complete`. What comes between two requests would end the next one too soon, so
///   nothing comes there: what is said before the first one is told with its answer, and later lines are not told.
/// - They read whole answers, each under the name of its agent.
/// - They call functions of their own, and answer nothing when these fail.
/// - A `HumanAgent` asks them as a function is called, before its request ends.
public struct RefineryTextDialect: Dialect {
    /// What is known of the response that answers.
    private struct Told {
        /// The last line that is no part of an answer.
        var aside: (role: String, text: String)?
        /// Who asked the caller.
        var asker: String?
        /// The last words of each agent.
        var words: [String: String] = [:]
    }

    /// So many lines are kept for the first answer: an announcement, a greeting, and questions after a silence.
    private static let mostOpening = 4

    private let project: RefineryProject
    private let functions: RefineryFunctions
    private var exchange = RefineryExchange()
    private var memory = RefineryMemory()
    private var told = Told()
    /// What was said before the first request; nil once that was told.
    private var opening: [Frame]? = []
    private var conversation = ConversationID("conv_000000000000")
    /// Requests that could not be used; they end with what says so.
    private var refused = 0
    /// Counts the client's messages, so that a warning can say which one it is about.
    private var received = 0

    /// A client that has just connected.
    public init(_ project: RefineryProject) {
        self.project = project
        functions = RefineryFunctions(executors: project.executors)
    }

    /// Its clients hear nothing.
    public var contract: ClientContract { ClientContract(knowsPauses: false) }

    // MARK: - From the client

    /// Reads one message.
    public mutating func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame]) {
        received += 1
        do throws(RefineryRequest.Failure) {
            switch try RefineryRequest.read(frame) {
            case .query(let words, let picture):
                exchange.ask()
                return ((picture.map { [.signal(.picture($0))] } ?? []) + [.signal(.text(words))], [])
            case .reply(let id, let content, let changes):
                // The agent goes on with what its function has changed.
                return ((changes.map { [memory.ask($0)] } ?? []) + [.signal(reply(id, content))], [])
            case .memory(let request): return ([memory.ask(request)], [])
            case .pong: return ([.signal(.ignored)], [])
            }
        } catch {
            if error.isAwaited { refused += 1 }
            return ([.signal(.malformed(error.problem(in: received)))], [])
        }
    }

    private func reply(_ id: String, _ content: String?) -> ClientSignal {
        if let call = CallID(named: id) { return .toolOutput(call, content ?? "null") }
        guard exchange.awaits(id) else {
            return .malformed(BadInput(code: "unknown_call", message: "no answer to that 'request_id' is awaited"))
        }
        // Whoever says nothing is waited for no longer than the project says.
        guard let content, content.contains(where: { !$0.isWhitespace }) else { return .ignored }
        return .text(String(String.UnicodeScalarView(content.unicodeScalars.prefix(ClientSignal.longestText))))
    }

    // MARK: - To the client

    /// Writes one event.
    public mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] {
        switch event {
        case .created(let session):
            conversation = session.id
            return []
        case .responseStarted(let id):
            guard exchange.begin(id) else { return [] }
            defer { opening = nil }
            told = Told()
            return opening ?? []
        case .agentTextDone(let source, let text):
            if text.isEmpty { return [] }
            guard exchange.isAnswering(source.response) else { return keep(source, text) }
            told.words[source.agent] = text
            return [.text(RefineryMessage.words(source.agent, text))]
        case .agentFiller(let source, let text):
            guard exchange.isAnswering(source.response) else { return keep(source, text) }
            told.aside = (source.agent, text)
            return []
        case .toolCalled(let source, let id, let tool, let arguments?):
            let arguments = functions.arguments(of: tool, called: source.agent, arguments)
            return [.text(RefineryMessage.wait(source.agent, id.name(in: conversation), arguments))]
        case .agentAsked(let id, let agent, _):
            if exchange.isAnswering(id) { told.asker = agent }
            return []
        case .responseDone(let id, _): return finish(id)
        case .memory(let report): return memory.answer(report)
        case .warning(let problem):
            return [.text(RefineryMessage.warning(problem))]
                + exchange.giveUp(problem, refused: &refused, memory: &memory)
        case .failure(let problem, let code):
            return [.text(RefineryMessage.failure(problem)), .close(code: code, reason: problem.code)]
        case .ended(let reason): return RefineryMessage.complete(exchange.open) + [RefineryMessage.close(reason)]
        case .heartbeat: return [.text(RefineryMessage.ping)]
        case .awaitsClient, .speechStarted, .speechStopped, .callerTranscript, .agentStarted, .agentFinished,
            .agentDraft,
            .agentCritique, .toolCalled, .toolFinished, .agentText, .agentAudio, .audioDone, .paused, .resumed,
            .interrupted, .vadFrame, .settings, .turnMetrics, .turnUsage:
            return []
        }
    }

    private mutating func keep(_ source: Attribution, _ text: String) -> [Frame] {
        if (opening?.count ?? .max) < Self.mostOpening {
            opening?.append(.text(RefineryMessage.words(source.agent, text)))
        }
        return []
    }

    /// The response is over: so are its requests, or the caller is asked.
    private mutating func finish(_ id: ResponseID) -> [Frame] {
        let question = told.asker.map { _ in "ask_" + id.name(in: conversation) }
        switch exchange.finish(id, question: question) {
        case .none: return []
        case .question(let name):
            let asker = told.asker ?? RefineryMessage.assistant
            let words = told.words[asker] ?? told.aside?.text ?? ""
            return [.text(RefineryMessage.wait(asker, name, [("query", .string(words))]))]
        case .over(let requests, let isInterrupted):
            let complete = RefineryMessage.complete(requests)
            if isInterrupted || !told.words.isEmpty { return complete }
            let line = told.aside ?? (RefineryMessage.assistant, project.apology)
            return [.text(RefineryMessage.words(line.role, line.text))] + complete
        }
    }

    // MARK: - Time

    /// It waits for nothing.
    public var wake: Duration? { nil }

    /// Nothing is due.
    public mutating func time(_ now: Duration) -> [Frame] { [] }
}
