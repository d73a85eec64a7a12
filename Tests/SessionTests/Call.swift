import AudioCore
import Dialects
import Foundation
import ProjectModel
import ProviderKit
import Synchronization
import TestSupport
import VoiceActivity

@testable import Session

/// A whole call on virtual time: a client of the bridge, the conversation with everything that is real but its engines.
struct Call {
    /// One message of the server.
    struct Message {
        var at: Duration
        var fields: [String: Any]

        var type: String { fields["type"] as? String ?? "" }
        subscript(name: String) -> String? { fields[name] as? String }

        var samples: [Int16] {
            self["delta"].flatMap { Data(base64Encoded: $0) }.map { PCM16.samples(littleEndian: Array($0)) } ?? []
        }
    }

    let virtual = VirtualTime()
    var clock: ChainClock { ChainClock(virtual.clock, random: { 0 }) }
    var project = TestProjects.single()
    var words: [String?] = []
    var writers: [ScriptedWriter] = []
    var voices = [ScriptedVoice()]
    var dialogue: ScriptedDialogue?
    var memory: CallerMemory?
    /// Understands the caller in the place of `words`.
    var recognizer: (any SpeechRecognizer)?
    /// How much of the microphone a message holds, in samples.
    var messageSamples = 640
    private var microphone: [Int16] = []
    private var messages: [(at: Duration, frame: Frame)] = []

    // MARK: - The caller

    mutating func silence(_ seconds: Double) { microphone += Array(repeating: 0, count: Int(seconds * 16_000)) }

    mutating func say(_ samples: [Int16]) { microphone += samples }

    /// How much the caller has said so far, silence included.
    var position: Duration { .samples(microphone.count, at: 16_000) }

    mutating func send(_ message: String, at: Duration) { messages.append((at, .text(message))) }

    // MARK: - The call

    /// Holds the call until `end`.
    func run(until end: Duration) throws -> [Message] {
        let engines = try engines()
        let clock = clock
        let received = Mutex<[(Duration, Frame)]>([])
        let conversation = Conversation(
            id: ConversationID("conv_wholecall001"), project: project, engines: engines, clock: clock,
            executor: virtual, dialect: BridgeDialect(),
            send: { frame in received.withLock { $0.append((clock.now(), frame)) } })
        let script = (audio() + messages).sorted { $0.at < $1.at }
        try virtual.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await conversation.run() }
                for (at, frame) in script where at <= end {
                    try await clock.sleep(at)
                    await conversation.post(frame)
                }
                try await clock.sleep(end)
                conversation.end()
                try await group.waitForAll()
            }
        }
        return received.withLock { $0 }.compactMap { at, frame in
            guard case .text(let text) = frame,
                let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            else { return nil }
            return Message(at: at, fields: object)
        }
    }

    private func audio() -> [(at: Duration, frame: Frame)] {
        stride(from: 0, to: microphone.count, by: messageSamples).map { start in
            let piece = Array(microphone[start..<min(start + messageSamples, microphone.count)])
            let base64 = Data(PCM16.bytes(littleEndian: piece)).base64EncodedString()
            let text = #"{"type": "input_audio_buffer.append", "audio": "\#(base64)"}"#
            return (.samples(start + piece.count, at: 16_000), .text(text))
        }
    }

    private func engines() throws -> Engines {
        let clock = clock
        let ears = RecognitionChain(
            [
                ChainLink(
                    recognizer ?? ScriptedEars(words: Turns(words), clock: clock), breaker: CircuitBreaker(clock: clock)
                )
            ],
            finalTranscript: .seconds(3), policy: .once, clock: clock)
        let voice = SynthesisChain(
            voices.map { ChainLink($0, breaker: CircuitBreaker(clock: clock)) },
            deadlines: PieceDeadlines(first: .seconds(4)), policy: .once, clock: clock)
        let writers = writers.isEmpty ? [ScriptedWriter(clock: clock)] : writers
        let writer = GenerationChain(
            writers.map { ChainLink($0, breaker: CircuitBreaker(clock: clock)) },
            deadlines: PieceDeadlines(first: .seconds(60)), policy: .once, clock: clock)
        let dialogue = dialogue.map { ChainLink($0, breaker: CircuitBreaker(clock: clock)) }
        var engines = Engines(
            voiceActivity: try SileroModel(), recognizer: ears, synthesizer: { _ in voice },
            languageModel: { _ in writer },
            speechToSpeech: { _ in dialogue })
        engines.memory = memory
        return engines
    }
}

extension [Call.Message] {
    func all(_ type: String) -> [Call.Message] { filter { $0.type == type } }

    /// The place of the first message of that type, behind `index`.
    func place(_ type: String, after index: Int = -1) -> Int? { self[(index + 1)...].firstIndex { $0.type == type } }

    /// Samples in the order in which they were sent.
    var audio: [Int16] { all("response.audio.delta").flatMap(\.samples) }
}
