import ProjectModel
import Projects
import ProviderKit
import Session
import TurnTaking

/// A conversation on virtual time.
public struct RehearsedCall: ScenarioCall {
    /// Gives the real model of a project where a scenario scripts none.
    public typealias Models = @Sendable (ModelChain) -> any LanguageModel

    /// From a question to a real model's first word: on virtual time its own speed does not count.
    private static let modelDelay: Duration = .milliseconds(300)
    /// How long a tool takes on virtual time: long enough to be spoken over.
    private static let toolDelay: Duration = .milliseconds(1500)
    /// Between the caller's last word and the end of the turn.
    private static let margin: Duration = .milliseconds(800)

    /// What has happened so far.
    public private(set) var trace = CallTrace()
    /// How long nothing happens when nothing more will come of a line.
    public let rest: Duration
    /// What the scenario's script could not give, each in one sentence.
    public private(set) var problems: [String] = []
    private var rehearsal: Rehearsal
    private var script: ScriptedModel?
    private let models: Models?
    private let tools: (any ToolExecutor)?
    /// Names this run, so that no call has the name of one in an earlier run.
    private let run: String
    /// Calls so far.
    private var count = 0
    /// Responses of which something came.
    private var fruitful: Set<ResponseID> = []
    private let name: (ResponseID) -> String = { $0.name(in: ConversationID("conv_rehearsal00001")) }

    /// Begins a conversation.
    /// - Parameters:
    ///   - replies: what the language model says; empty: `models` are asked.
    ///   - tools: carries out what agents call; nil: every call fails.
    ///   - run: names this run; a tool is never called twice under one name.
    ///   - clock: what models are told of date and time.
    public init(
        _ project: Project, replies: [ScriptedReply], models: Models? = nil, tools: (any ToolExecutor)? = nil,
        run: String = "rehearsal", clock: WallClock? = nil
    ) {
        rehearsal = Rehearsal(project, clock: clock)
        script = replies.isEmpty && models != nil ? nil : ScriptedModel(replies)
        self.models = models
        self.tools = tools
        self.run = run
        rest = project.audio.endpointing.longestSilence + Self.margin
    }

    /// The time since the conversation began.
    public var now: Duration { rehearsal.now }

    /// The caller types.
    public mutating func type(_ words: String) {
        trace.append(.line(until: now), at: now)
        rehearsal.type(words)
        note()
    }

    /// The caller begins to speak.
    public mutating func speak(_ words: String) {
        trace.append(.line(until: rehearsal.speak(words)), at: now)
        note()
    }

    /// Lets the conversation go on until the condition holds, at most for `patience`.
    /// - Throws: `CancellationError`.
    public mutating func proceed(
        within patience: Duration, until condition: (CallTrace, Duration) -> Bool
    ) async throws -> Bool {
        let limit = now + patience
        while !condition(trace, now) {
            if now >= limit { return false }
            try Task.checkCancellation()
            for question in rehearsal.takeQuestions() { await answer(question) }
            for call in rehearsal.takeCalls() { await carryOut(call) }
            rehearsal.step()
            note()
        }
        return true
    }

    // MARK: - The models

    private mutating func answer(_ question: RehearsalQuestion) async {
        guard var script else {
            let text = await models?(question.models).text(for: question.request)
            return rehearsal.answer(question, with: text, after: Self.modelDelay)
        }
        for response in script.responses where response != question.response && !fruitful.contains(response) {
            script.forget(response)
        }
        do throws(ScriptedModel.Exhausted) {
            let reply = try script.reply(to: question.request, for: question.response)
            let calls = reply.calls.map { ToolCall(id: "scripted", name: $0.name, arguments: $0.arguments) }
            // What was called is done, whatever is said of it.
            if !calls.isEmpty { fruitful.insert(question.response) }
            rehearsal.answer(
                question, with: reply.fails ? nil : reply.text, calling: calls, after: reply.delay)
        } catch {
            problems.append(
                "the model has no reply left for \(error.agent), whose last message is \"\(error.lastMessage)\"")
            rehearsal.answer(question, with: nil, after: .zero)
        }
        self.script = script
    }

    private mutating func carryOut(_ call: RehearsalCall) async {
        var invocation = call.invocation
        count += 1
        invocation.key = "\(run)_\(count)"
        trace.append(
            .toolCalled(key: invocation.key, tool: invocation.tool, arguments: invocation.arguments), at: now)
        let outcome = await tools?.call(invocation) ?? .failed(.unavailable, "No tools can be called here.")
        trace.append(.toolFinished(key: invocation.key), at: now)
        rehearsal.finish(call, outcome, after: Self.toolDelay)
    }

    // MARK: - What happens

    private mutating func note() {
        for event in rehearsal.takeEvents() {
            switch event.content {
            case .played(let source, let length): trace.append(.played(item: item(source), length), at: event.at)
            case .told(let told): note(told, at: event.at)
            }
        }
    }

    private mutating func note(_ event: ConversationEvent, at time: Duration) {
        switch event {
        case .responseStarted(let id): trace.append(.responseStarted(name(id)), at: time)
        case .agentText(let source, let text): said(source, text, isFiller: false, at: time)
        case .agentFiller(let source, let text): said(source, text, isFiller: true, at: time)
        case .paused: trace.append(.silenced, at: time)
        case .interrupted(_, let agent, let heard):
            trace.append(.interrupted(agent: agent, heard: heard), at: time)
        case .responseDone(let id, let status):
            if status == .cancelled { trace.append(.silenced, at: time) }
            trace.append(.responseDone(name(id)), at: time)
        case .failure, .ended: trace.append(.ended, at: time)
        default: break
        }
    }

    private mutating func said(_ source: Attribution, _ text: String, isFiller: Bool, at time: Duration) {
        fruitful.insert(source.response)
        trace.append(.said(item: item(source), agent: source.agent, text, isFiller: isFiller), at: time)
    }

    private func item(_ source: Attribution) -> String {
        source.item.name(in: ConversationID("conv_rehearsal00001"))
    }
}

extension LanguageModel {
    /// All that it writes; nil when it fails.
    fileprivate func text(for request: GenerationRequest) async -> String? {
        let text = Collected()
        do {
            try await generate(request) { piece in
                if case .text(let part) = piece { await text.append(part) }
            }
        } catch { return nil }
        return await text.whole
    }
}

private actor Collected {
    private(set) var whole = ""

    func append(_ part: String) { whole += part }
}
