import AudioCore
import Foundation
import Network
import ProviderTransport
import Synchronization

/// Sends one utterance's audio, which may take more than one turn: Azure ends one when it has heard nothing for long.
final class AudioUplink: Sendable {
    private struct State {
        var requestID = USPMessage.newID()
        var hasEnded = false
        /// Not sent yet; less than `smallest`.
        var pending: [Int16] = []
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

    /// Sends `first` and all of `audio`, then that there is no more. Ends early, and says nothing, when it is cancelled.
    func send(_ first: [Int16], _ audio: AsyncStream<[Int16]>) async {
        send(first)
        for await samples in audio {
            send(samples)
            await connection.drained(below: Self.ahead)
            if Task.isCancelled { return }
        }
        if !Task.isCancelled { end() }
    }

    /// Azure has ended its turn. False: so has the utterance. True: a new turn was opened for the rest of it.
    func reopen() -> Bool {
        state.withLock { state in
            if state.hasEnded { return false }
            state.requestID = USPMessage.newID()
            open(state.requestID)
            return true
        }
    }

    // The lock is held while sending, which never waits: a turn's messages must not get between another's.

    private func send(_ samples: [Int16]) {
        state.withLock { state in
            state.pending += samples
            guard state.pending.count >= Self.smallest else { return }
            send(state.pending, in: state.requestID)
            state.pending = []
        }
    }

    private func end() {
        state.withLock { state in
            send(state.pending, in: state.requestID)
            state.pending = []
            state.hasEnded = true
            frame([], in: state.requestID)
        }
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
