import Network
import ProviderConformance
import ProviderKit
import Synchronization
import Testing
import Vendors

/// A server that loads its model at the first request, and starts over when that client leaves.
private final class ColdServer: ServerHandler {
    private struct State {
        var isLoaded = false
        var brokenOff = 0
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Loads that ended because their client left.
    var brokenOff: Int { state.withLock { $0.brokenOff } }

    /// Loads take no longer.
    func finishLoading() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    /// The model is gone, and takes for ever to load until `finishLoading`.
    func evict() { state.withLock { ($0.isLoaded, $0.isOpen) = (false, false) } }

    private func loading() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOver { continuation.resume() }
        }
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard request.method == "POST" else { return .text("Ollama is running") }
        let answer = #"{"message":{"content":"Here."},"done":true}"#
        return .stream(status: 200, headers: [(name: "Content-Type", value: "application/x-ndjson")]) { writer in
            if !self.state.withLock({ $0.isLoaded }) {
                await self.loading()
                guard await writer.write([]) else { return self.state.withLock { $0.brokenOff += 1 } }
                self.state.withLock { $0.isLoaded = true }
            }
            await writer.write(Array(answer.utf8))
        }
    }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision { .refuse(.notFound) }
}

struct ColdModelTests {
    private static func turn(_ model: LoadingModel, deadline: Duration) async throws -> String {
        let pieces = Collected<GenerationPiece>()
        let chain = GenerationChain(
            [ChainLink(model, breaker: CircuitBreaker(clock: .continuous))],
            deadlines: PieceDeadlines(first: deadline), clock: .continuous)
        try await chain.generate(LanguageModelConformance.request("Hello"), report: { _ in }) { pieces.add($0) }
        return LanguageModelConformance.text(of: pieces.all)
    }

    private static func run(_ body: (ColdServer, LoadingModel) async throws -> Void) async throws {
        let cold = ColdServer()
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: cold)
        let client = try HTTPClient()
        var settings = OllamaSettings()
        settings.baseURL = "http://127.0.0.1:\(server.port)"
        let model = LoadingModel(OllamaChat(model: "m", settings: settings, client: client), .ahead)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            group.addTask { await model.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body(cold, model)) } catch { result = .failure(error) }
            cold.finishLoading()
            group.cancelAll()
            await client.shutDown()
            await server.stop()
            try result.get()
        }
    }

    /// The load takes as long as the test likes, which is longer than both attempts of the turn have.
    @Test func aDeadlineDoesNotBreakOffTheLoad() async throws {
        try await Self.run { cold, model in
            await model.prepare()
            let error = await #expect(throws: ProviderError.self) {
                _ = try await Self.turn(model, deadline: .milliseconds(1))
            }
            #expect(error?.code == .timedOut)
            cold.finishLoading()
            let answer1 = try await Self.turn(model, deadline: .seconds(60))
            #expect(answer1 == "Here.")
            #expect(cold.brokenOff == 0)
        }
    }

    /// A request that meets a model that has been unloaded meanwhile loses its own load, and a load that stays begins.
    @Test func aModelThatWasUnloadedIsLoadedAgain() async throws {
        try await Self.run { cold, model in
            cold.finishLoading()
            let answer2 = try await Self.turn(model, deadline: .seconds(60))
            #expect(answer2 == "Here.")
            cold.evict()
            await #expect(throws: ProviderError.self) { _ = try await Self.turn(model, deadline: .milliseconds(1)) }
            cold.finishLoading()
            let answer3 = try await Self.turn(model, deadline: .seconds(60))
            #expect(answer3 == "Here.")
        }
    }
}
