import Network

extension Stage {
    /// The pieces of a streamed answer.
    public struct Pieces: Sendable {
        /// What carries words or audio, piece by piece; each waits for its time, and faults count these.
        public var timed: [[UInt8]]
        /// What comes before the first of them, at once.
        public var head: [UInt8]
        /// What comes after the last of them, at once.
        public var tail: [UInt8]
        /// What takes the place of a piece that is to break the protocol.
        public var broken: [UInt8]
        /// Whether a recogniser's delay of the final transcript comes before the end.
        public var waitsForFinal: Bool

        /// The pieces of one answer.
        public init(
            timed: [[UInt8]], head: [UInt8] = [], tail: [UInt8] = [], broken: [UInt8], waitsForFinal: Bool = false
        ) {
            self.timed = timed
            self.head = head
            self.tail = tail
            self.broken = broken
            self.waitsForFinal = waitsForFinal
        }
    }

    /// An answer in `pieces`, each in its time as the cue says, with the cue's fault; the journal has what becomes of it.
    public func stream(
        _ wire: Wire, _ cue: Cue, headers: [(name: String, value: String)], _ pieces: Pieces
    ) -> HTTPResponse {
        HTTPResponse.stream(status: 200, headers: headers) { writer in
            await self.untilClosed(writer) { await self.play(pieces, wire, cue, to: writer) }
        }
    }

    private func play(_ pieces: Pieces, _ wire: Wire, _ cue: Cue, to writer: HTTPResponseWriter) async {
        do {
            if !pieces.head.isEmpty { await writer.write(pieces.head) }
            // One beyond the pieces, so that a fault can come after all of them; with no time of its own.
            for index in 0...pieces.timed.count {
                let isLast = index == pieces.timed.count
                // Where there is but one piece, it is the final one.
                if pieces.waitsForFinal, pieces.tail.isEmpty ? index == 0 : isLast { try await cue.beforeFinal() }
                switch isLast && index > 0 ? cue.turn(at: index) : try await cue.before(piece: index) {
                case .go:
                    if isLast { break }
                    guard await writer.write(pieces.timed[index]) else { throw CancellationError() }
                    if index == 0 { journal.note(wire, .firstPiece) }
                case .cut:
                    journal.note(wire, .fault, "cut after \(index)")
                    writer.abort()
                    return
                case .stall:
                    journal.note(wire, .fault, "stall after \(index)")
                    await writer.closed()
                    throw CancellationError()
                case .malformed:
                    journal.note(wire, .fault, "malformed after \(index)")
                    await writer.write(pieces.broken)
                    return
                }
            }
            // An empty write tells as well whether the client is still there.
            guard await writer.write(pieces.tail) else { throw CancellationError() }
            journal.note(wire, .finished)
        } catch {
            journal.note(wire, .cancelled)
        }
    }

    /// Runs `body`, which is cancelled as soon as the client has gone.
    private func untilClosed(_ writer: HTTPResponseWriter, _ body: @escaping @Sendable () async -> Void) async {
        // Nobody but the server can wait for the end of an answer that the answer's own task has to bring about.
        let (gone, source) = AsyncStream.makeStream(of: Void.self)
        watch {
            await writer.closed()
            source.finish()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await body() }
            group.addTask { for await _ in gone {} }
            await group.next()
            group.cancelAll()
        }
    }
}

extension WebSocketConnection {
    /// Bytes that may wait for a client which reads slowly; well below what ends the connection.
    private static let mostQueued = 256 << 10

    /// Waits until the client has taken most of what was sent; false when it has gone, or the work was called off.
    func hasRoom() async -> Bool { await drained(below: Self.mostQueued) }
}
