import ProviderConformance
import TestSupport
import Testing

@testable import ProviderKit

/// Answers that go on when their model does not.
struct GenerationChainTests {
    private static let answer =
        "First look at your rates, then at the fees. After that compare: what does it cost you, and when?"
        .split(separator: " ").map(String.init)
    private static let request = GenerationRequest(
        brief: Brief(task: .plan, agentName: "A", callerWords: "hello"),
        messages: [ChatMessage(role: .user, content: "hello")],
        tools: [ToolDefinition(name: "order", description: "Orders.", parameters: "{}")])

    private struct Outcome {
        var text = ""
        var calls: [ToolCall] = []
        var usages = 0
        var pieces: [String] = []
        var reports: [ProviderReport] = []
        var failure: ProviderError?
    }

    private static func run(
        _ chain: GenerationChain, _ time: VirtualTime, slow: Bool = false, request: GenerationRequest = request
    ) throws -> Outcome {
        let pieces = Collected<GenerationPiece>()
        let reports = Collected<ProviderReport>()
        var outcome = Outcome()
        do {
            try time.run {
                try await chain.generate(request, report: { reports.add($0) }) { piece in
                    if slow { try await time.clock.sleep(for: .seconds(9)) }
                    pieces.add(piece)
                }
            }
        } catch { outcome.failure = try #require(error as? ProviderError) }
        for piece in pieces.all {
            switch piece {
            case .text(let text): outcome.pieces.append(text)
            case .toolCall(let call): outcome.calls.append(call)
            case .usage: outcome.usages += 1
            }
        }
        outcome.text = outcome.pieces.joined()
        outcome.reports = reports.all
        return outcome
    }

    @Test(arguments: 0..<600)
    func theAnswerIsWholeAndNothingIsSaidTwice(seed: Int) throws {
        var seeded = Seeded(seed)
        let time = VirtualTime()
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        let hasCalls = Int.random(in: 0..<3, using: &seeded) == 0
        let calls = ["a", "b"].map { ToolCall(id: $0, name: "order", arguments: "{}") }
        let links = (0..<Int.random(in: 1...4, using: &seeded)).map { index in
            let model = ScriptedModel(
                name: "Test/\(index)", stage: stage,
                fates: Fates((0..<3).map { _ in Fate.random(pieces: 40, using: &seeded) }), answer: Self.answer,
                manner: ScriptedModel.Manner.allCases.randomElement(using: &seeded) ?? .goesOn,
                calls: hasCalls ? calls.map { ToolCall(id: "\(index)\($0.id)", name: $0.name, arguments: "{}") } : [],
                pause: .milliseconds(.random(in: 0...50, using: &seeded)), width: .random(in: 1...12, using: &seeded))
            return ChainLink(model, breaker: CircuitBreaker(clock: clock))
        }
        let chain = GenerationChain(
            links, deadlines: PieceDeadlines(first: .seconds(8), between: .seconds(3)),
            policy: RetryPolicy(attempts: .random(in: 1...3, using: &seeded)), clock: clock)
        let outcome = try Self.run(chain, time, slow: .random(using: &seeded))

        #expect(stage.running == 0 && time.clock.sleeping == 0)
        let whole = Self.answer.joined(separator: " ")
        #expect(whole.hasPrefix(outcome.text))
        if outcome.failure == nil {
            #expect(outcome.text == whole)
            #expect(outcome.calls.isEmpty != hasCalls)
        }
        // All calls are one model's.
        #expect(Set(outcome.calls.map { $0.id.prefix(1) }).count <= 1)
        #expect(outcome.usages <= 1)
        #expect(outcome.reports.reduce(0) { $0 + $1.characters } == outcome.text.count)
        #expect(outcome.reports.count { $0.outcome != .skipped } == stage.calls.count)
        #expect(outcome.failure == nil || outcome.reports.allSatisfy { $0.outcome != .completed })
    }

    @Test func aLocalModelIsPassedThroughAsItIs() throws {
        let time = VirtualTime()
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock)
        let model = ScriptedModel(name: "Local/X", stage: stage, fates: Fates([.well]), answer: ["Hello", "there"])
        let chain = GenerationChain(
            [ChainLink(model, breaker: CircuitBreaker(clock: clock))], deadlines: nil, policy: .once, clock: clock)
        let outcome = try Self.run(chain, time)
        #expect(outcome.pieces == ["Hel", "lo ", "the", "re"])
        #expect(outcome.reports.map(\.tokens) == [TokenUsage(input: 10, output: 4)])
    }

    /// Of two engines, the second is asked what the first was, and what the first has written.
    @Test func theNextModelIsToldWhatWasWritten() throws {
        struct Listener: LanguageModel {
            let name = "Test/1"
            let heard: Collected<GenerationRequest>
            func generate(
                _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
            ) async throws {
                heard.add(request)
                try await emit(.text("rates."))
            }
        }
        let time = VirtualTime()
        let clock = ChainClock(time.clock)
        let heard = Collected<GenerationRequest>()
        let first = ScriptedModel(
            name: "Test/0", stage: Stage(clock: time.clock),
            fates: Fates([.fails(after: 5, .unavailable, retryAfter: nil)]), answer: Self.answer)
        let chain = GenerationChain(
            [
                ChainLink(first, breaker: CircuitBreaker(clock: clock)),
                ChainLink(Listener(heard: heard), breaker: CircuitBreaker(clock: clock)),
            ], deadlines: nil, clock: clock)
        let outcome = try Self.run(chain, time)
        // Five pieces of three: "First look at y", of which the last word was not complete.
        #expect(outcome.text == "First look at rates.")
        let messages = heard.all[0].messages
        #expect(messages.dropLast().map(\.content) == ["hello", "First look at "])
        #expect(messages.map(\.role) == [.user, .assistant, .user])
    }

