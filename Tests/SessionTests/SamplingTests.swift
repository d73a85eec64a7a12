import ProjectModel
import ProviderKit
import Synchronization
import Testing
import VoiceActivity

@testable import Session

/// How words are chosen reaches the models: each agent's own way, and the project's for what nobody does in his own name.
@Suite(.timeLimit(.minutes(1))) struct SamplingTests {
    private static let common = Sampling(temperature: 0.2, maxTokens: 300)
    private static let own = Sampling(temperature: 0, topP: 0.9, maxTokens: 50)

    /// Chooses the agent Currency, and keeps how it was asked.
    private final class Recorder: LanguageModel {
        let name = "Test/Recorder"
        private let requests = Mutex<[GenerationRequest]>([])

        /// How it was asked, by agent.
        var asked: [String: Set<Int?>] {
            requests.withLock { requests in
                Dictionary(grouping: requests, by: \.brief.agentName).mapValues { Set($0.map(\.sampling.maxTokens)) }
            }
        }
        var all: [GenerationRequest] { requests.withLock { $0 } }

        func generate(
            _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
        ) async throws {
            requests.withLock { $0.append(request) }
            try await emit(.text("Currency"))
        }
    }

    @Test func everyRequestCarriesIt() async throws {
        var project = TestProjects.advisor()
        project.orchestrator.agentNames = ["Stock", "Currency"]
        project.orchestrator.decomposes = false
        project.sampling = Self.common
        for index in project.agents.indices {
            let name = project.agents[index].name
            project.agents[index].sampling = name == "Currency" ? Self.own : Self.common
            project.agents[index].speaksSummary = true
        }
        let recorder = Recorder()
        var engines = Engines.live(Timeline(), voiceActivity: try SileroModel())
        let chain = GenerationChain(
            [ChainLink(recorder, breaker: CircuitBreaker(clock: .continuous))], deadlines: nil, clock: .continuous)
        engines.languageModel = { _ in chain }
        let (shown, source) = AsyncStream.makeStream(of: Void.self)
        let conversation = Conversation(
            id: ConversationID("conv_sampling0001"), project: project, engines: engines, dialect: PlainDialect(),
            observe: { if case .told(.agentText) = $0 { source.finish() } }, send: { _ in })
        await withDiscardingTaskGroup { group in
            group.addTask { await conversation.run() }
            await conversation.post(.text("a question"))
            for await _ in shown {}
            conversation.end()
        }
        let route = try #require(recorder.all.first { if case .route = $0.brief.task { true } else { false } })
        #expect(route.sampling == SamplingRequest(temperature: 0.2, maxTokens: 300))
        let answer = try #require(recorder.all.first { $0.brief.task == .plan })
        #expect(answer.sampling == SamplingRequest(temperature: 0, topP: 0.9, maxTokens: 50))
        #expect(recorder.asked == ["orchestrator": [300], "Currency": [50]])
    }

    /// An agent that speaks for itself judges with the project's model, and in the project's way.
    @Test func aSpeechToSpeechModelHasItsOwn() throws {
        var project = TestProjects.single()
        project.sampling = Self.common
        project.agents[0].languageModel = ModelChain(speechToSpeech: SpeechToSpeechTests.model)
        project.agents[0].sampling = Self.own
        let speaker = try #require(project.speakers(of: project.plan(running: "Stock")).values.first)
        #expect(speaker.speechToSpeech?.sampling == Self.own)
        #expect(speaker.writer == Writer(models: ModelChain(.localPlanner), sampling: Self.common))
    }
}
