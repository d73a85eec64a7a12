import AudioCore
import ProviderKit
import Testing

/// One conversation with a speech-to-speech model, from a test's side.
public final class SpeechToSpeechCall: Sendable {
    /// What the model is told.
    public let inputs: AsyncStream<SpeechToSpeechInput>.Continuation
    /// What it has given out.
    public let pieces = Collected<SpeechToSpeechPiece>()
    private let arrivals = AsyncStream.makeStream(of: SpeechToSpeechPiece.self)
    private let work: Task<Void, any Error>

    /// Begins a conversation; `emit`, if given, is called for each piece after it was kept.
    public init(
        _ model: any SpeechToSpeechModel, rate: Int = 16000, sampling: SamplingRequest = SamplingRequest(),
        history: [ChatMessage] = [],
        emit: @escaping @Sendable (SpeechToSpeechPiece) async throws -> Void = { _ in }
    ) {
        let (stream, inputs) = AsyncStream.makeStream(of: SpeechToSpeechInput.self)
        self.inputs = inputs
        let request = SpeechToSpeechRequest(
            instructions: "You help callers with their orders.", voice: VoiceRequest(), sampleRate: rate,
            sampling: sampling, history: history)
        work = Task { [pieces, arrivals] in
            defer { arrivals.continuation.finish() }
            try await model.converse(request, inputs: stream) { piece in
                pieces.add(piece)
                arrivals.continuation.yield(piece)
                try await emit(piece)
            }
        }
    }

    /// Says an utterance and ends it.
    public func say(_ samples: [Int16], utterance: Int, width: Int = 1600) {
        for start in stride(from: 0, to: samples.count, by: width) {
            inputs.yield(.audio(Array(samples[start..<min(samples.count, start + width)])))
        }
        inputs.yield(.endUtterance(utterance))
    }

    /// Waits for the first piece from now on that is `wanted`; false when the conversation ended before it came.
    @discardableResult
    public func wait(for wanted: (SpeechToSpeechPiece) -> Bool) async -> Bool {
        for await piece in arrivals.stream where wanted(piece) { return true }
        return false
    }

    /// Waits for the end of that answer, whichever it is.
    @discardableResult
    public func end(of answer: Int) async -> Bool {
        await wait { piece in
            switch piece {
            case .done(answer, _), .failed(answer, _): true
            default: false
            }
        }
    }

    /// Cancels the conversation.
    public func cancel() { work.cancel() }

    /// Waits for the end of the conversation.
    public func result() async -> Result<Void, any Error> { await work.result }

    /// The words of that answer so far.
    public func text(of answer: Int) -> String {
        pieces.all.reduce(into: "") { if case .text(answer, let text) = $1 { $0 += text } }
    }

    /// The audio of that answer so far.
    public func audio(of answer: Int) -> [AudioChunk] {
        pieces.all.compactMap { if case .audio(answer, let chunk) = $0 { chunk } else { nil } }
    }

    /// What the caller said in that utterance, once the model has told.
    public func transcript(of utterance: Int) -> String? {
        pieces.all.lazy.compactMap { if case .callerTranscript(utterance, let text) = $0 { text } else { nil } }.first
    }

    /// How that answer failed, if it did.
    public func failure(of answer: Int) -> ProviderError? {
        pieces.all.lazy.compactMap { if case .failed(answer, let error) = $0 { error } else { nil } }.first
    }
}

/// What every speech-to-speech model keeps to, whoever makes it.
public enum SpeechToSpeechConformance {
    /// Runs all the checks with an utterance that the model understands and answers.
    public static func check(_ model: any SpeechToSpeechModel, utterance: [Int16]) async throws {
        try await checkTurns(model, utterance)
        try await checkFormat(model, utterance)
        try await checkCancelledAnswer(model, utterance)
        try await checkEnds(model, utterance)
        try await checkErrorOfConsumer(model, utterance)
        try await checkBackPressure(model, utterance)
        let call = SpeechToSpeechCall(model, rate: 3)
        let result = await call.result()
        #expect(throws: ProviderError.self) { try result.get() }
    }

    /// Spoken and typed turns are answered, each once, in one conversation, which ends with its inputs.
    private static func checkTurns(_ model: any SpeechToSpeechModel, _ utterance: [Int16]) async throws {
        let call = SpeechToSpeechCall(model)
        call.say(utterance, utterance: 7)
        call.inputs.yield(.respond(1))
        #expect(await call.end(of: 1))
        call.inputs.yield(.audio([Int16](repeating: 0, count: 8000)))
        call.inputs.yield(.dropUtterance)
        call.inputs.yield(.text("And the second one?"))
        call.inputs.yield(.respond(2, instructions: "Answer briefly."))
        #expect(await call.end(of: 2))
        call.inputs.finish()
        try await call.result().get()
        for answer in [1, 2] {
            #expect(!call.text(of: answer).isEmpty)
            #expect(!call.audio(of: answer).isEmpty)
            #expect(call.failure(of: answer) == nil)
        }
        #expect(call.pieces.all.count { if case .done = $0 { true } else { false } } == 2)
    }