    /// Whatever chat was begun with, one that goes on takes turns and ends with the user.
    @Test(arguments: [
        [ChatMessage.Role.system, .user], [.system, .user, .assistant, .user], [.system, .user, .assistant], [.user],
    ])
    func aChatThatGoesOnTakesTurns(roles: [ChatMessage.Role]) {
        var request = Self.request
        request.messages = roles.map { ChatMessage(role: $0, content: "x") }
        request.written = "First look"
        var progress = GenerationProgress(request, canContinue: true)
        for _ in 0..<2 {
            let messages = progress.begin().messages
            #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.role != $1.role })
            #expect(messages.last?.role == .user)
            let parts = messages.dropFirst(roles.count - 1).filter { $0.content.contains("First look") }
            #expect(parts.map(\.role) == [.assistant])
        }
    }

    /// Half a value is none: what the first model left unfinished is neither given out nor told to the second.
    @Test func aChoiceIsGivenOutWhole() throws {
        var request = Self.request
        request.form = .choice(of: ["Stock", "Bond"])
        request.written = "{\"age"
        var progress = GenerationProgress(request, canContinue: true)
        for pieces in [[#"{"agent": "#, #""St"#], [#"{"agent": "Bond"}"#, " "]] {
            let asked = progress.begin()
            #expect(asked.messages == request.messages && asked.written.isEmpty)
            for piece in pieces {
                let given = try progress.take(.text(piece), provider: "Test/1")
                #expect(given.isEmpty)
            }
        }
        #expect(try progress.finish(provider: "Test/1") == [.text(#"{"agent": "Bond"} "#)])
        _ = progress.begin()
        #expect(throws: ProviderError.self) { try progress.finish(provider: "Test/1") }
        _ = progress.begin()
        for _ in 0..<100 { _ = try progress.take(.text(String(repeating: "é", count: 1000)), provider: "Test/1") }
        guard case .text(let text) = try progress.finish(provider: "Test/1").first else { return }
        #expect(text.utf8.count <= 64_000)
    }

    private struct Fixed: LanguageModel {
        let name: String
        let pieces: [GenerationPiece]
        func generate(
            _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
        ) async throws {
            for piece in pieces { try await emit(piece) }
        }
    }

    /// What cannot be said is no answer: nothing of it gets out, and the next model is asked.
    @Test(
        arguments: [
            [], [.text(" "), .text("\n\t")], [.text("😀"), .text(" 👍🏽")], [.text("…"), .text(" — ")],
            [.toolCall(ToolCall(id: "1", name: "order", arguments: "{}"))],
            [.text("\u{200B}"), .usage(TokenUsage(input: 1, output: 1))],
            Array(repeating: .text("\n"), count: 3000),
        ] as [[GenerationPiece]])
    func whatIsNoAnswerGoesToTheNext(pieces: [GenerationPiece]) throws {
        let time = VirtualTime()
        let clock = ChainClock(time.clock)
        let chain = GenerationChain(
            [Fixed(name: "A", pieces: pieces), Fixed(name: "B", pieces: [.text("😀 Well, "), .text("yes.")])].map {
                ChainLink($0, breaker: CircuitBreaker(clock: clock))
            }, deadlines: nil, clock: clock)
        var request = Self.request
        request.tools = []
        let outcome = try Self.run(chain, time, request: request)
        #expect(outcome.text == "😀 Well, yes." && outcome.calls.isEmpty)
        #expect(outcome.reports.map(\.outcome) == [.failed(.protocolViolation), .completed])
    }

    @Test func aCallOfWhatWasOfferedIsAnAnswer() throws {
        let time = VirtualTime()
        let clock = ChainClock(time.clock)
        let call = ToolCall(id: "1", name: "order", arguments: "{}")
        let chain = GenerationChain(
            [ChainLink(Fixed(name: "A", pieces: [.toolCall(call)]), breaker: CircuitBreaker(clock: clock))],
            deadlines: nil, clock: clock)
        #expect(try Self.run(chain, time).calls == [call])
    }

    @Test func aConsumersErrorEndsTheChain() throws {
        struct Enough: Error {}
        let time = VirtualTime()
        let clock = ChainClock(time.clock)
        let stage = Stage(clock: time.clock)
        let breaker = CircuitBreaker(policy: BreakerPolicy(failures: 1), clock: clock)
        let model = ScriptedModel(name: "Test/0", stage: stage, fates: Fates([.well]), answer: Self.answer)
        let chain = GenerationChain(
            [ChainLink(model, breaker: breaker), ChainLink(model, breaker: breaker)],
            deadlines: PieceDeadlines(first: .seconds(1)), clock: clock)
        let reports = Collected<ProviderReport>()
        #expect(throws: Enough.self) {
            try time.run {
                try await chain.generate(Self.request, report: { reports.add($0) }) { _ in throw Enough() }
            }
        }
        #expect(stage.calls == ["Test/0"])
        #expect(reports.all.map(\.outcome) == [.cancelled])
        #expect(breaker.position == .closed)
    }
}
