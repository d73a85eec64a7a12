import ProjectModel
import ProviderKit
import Synchronization
import Testing
import VoiceActivity

@testable import Session

/// Which connections a conversation opens to a model that hears the caller while he speaks, and what is told on each.
@Suite(.timeLimit(.minutes(1))) struct ListeningTests {
    /// A model whose first connections are lost with the caller's audio, and whose others answer with what they were told.
    private final class Fragile: SpeechToSpeechModel {
        let name = "Test/Fragile"
        private let lost: Int
        private let connections = Mutex<[[SpeechToSpeechInput]]>([])

        init(lost: Int) { self.lost = lost }

        /// What was told on each connection.
        var told: [[SpeechToSpeechInput]] { connections.withLock { $0 } }

        func converse(
            _ request: SpeechToSpeechRequest, inputs: AsyncStream<SpeechToSpeechInput>,
            emit: @Sendable (SpeechToSpeechPiece) async throws -> Void
        ) async throws {
            let number = connections.withLock { connections in
                connections.append([])
                return connections.count - 1
            }
            for await input in inputs {
                connections.withLock { $0[number].append(input) }
                if number < lost { throw ProviderError(.rejected, provider: name, message: "no") }
                if case .respond(let answer, _) = input {
                    try await emit(.text(answer, "yes"))
                    try await emit(.done(answer, nil))
                }
            }
        }
    }

    /// A conversation with one agent that speaks for itself.
    private func loop(_ model: Fragile) throws -> ConversationLoop {
        var project = TestProjects.single()
        for index in project.agents.indices {
            project.agents[index].languageModel = ModelChain(SpeechToSpeechTests.model)
        }
        var engines = Engines.live(Timeline(), voiceActivity: try SileroModel())
        engines.speechToSpeech = { _ in model }
        return ConversationLoop(Conversation(id: "test", project: project, engines: engines) { _ in })
    }

    /// Waits until the conversation with the agent's model is over.
    private func lose(_ loop: ConversationLoop) async throws {
        let agent = try #require(loop.interlocutors.listeners.first).agent
        while loop.interlocutors[agent] != nil { await Task.yield() }
    }

    private func ask(_ loop: inout ConversationLoop, _ words: String) throws {
        let speaker = try #require(loop.interlocutors.listeners.first)
        let brief = Brief(task: .plan, agentName: speaker.agent, callerWords: words)
        loop.converse(1, Reply.Work(node: speaker.agent, part: .answer), nil, brief, speaker)
    }

    /// What came of the question.
    private func answer(_ loop: ConversationLoop) async -> String? {
        var words = ""
        while let input = await loop.conversation.mailbox.next() {
            switch input {
            case .engine(.text(_, _, let text)): words += text
            case .engine(.textDone): return words
            case .engine(.textFailed): return nil
            default: break
            }
        }
        return nil
    }

    /// However much the caller says to a server that refuses, it is asked once an utterance.
    @Test func opensOneConnectionAnUtterance() async throws {
        let model = Fragile(lost: .max)
        var loop = try loop(model)
        for utterance in 1...3 {
            loop.beginListening([1, 2])
            for _ in 0..<50 {
                loop.listen { $0.hear([3]) }
                try await lose(loop)
            }
            loop.listen { $0.endUtterance(utterance) }
            loop.listen { $0.read("typed") }
            #expect(model.told.count == utterance)
        }
        await loop.work.finish()
    }

    /// The connection is lost in the middle of an utterance: the next one is told the words.
    @Test func isToldWhatItHasNotHeard() async throws {
        let model = Fragile(lost: 1)
        var loop = try loop(model)
        loop.beginListening([1, 2])
        try await lose(loop)
        loop.listen { $0.endUtterance(1) }
        try ask(&loop, "where is it")
        #expect(await answer(loop) == "yes")
        #expect(model.told.count == 2 && model.told.last?.first == .text("where is it"))
        // The next utterance is heard.
        loop.beginListening([4])
        loop.listen { $0.endUtterance(2) }
        try ask(&loop, "and when")
        #expect(await answer(loop) == "yes")
        let inputs = model.told.last ?? []
        #expect(model.told.count == 2 && inputs.contains(.audio([4])) && inputs.contains(.endUtterance(2)))
        #expect(!inputs.contains(.text("and when")))
        await loop.work.finish()
    }

    /// An answer opens the connection again while the caller speaks: the rest of the utterance is not taken for all of it.
    @Test func halfAnUtteranceIsNotHeard() async throws {
        let model = Fragile(lost: 1)
        var loop = try loop(model)
        loop.beginListening([1, 2])
        try await lose(loop)
        try ask(&loop, "before")
        #expect(await answer(loop) == "yes")
        loop.listen { $0.hear([3]) }
        loop.listen { $0.endUtterance(2) }
        try ask(&loop, "the whole of it")
        #expect(await answer(loop) == "yes")
        let inputs = model.told.last ?? []
        #expect(inputs.contains(.text("the whole of it")))
        #expect(!inputs.contains(.audio([3])) && !inputs.contains(.endUtterance(2)))
        await loop.work.finish()
    }
}