    /// The audio has the wanted rate, and lasts as long at every rate.
    private static func checkFormat(_ model: any SpeechToSpeechModel, _ utterance: [Int16]) async throws {
        var seconds: [Double] = []
        for rate in [8000, 24000, 48000] {
            let call = SpeechToSpeechCall(model, rate: rate)
            call.say(utterance, utterance: 1)
            call.inputs.yield(.respond(1))
            await call.end(of: 1)
            call.inputs.finish()
            #expect(call.audio(of: 1).allSatisfy { $0.sampleRate == rate && !$0.samples.isEmpty })
            seconds.append(call.audio(of: 1).reduce(0) { $0 + $1.duration.seconds })
        }
        #expect(seconds.allSatisfy { $0 > 0.3 })
        #expect((seconds.max() ?? 1) - (seconds.min() ?? 0) < 0.05)
    }

    /// Nothing more is heard of a cancelled answer, and the next is given in full.
    private static func checkCancelledAnswer(_ model: any SpeechToSpeechModel, _ utterance: [Int16]) async throws {
        let call = SpeechToSpeechCall(model)
        call.say(utterance, utterance: 1)
        call.inputs.yield(.respond(1))
        await call.wait { if case .audio(1, _) = $0 { true } else { false } }
        call.inputs.yield(.cancel(1, heard: .milliseconds(100)))
        // Not even asked for yet, or just so.
        call.inputs.yield(.respond(2))
        call.inputs.yield(.cancel(2, heard: .zero))
        call.inputs.yield(.cancel(99, heard: .zero))
        call.inputs.yield(.respond(3))
        #expect(await call.end(of: 3))
        call.inputs.finish()
        try await call.result().get()
        #expect(!call.audio(of: 3).isEmpty)
        #expect(call.audio(of: 2).isEmpty)
        let last = call.pieces.all.lastIndex { if case .audio(1, _) = $0 { true } else { false } }
        let first = call.pieces.all.firstIndex { if case .audio(3, _) = $0 { true } else { false } }
        if let last, let first { #expect(last < first) } else { Issue.record("no audio") }
    }

    /// Ended or cancelled in the middle, it returns soon and emits nothing more.
    private static func checkEnds(_ model: any SpeechToSpeechModel, _ utterance: [Int16]) async throws {
        for isCancelled in [false, true] {
            let call = SpeechToSpeechCall(model)
            call.say(utterance, utterance: 1)
            call.inputs.yield(.respond(1))
            await call.wait { if case .audio = $0 { true } else { false } }
            let began = ContinuousClock.now
            if isCancelled { call.cancel() } else { call.inputs.finish() }
            let result = await call.result()
            #expect(ContinuousClock.now - began < .seconds(1))
            let count = call.pieces.count
            if isCancelled {
                #expect(throws: CancellationError.self) { try result.get() }
            } else {
                try result.get()
            }
            #expect(call.pieces.count == count)
        }
    }

    private static func checkErrorOfConsumer(_ model: any SpeechToSpeechModel, _ utterance: [Int16]) async throws {
        struct Enough: Error {}
        let call = SpeechToSpeechCall(model) { _ in throw Enough() }
        call.say(utterance, utterance: 1)
        call.inputs.yield(.respond(1))
        let result = await call.result()
        #expect(throws: Enough.self) { try result.get() }
        #expect(call.pieces.count == 1)
    }

    /// A consumer that takes nothing for a while misses nothing afterwards, and what is told meanwhile arrives.
    private static func checkBackPressure(_ model: any SpeechToSpeechModel, _ utterance: [Int16]) async throws {
        let (began, released) = (Gate(), Gate())
        let call = SpeechToSpeechCall(model) { piece in
            guard case .audio = piece else { return }
            began.open()
            await released.pass()
        }
        call.say(utterance, utterance: 1)
        call.inputs.yield(.respond(1))
        await began.pass()
        let count = call.pieces.count
        call.say(utterance, utterance: 2)
        call.inputs.yield(.respond(2))
        #expect(call.pieces.count == count)
        released.open()
        #expect(await call.end(of: 2))
        call.inputs.finish()
        try await call.result().get()
        #expect(!call.audio(of: 1).isEmpty && !call.audio(of: 2).isEmpty)
    }
}
