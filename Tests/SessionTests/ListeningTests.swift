import AudioCore
import ProjectModel
import ProviderKit
import Synchronization
import TestSupport
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

    /// What carries out a conversation with one agent that speaks for itself; its engines run when `settle` is called.
    private final class Stand {
        let virtual = VirtualTime()
        let model: Fragile
        private let conversation: Conversation
        private var effects: LiveEffects
        private let dialogue = Dialogue(
            agent: "Stock", model: SpeechToSpeechTests.model,
            opening: SpeechToSpeechRequest(instructions: "", voice: VoiceRequest(), sampleRate: 16000))
        private var responses = 0

        init(lost: Int) throws {
            let model = Fragile(lost: lost)
            self.model = model
            var engines = Engines.live(Timeline(), voiceActivity: try SileroModel())
            let breaker = CircuitBreaker(clock: ChainClock(virtual.clock))
            engines.speechToSpeech = { _ in ChainLink(model, breaker: breaker) }
            conversation = Conversation(
                id: ConversationID("conv_listening0001"), project: TestProjects.single(), engines: engines,
                clock: ChainClock(virtual.clock), executor: virtual, dialect: PlainDialect()
            ) { _ in }
            effects = LiveEffects(conversation)
        }

        /// The caller begins to speak, with those samples.
        func begin(_ number: Int, _ samples: [Int16]) {
            hear(samples)
            perform(.beginRecognition(UtteranceID(number), from: .start))
            perform(.listen([dialogue]))
        }

        func hear(_ samples: [Int16]) {
            for part in effects.read(.binary(PCM16.bytes(littleEndian: samples))) { _ = effects.take(part) }
            effects.passOn()
            virtual.settle()
        }

        func perform(_ request: Request) {
            effects.perform(.request(request))
            virtual.settle()
        }

        /// What comes of a question; nil when it could not be answered.
        func ask(_ words: String) async -> String? {
            responses += 1
            let work = Work(response: ResponseID(responses), part: .answer(node: "Stock"))
            perform(.converse(work, nil, dialogue, DialogueTurn(words: words, instructions: "", patience: .seconds(8))))
            conversation.mailbox.force(.timer(-1))
            var answer = ""
            while let message = await conversation.mailbox.next() {
                switch message {
                case .input(.engine(.text(work, let text))): answer += text
                case .input(.engine(.textFailed(work, _))): return nil
                case .timer(-1): return answer
                default: break
                }
            }
            return nil
        }

        func finish() async { await effects.finish() }
    }

    /// However much the caller says to a server that refuses, it is asked once an utterance.
    @Test func opensOneConnectionAnUtterance() throws {
        let stand = try Stand(lost: .max)
        for utterance in 1...3 {
            stand.begin(utterance, [1, 2])
            for _ in 0..<50 { stand.hear([3]) }
            stand.perform(.endRecognition(UtteranceID(utterance)))
            stand.perform(.relay("typed"))
            #expect(stand.model.told.count == utterance)
        }
    }

    /// The connection is lost in the middle of an utterance: the next one is told the words.
    @Test func isToldWhatItHasNotHeard() async throws {
        let stand = try Stand(lost: 1)
        stand.begin(1, [1, 2])
        stand.perform(.endRecognition(UtteranceID(1)))
        #expect(await stand.ask("where is it") == "yes")
        #expect(stand.model.told.count == 2 && stand.model.told.last?.first == .text("where is it"))
        // The next utterance is heard.
        stand.begin(2, [4])
        stand.perform(.endRecognition(UtteranceID(2)))
        #expect(await stand.ask("and when") == "yes")
        let inputs = stand.model.told.last ?? []
        #expect(stand.model.told.count == 2 && inputs.contains(.endUtterance(2)))
        let heard = inputs.contains { if case .audio(let samples) = $0 { samples.contains(4) } else { false } }
        #expect(heard && !inputs.contains(.text("and when")))
    }

    /// An answer opens the connection again while the caller speaks: the rest of the utterance is not taken for all of it.
    @Test func halfAnUtteranceIsNotHeard() async throws {
        let stand = try Stand(lost: 1)
        stand.begin(1, [1, 2])
        #expect(await stand.ask("before") == "yes")
        stand.hear([3])
        stand.perform(.endRecognition(UtteranceID(1)))
        #expect(await stand.ask("the whole of it") == "yes")
        let inputs = stand.model.told.last ?? []
        #expect(inputs.contains(.text("the whole of it")))
        #expect(!inputs.contains(.audio([3])) && !inputs.contains(.endUtterance(1)))
    }

    /// What was cleared is no question: the model forgets it as well.
    @Test func whatIsClearedIsForgotten() throws {
        let stand = try Stand(lost: 0)
        stand.begin(1, [1, 2])
        stand.perform(.cancelRecognition(UtteranceID(1)))
        #expect(stand.model.told.last?.contains(.dropUtterance) == true)
        #expect(stand.model.told.last?.contains(.endUtterance(1)) == false)
    }
}
