import ProviderKit
import Testing

/// What every language model keeps to, whoever makes it.
public enum LanguageModelConformance {
    /// The pieces that `model` gives out for `words`.
    public static func generate(
        _ model: any LanguageModel, _ words: String = "Tell me a story.", tools: [ToolDefinition] = []
    ) async throws -> [GenerationPiece] {
        let pieces = Collected<GenerationPiece>()
        try await model.generate(request(words, tools: tools)) { pieces.add($0) }
        return pieces.all
    }

    /// The text of `pieces`.
    public static func text(of pieces: [GenerationPiece]) -> String {
        pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    /// A request that asks for an answer to `words`.
    public static func request(_ words: String, tools: [ToolDefinition] = []) -> GenerationRequest {
        GenerationRequest(
            brief: Brief(task: .plan, agentName: "Ada", callerWords: words),
            messages: [
                ChatMessage(role: .system, content: "You are Ada."), ChatMessage(role: .user, content: words),
            ], tools: tools)
    }

    /// Runs all the checks; `model` answers with several pieces.
    public static func check(_ model: any LanguageModel) async throws {
        let pieces = try await generate(model)
        #expect(pieces.count > 3 && !pieces.contains(.text("")))
        #expect(pieces.filter { if case .usage = $0 { true } else { false } }.count <= 1)
        try await checkErrorOfConsumer(model)
        try await checkCancellation(model)
        try await checkBackPressure(model, whole: text(of: pieces))
    }

    private static func checkErrorOfConsumer(_ model: any LanguageModel) async throws {
        struct Enough: Error {}
        let pieces = Collected<GenerationPiece>()
        await #expect(throws: Enough.self) {
            try await model.generate(request("Hello.")) { piece in
                pieces.add(piece)
                throw Enough()
            }
        }
        #expect(pieces.count == 1)
    }

    /// Cancelled in the middle, it throws soon and emits nothing more.
    private static func checkCancellation(_ model: any LanguageModel) async throws {
        let pieces = Collected<GenerationPiece>()
        let began = Gate()
        let never = Gate()
        let writing = Task {
            try await model.generate(request("Hello.")) { piece in
                pieces.add(piece)
                began.open()
                await never.pass()
            }
        }
        await began.pass()
        let cancelled = ContinuousClock.now
        writing.cancel()
        let result = await writing.result
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(ContinuousClock.now - cancelled < .seconds(1))
        #expect(pieces.count == 1)
    }

    /// While a consumer takes nothing, others are served, and it misses nothing afterwards.
    private static func checkBackPressure(_ model: any LanguageModel, whole: String) async throws {
        let pieces = Collected<GenerationPiece>()
        let began = Gate()
        let released = Gate()
        async let slow: Void = model.generate(request("Tell me a story.")) { piece in
            pieces.add(piece)
            began.open()
            await released.pass()
        }
        await began.pass()
        #expect(try await text(of: generate(model)) == whole)
        #expect(pieces.count == 1)
        released.open()
        try await slow
        #expect(text(of: pieces.all) == whole)
    }
}
