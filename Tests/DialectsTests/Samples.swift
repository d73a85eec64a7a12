import AudioCore
import TurnTaking

@testable import Session

/// One event of each kind.
enum Samples {
    static let source = Attribution(response: ResponseID(1), item: ItemID(2), agent: "Stock")

    static func session(
        vad: VADConfiguration? = VADConfiguration(), name: String = "Advisor", voice: String? = "William"
    ) -> SessionDescription {
        SessionDescription(
            id: ConversationID("conv_123456789012"), project: name, version: 3,
            agents: [.init(name: name, description: name, voice: voice, speaks: voice != nil)], vad: vad,
            fallbacks: [.init(wanted: name, used: "Local/Flite", reason: name)], sampleRate: 16000)
    }

    static var usage: TurnUsage {
        var provider = ProviderUsage(provider: "", kind: "generation")
        (provider.firstPiece, provider.cost) = (.zero, 0)
        return TurnUsage(response: ResponseID(1), providers: [provider], currency: "USD")
    }

    static let timings = TurnTimings(
        endpointing: .milliseconds(700), transcription: .milliseconds(12), firstToken: .microseconds(1500),
        sentence: .milliseconds(3), synthesis: .milliseconds(60), sending: .zero)

    static var problem: BadInput {
        var subject = MessageSubject()
        (subject.number, subject.type, subject.eventID) = (7, "input_audio_buffer.append", "mine")
        var problem = BadInput(code: "odd_length", message: "the audio has an odd number of bytes")
        problem.subject = subject
        return problem
    }

    static let memory = ConversationEvent.memory(
        MemoryReport(
            isKept: true, variables: [.init(name: "city", value: "Ghent")],
            history: [
                .init(agent: nil, text: "words", wasInterrupted: false),
                .init(agent: "Stock", text: "wor", wasInterrupted: true),
            ]))

    static let events: [ConversationEvent] = [
        .created(session()), .speechStarted(UtteranceID(3), at: .start),
        .speechStopped(UtteranceID(3), at: .start),
        .callerTranscript(Transcribed(utterance: UtteranceID(3), text: "", isFinal: false)),
        .callerTranscript(Transcribed(utterance: UtteranceID(3), text: "", isFinal: true)),
        .responseStarted(ResponseID(1)), .agentStarted(source, node: "Stock"), .agentText(source, "words"),
        .agentFiller(source, "One moment."),
        .agentDraft(source, attempt: 1, "words"), .agentCritique(source, attempt: 1, flaws: ["Too short."]),
        .agentCritique(source, attempt: 2, flaws: nil),
        .agentAsked(ResponseID(1), agent: "Stock", patience: .seconds(300)),
        .toolCalled(source, CallID(5), tool: "book", arguments: #"{"day": 1}"#),
        .toolFinished(source, CallID(5), tool: "book", status: "completed"),
        .agentAudio(source, SegmentID(4), AudioChunk(samples: [0], sampleRate: 16000)),
        .agentTextDone(source, "words"), .agentFinished(source, node: "Stock"), .audioDone(ResponseID(1)),
        .paused(ResponseID(1), agent: "Stock", heard: "wor"), .resumed(ResponseID(1), source, rest: "words"),
        .interrupted(ResponseID(1), agent: "Stock", heard: "wor"), .responseDone(ResponseID(1), .completed),
        .turnMetrics(ResponseID(1), timings), .turnUsage(usage),
        .vadFrame(FrameReport(start: .start, probability: 0, positives: 0, state: "closed")),
        .settings(SettingsReport(vad: VADConfiguration(), reportsFrames: false, knowsPauses: false)), memory,
        .heartbeat,
        .ended(.agent),
        .failure(BadInput(code: "", message: ""), closeCode: 1008), .warning(problem),
    ]
}
