import AudioCore
import Network
import ProviderKit
import ProviderTransport
import Synchronization

/// The way of one utterance's audio to its socket, or to the one that takes a dead one's place.
final class ListenLine: Sendable {
    private struct State {
        var utterance = ListenUtterance()
        var socket: WebSocketConnection?
        /// What was sent, for as long as it may have to be sent again; nil from the first answer on.
        var sent: [Outgoing]? = []
        var sentSamples = 0

        /// Sends now if there is a socket, and keeps it for one that comes.
        mutating func pass(_ outgoing: Outgoing) {
            sent?.append(outgoing)
            if let socket { outgoing.go(over: socket) }
        }
    }

    private enum Outgoing {
        case audio([UInt8])
        case command(String)

        /// That a socket is dead shows when it is read.
        func go(over socket: WebSocketConnection) {
            switch self {
            case .audio(let bytes): socket.send(bytes)
            case .command(let text): socket.send(text)
            }
        }
    }

    private let state = Mutex(State())

    /// 20 ms; Deepgram wants no smaller pieces.
    private static let leastPiece = 320
    /// One second.
    private static let longestPiece = 16000
    /// Thirty seconds; an utterance without any answer by then cannot be repeated.
    private static let mostRepeated = 16000 * 30
    /// Bytes that wait in the socket before more audio is taken in, 4 s.
    private static let mostQueued = 128 << 10

    // MARK: Sending

    /// Sends `first` and then all of `utterance`; asks for the rest at its pauses and at its end, and insists when it stays
    /// out. Returns when there is nothing more to send.
    func feed(_ first: [Int16], _ utterance: AsyncStream<UtteranceInput>, patience: Duration) async throws {
        var piece = try await sendWhole(first)
        for await input in utterance {
            switch input {
            case .audio(let samples): piece = try await sendWhole(piece + samples)
            case .pause(let number):
                try await send(piece)
                piece = []
                say { $0.paused(number) }
            case .resumed: break
            }
        }
        try Task.checkCancellation()
        try await send(piece)
        // Deepgram answers nothing that is too short; a little silence makes sure of an answer.
        try await send(Array(repeating: 0, count: state.withLock { $0.utterance.padding }))
        say { $0.audioEnded() }
        try await Task.sleep(for: patience)
        say { $0.patienceIsOver() }
    }

    /// Sends `samples` unless they are too few; returns what is left.
    private func sendWhole(_ samples: [Int16]) async throws -> [Int16] {
        guard samples.count >= Self.leastPiece else { return samples }
        try await send(samples)
        return []
    }

    private func send(_ samples: [Int16]) async throws {
        for start in stride(from: 0, to: samples.count, by: Self.longestPiece) {
            let piece = Array(samples[start..<min(samples.count, start + Self.longestPiece)])
            state.withLock { state in
                state.utterance.sent(piece.count)
                state.sentSamples += piece.count
                if state.sentSamples > Self.mostRepeated { state.sent = nil }
                state.pass(.audio(PCM16.bytes(littleEndian: piece)))
            }
            await state.withLock { $0.socket }?.drained(below: Self.mostQueued)
            try Task.checkCancellation()
        }
    }

    private func say(_ commands: (inout ListenUtterance) -> [String]) {
        state.withLock { state in
            for command in commands(&state.utterance) { state.pass(.command(command)) }
        }
    }

    // MARK: Sockets

    /// Sends over `socket` from now on, beginning with what had been sent before.
    func attach(_ socket: WebSocketConnection) {
        state.withLock { state in
            state.socket = socket
            for outgoing in state.sent ?? [] { outgoing.go(over: socket) }
        }
    }

    /// The socket is of no use any more. Whether the utterance can be sent again over another.
    func detach() -> Bool {
        state.withLock { state in
            state.socket = nil
            return state.sent != nil && !state.utterance.isAnswered
        }
    }

    /// Something was heard, or the stream is over.
    func receive(_ change: (inout ListenUtterance) -> ListenUtterance.Outcome) -> ListenUtterance.Outcome {
        state.withLock { state in
            state.sent = nil
            return change(&state.utterance)
        }
    }

    /// Whether the stream has been ended by us.
    var isClosing: Bool { state.withLock { $0.utterance.isClosing } }
}
