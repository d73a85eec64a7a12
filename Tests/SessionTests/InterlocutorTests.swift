import AudioCore
import ProviderKit
import Synchronization
import TestSupport
import Testing

@testable import Session

/// One conversation with a speech-to-speech model, whose answers find whoever asked for them.
@Suite struct InterlocutorTests {
    /// A model that echoes what it is told and does as the words say.
    private struct Parrot: SpeechToSpeechModel {
        let name = "Test/Parrot"
        let inputs: Inputs

        final class Inputs: Sendable {
            private let all = Mutex<[SpeechToSpeechInput]>([])
            func add(_ input: SpeechToSpeechInput) { all.withLock { $0.append(input) } }
            var list: [SpeechToSpeechInput] { all.withLock { $0 } }
        }

        func converse(
            _ request: SpeechToSpeechRequest, inputs: AsyncStream<SpeechToSpeechInput>,
            emit: @Sendable (SpeechToSpeechPiece) async throws -> Void
        ) async throws {
            var words = ""
            for await input in inputs {
                self.inputs.add(input)
                switch input {
                case .text(let text): words = text
                case .endUtterance: words = "spoken"
                case .respond where words == "break": throw ProviderError(.unavailable, provider: name, message: "")
                case .respond where words == "stall": break
                case .respond(let number, _) where words == "refuse":
                    try await emit(.failed(number, ProviderError(.rateLimited, provider: name, message: "")))
                case .respond(let number, _):
                    try await emit(.text(number, words))
                    try await emit(.audio(number, AudioChunk(samples: [1, 2], sampleRate: 16000)))
                    try await emit(.done(number, nil))
                default: break
                }
            }
            try Task.checkCancellation()
        }
    }

