import Doubles
import FliteProvider
import Network
import ProviderKit
import Synchronization

/// Stand-ins on a free port of this machine, for the length of a test.
public struct Rig: Sendable {
    /// `http://127.0.0.1:PORT`
    public let url: String
    /// What is played, and what came of it.
    public let stage: Stage
    /// For providers that are to talk to them.
    public let client: HTTPClient

    /// Runs `body` beside stand-ins that play `script`. They speak with flite's voices, hear `hello there` in whatever is
    /// loud, and write what `EchoingModel` writes.
    public static func run<Value>(
        _ script: DoublesScript = DoublesScript(), standIns: [any StandIn] = DoublesServer.standIns,
        _ body: (Rig) async throws -> Value
    ) async throws -> Value {
        let stage = Stage(
            script: script,
            engines: Stage.Engines(synthesizer: voices, recognizer: LoudnessRecognizer(), languageModel: EchoingModel())
        )
        let server = try DoublesServer(standIns: standIns, stage: stage)
        let rig = Rig(url: "http://127.0.0.1:\(server.port)", stage: stage, client: try HTTPClient())
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            do {
                let value = try await body(rig)
                await rig.client.shutDown()
                await server.stop()
                return value
            } catch {
                await rig.client.shutDown()
                await server.stop()
                throw error
            }
        }
    }

    /// As `run`, with one rule.
    public static func run<Value>(_ rule: Rule, _ body: (Rig) async throws -> Value) async throws -> Value {
        try await run(DoublesScript(rules: [rule]), body)
    }

    /// The journal's events of `wire`, in order.
    public func events(of wire: Wire) -> [Journal.Event] { stage.journal.all.filter { $0.wire == wire }.map(\.event) }

    /// Shared: threads are not for every test anew.
    private static let voices = FliteSynthesizer(workers: BlockingWorkers(name: "rig-voices", count: 2))
}

/// Hears two words in whatever is loud: one when it begins, the other at the end.
public struct LoudnessRecognizer: SpeechRecognizer {
    /// `Test/Loudness`
    public let name = "Test/Loudness"

    /// A recogniser; it holds nothing.
    public init() {}

    /// Says `hello` after the first loud samples.
    public func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        var isLoud = false
        for await case .audio(let chunk) in utterance where !isLoud && chunk.contains(where: { $0.magnitude > 1000 }) {
            isLoud = true
            try await emit(Transcript(text: "hello", isFinal: false))
        }
        try Task.checkCancellation()
        try await emit(Transcript(text: isLoud ? "hello there" : "", isFinal: true))
    }
}

/// Writes `You said: …`.
public struct EchoingModel: LanguageModel {
    /// `Test/Echo`
    public let name = "Test/Echo"

    /// A model; it holds nothing.
    public init() {}

    /// Echoes the caller's words.
    public func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        try await emit(.text("You said: \(request.brief.callerWords)"))
    }
}
