import AudioCore
import Foundation
import Network
import ProviderKit
import ProviderTransport
import Synchronization

/// Sends one utterance's audio, which may take more than one turn: we end one when the caller pauses, and Azure ends one when
/// it has heard nothing for long.
final class AudioUplink: Sendable {
    /// What follows on the end of one of Azure's turns.
    enum Sequel: Equatable {
        /// Another turn was opened for the rest of the utterance.
        case goesOn
        /// The caller pauses; nothing was said since the turn's audio ended. `goesOn` waits for what follows.
        case pause(Int)
        /// So is the utterance.
        case over
    }

    private enum Turn: Equatable {
        /// Audio goes out. Exits: `closing`.
        case open
        /// Its audio has ended, at that pause or with the utterance (nil). Exits: `over`, `open`.
        case closing(pause: Int?)
        /// Azure has ended it, and the caller still pauses. Exits: `open`.
        case over
    }

    private struct State {
        var requestID = USPMessage.newID()
        var turn = Turn.open
        /// The pause that goes on.
        var pause: Int?
        var hasEnded = false
        /// Not sent yet: less than `smallest` while a turn is open, and what comes while none is.
        var pending: [Int16] = []
        /// Finished when the caller goes on after a pause, or has ended.
        var sequel: AsyncStream<Never>.Continuation?
    }

    /// Samples of the smallest and the largest frame: 20 ms, and the 100 ms of Microsoft's own SDK.
    private static let smallest = 320
    private static let largest = 1600
    /// Bytes on their way beyond which audio that is there early (an utterance sent once more) waits.
    private static let ahead = 256 << 10

    private let connection: WebSocketConnection
    private let language: String
    private let state = Mutex(State())

    /// Opens a turn on `connection`.
    init(_ connection: WebSocketConnection, language: String) {
        self.connection = connection
        self.language = language
        state.withLock { open($0.requestID) }
    }

    /// The turn's id.
    var requestID: String { state.withLock { $0.requestID } }

    /// Sends `first` and all of `utterance`, then that there is no more. Ends early, and says nothing, when it is cancelled.
    func send(_ first: [Int16], _ utterance: AsyncStream<UtteranceInput>) async {
        send(first)
        for await input in utterance {
            switch input {
            case .audio(let samples):
                send(samples)
                await connection.drained(below: Self.ahead)
            case .pause(let number): pause(number)
            case .resumed: resume()
            }
            if Task.isCancelled { return }
        }
        if !Task.isCancelled { end() }
    }

    /// Azure has ended its turn.
    func turnEnded() -> Sequel {
        state.withLock { state in
            switch state.turn {
            case .closing(nil): return .over
            case .closing(let pause?) where pause == state.pause:
                if state.hasEnded { return .over }
                state.turn = .over
                return .pause(pause)
            case .open, .closing, .over:
                reopen(&state)
                return .goesOn
            }
        }
    }

    /// Waits until the caller goes on after a pause at which Azure has ended its turn; false when no more is said.
    func goesOn() async -> Bool {
        let sequel = state.withLock { state -> AsyncStream<Never>? in
            guard state.turn == .over, !state.hasEnded else { return nil }
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            state.sequel = continuation
            return stream
        }
        if let sequel { for await _ in sequel {} }
        return state.withLock { $0.turn != .over }
    }

    // The lock is held while sending, which never waits: a turn's messages must not get between another's.

    private func send(_ samples: [Int16]) {
        state.withLock { state in
            state.pending += samples
            guard state.turn == .open, state.pending.count >= Self.smallest else { return }
            flush(&state)
        }
    }

    /// The caller pauses: the end of the audio makes Azure settle its words.
    private func pause(_ number: Int) {
        state.withLock { state in
            state.pause = number
            if state.turn == .open { close(&state) }
        }
    }

    private func resume() {
        state.withLock { state in
            state.pause = nil
            guard state.turn == .over else { return }
            reopen(&state)
            state.sequel?.finish()
        }
    }

    private func end() {
        state.withLock { state in
            state.hasEnded = true
            if state.turn == .open { close(&state) }
            state.sequel?.finish()
        }
    }

    /// Opens another turn for what was not sent yet, and ends it where the caller pauses again or has ended.
    private func reopen(_ state: inout State) {
        state.requestID = USPMessage.newID()
        state.turn = .open
        open(state.requestID)
        if state.pause != nil || state.hasEnded {
            close(&state)
        } else if state.pending.count >= Self.smallest {
            flush(&state)
        }
    }

    private func close(_ state: inout State) {
        flush(&state)
        frame([], in: state.requestID)
        state.turn = .closing(pause: state.pause)
    }

    private func flush(_ state: inout State) {
        send(state.pending, in: state.requestID)
        state.pending = []
    }

    private func send(_ samples: [Int16], in requestID: String) {
        for start in stride(from: 0, to: samples.count, by: Self.largest) {
            let end = min(samples.count, start + Self.largest)
            frame(PCM16.bytes(littleEndian: Array(samples[start..<end])), in: requestID)
        }
    }

    private func open(_ requestID: String) {
        let context: JSONValue = [
            "phraseDetection": ["mode": "CONVERSATION", "language": .string(language)],
            "audio": ["streams": ["1": nil]],
            "phraseOutput": ["format": "Detailed", "detailed": ["options": []]],
        ]
        USPMessage(
            path: "speech.context", requestID: requestID, contentType: "application/json", body: .text(context.text)
        ).send(on: connection, at: .now)
        frame(Self.header, in: requestID, contentType: "audio/x-wav")
    }

    private func frame(_ bytes: [UInt8], in requestID: String, contentType: String? = nil) {
        USPMessage(
            path: "audio", requestID: requestID, streamID: "1", contentType: contentType, body: .bytes(bytes)
        ).send(on: connection, at: .now)
    }

    /// The beginning of a WAV of PCM16 mono at 16 kHz whose length nobody knows: the sizes are zero.
    private static let header: [UInt8] = {
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        return Array("RIFF".utf8) + little(0, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2) + little(1, 2)
            + little(16_000, 4) + little(32_000, 4) + little(2, 2) + little(16, 2) + Array("data".utf8) + little(0, 4)
    }()
}