    private func talk(
        _ body: @Sendable (Interlocutor, Parrot.Inputs) async throws -> Void
    ) async throws {
        let (interlocutor, inputs) = (Interlocutor(), Parrot.Inputs())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await interlocutor.run(
                    Parrot(inputs: inputs),
                    SpeechToSpeechRequest(instructions: "", voice: VoiceRequest(), sampleRate: 16000))
            }
            try await body(interlocutor, inputs)
            group.cancelAll()
        }
    }

    /// The text of one answer.
    private func ask(
        _ interlocutor: Interlocutor, _ response: Int, _ words: String, limit: Duration = .seconds(20)
    ) async throws -> String {
        let text = Mutex("")
        let turn = DialogueTurn(words: words, instructions: "", patience: limit)
        try await interlocutor.answer(ResponseID(response), turn) { piece in
            if case .text(_, let more) = piece { text.withLock { $0 += more } }
        }
        return text.withLock { $0 }
    }

    @Test func hearsOrIsTold() async throws {
        try await talk { interlocutor, inputs in
            #expect(try await ask(interlocutor, 1, "typed") == "typed")
            interlocutor.beginUtterance([1, 2])
            interlocutor.hear([3])
            interlocutor.endUtterance(UtteranceID(4))
            // It has heard the caller: his words are not told as well.
            let answer = try await ask(interlocutor, 2, "what was said")
            #expect(answer == "spoken")
            #expect(!inputs.list.contains(.text("what was said")))
            interlocutor.cut(ResponseID(1), heard: .seconds(1))
            interlocutor.cut(ResponseID(2), heard: .milliseconds(70))
            _ = try await ask(interlocutor, 3, "more")
            #expect(inputs.list.contains(.cancel(1, heard: .milliseconds(70))))
            #expect(!inputs.list.contains(.cancel(0, heard: .seconds(1))))
        }
    }

    @Test func failures() async throws {
        try await talk { interlocutor, _ in
            let refused = await #expect(throws: ProviderError.self) { try await ask(interlocutor, 1, "refuse") }
            #expect(refused?.code == .rateLimited)
            let answer = try await ask(interlocutor, 3, "goes on")
            #expect(answer == "goes on")
            let lost = await #expect(throws: ProviderError.self) { try await ask(interlocutor, 4, "break") }
            #expect(lost?.code == .unavailable)
            await #expect(throws: ProviderError.self) { try await ask(interlocutor, 5, "anybody?") }
            #expect(interlocutor.isOver)
        }
    }

    /// A server that does not end an answer would keep every later one waiting: the connection is given up at once.
    @Test(.timeLimit(.minutes(1))) func anOverdueAnswerEndsTheConnection() async throws {
        let (clock, inputs) = (ManualClock(), Parrot.Inputs())
        let interlocutor = Interlocutor(clock: ChainClock(clock))
        async let connection: Void = interlocutor.run(
            Parrot(inputs: inputs), SpeechToSpeechRequest(instructions: "", voice: VoiceRequest(), sampleRate: 16000))
        async let time: Void = { while !clock.wakeNext() { await Task.yield() } }()
        let late = await #expect(throws: ProviderError.self) {
            try await ask(interlocutor, 1, "stall", limit: .milliseconds(50))
        }
        await time
        #expect(late?.code == .timedOut)
        #expect(interlocutor.isOver)
        let next = await #expect(throws: ProviderError.self) { try await ask(interlocutor, 2, "next") }
        #expect(next?.code == .timedOut)
        // Ends without having been cancelled.
        await connection
        #expect(!inputs.list.contains(.text("next")))
    }

    @Test func aCancelledQuestionIsTakenBack() async throws {
        try await talk { interlocutor, inputs in
            let asking = Task { try await ask(interlocutor, 1, "stall") }
            while !inputs.list.contains(.respond(0, instructions: "")) { await Task.yield() }
            asking.cancel()
            let result = await asking.result
            #expect(throws: CancellationError.self) { try result.get() }
            _ = try await ask(interlocutor, 2, "next")
            #expect(inputs.list.contains(.cancel(0, heard: .zero)))
        }
    }

    /// A model that gives out an answer without end, as fast as it is let.
    private struct Fountain: SpeechToSpeechModel {
        let name = "Test/Fountain"
        let given: Tally

        func converse(
            _ request: SpeechToSpeechRequest, inputs: AsyncStream<SpeechToSpeechInput>,
            emit: @Sendable (SpeechToSpeechPiece) async throws -> Void
        ) async throws {
            for await input in inputs {
                guard case .respond(let number, _) = input else { continue }
                for _ in 0..<10_000 {
                    try await emit(
                        .audio(number, AudioChunk(samples: Array(repeating: 1, count: 1600), sampleRate: 16000)))
                    given.add()
                }
            }
        }
    }

    /// Nobody takes the audio: the model is held up, and what is kept is bounded by the window. It is not late meanwhile.
    @Test func anAnswerThatNobodyTakesIsHeldUp() throws {
        let (virtual, store, given) = (VirtualTime(), SegmentStore(), Tally())
        let interlocutor = Interlocutor(clock: ChainClock(virtual.clock))
        let segment = SegmentID(1)
        store.open(segment, limit: 16_000)
        let held = try virtual.run {
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await interlocutor.run(
                        Fountain(given: given),
                        SpeechToSpeechRequest(instructions: "", voice: VoiceRequest(), sampleRate: 16000))
                }
                group.addTask {
                    let turn = DialogueTurn(words: "", instructions: "", patience: .seconds(5))
                    try await interlocutor.answer(ResponseID(1), turn) { piece in
                        if case .audio(_, let chunk) = piece { try await store.append(chunk.samples, to: segment) {} }
                    }
                }
                // Longer than its patience.
                try? await virtual.clock.sleep(until: .init(offset: .seconds(60)), tolerance: nil)
                let held = (samples: store.count, given: given.count, isOver: interlocutor.isOver)
                store.close([segment])
                group.cancelAll()
                return held
            }
        }
        #expect(held.samples == 17_600, "the limit, and the piece with which it was passed")
        #expect(held.given == 10 && !held.isOver)
    }

    /// However much the caller says to a model that does not listen, a minute of it is kept.
    @Test func whatWaitsForAModelIsBounded() async throws {
        let (interlocutor, inputs) = (Interlocutor(), Parrot.Inputs())
        interlocutor.beginUtterance([])
        for number in 0..<5000 { interlocutor.hear([Int16(number)]) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await interlocutor.run(
                    Parrot(inputs: inputs),
                    SpeechToSpeechRequest(instructions: "", voice: VoiceRequest(), sampleRate: 16000))
            }
            while inputs.list.count < Interlocutor.longestBacklog { await Task.yield() }
            group.cancelAll()
        }
        #expect(inputs.list.count == Interlocutor.longestBacklog)
        #expect(inputs.list.last == .audio([4999]), "the oldest gave way")
    }
}
