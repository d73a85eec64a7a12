import ProviderKit
import Synchronization
import VoiceActivity

/// One utterance: takes the audio as it comes and says what is to be decoded next.
///
/// One task adds audio, another decodes; a decoding that has become pointless is asked to stop.
final class Utterance: Sendable {
    /// What is to be done next.
    enum Work: Sendable {
        /// Decode a piece that is complete. `stop` is raised when it turns out not to be.
        case piece(Hearing.Piece, stop: StopFlag)
        /// Decode what was said so far, if nobody else needs the processor. `stop` is raised when something is complete.
        case interim(Hearing.Piece, stop: StopFlag)
        /// Give out the words up to the pause of this number.
        case answer(pause: Int)
        /// Give out the final transcript.
        case finish
    }

    /// New samples between two interim decodings, 0.5 s.
    private static let step = 8000

    fileprivate struct State {
        var hearing = Hearing()
        /// Pieces that have ended, in order, not decoded yet.
        var ended: [Hearing.Piece] = []
        /// What was made of the pieces that have ended.
        var hypotheses: [Hypothesis] = []
        /// The decoding of the open piece at its last pause.
        var prepared: (range: Range<Int>, hypothesis: Hypothesis)?
        var agreement = Agreement()
        /// Samples heard, and how many there were at the last interim decoding.
        var (heard, looked) = (0, 0)
        /// A pause whose words are wanted.
        var pause: Int?
        var isOver = false
        /// The decoding under way.
        var running: (range: Range<Int>, stop: StopFlag)?
    }

    private let model: SileroModel
    private let state = Mutex(State())
    private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(model: SileroModel) { self.model = model }

    /// An element whenever there may be something to do.
    var wakes: AsyncStream<Void> { changes.stream }

    /// Takes the next audio.
    func add(_ chunk: [Int16]) {
        state.withLock { state in
            state.heard += chunk.count
            for piece in state.hearing.add(chunk, model: model) { state.end(piece) }
            state.stopWhatIsPointless()
        }
        changes.continuation.yield()
    }

    /// The words up to here are wanted, since the turn may be over.
    func pause(_ number: Int) {
        state.withLock { state in
            state.pause = number
            state.stopWhatIsPointless()
        }
        changes.continuation.yield()
    }

    /// The words up to the last pause are not wanted any more.
    func resume() { state.withLock { $0.pause = nil } }

    /// No more audio comes.
    func end() {
        state.withLock { state in
            if !state.isOver, let piece = state.hearing.open { state.end(piece) }
            state.isOver = true
            state.stopWhatIsPointless()
        }
        changes.continuation.yield()
    }

    /// What is to be done next; nil when there is nothing.
    func next() -> Work? {
        state.withLock { state in
            if let piece = state.complete {
                let stop = StopFlag()
                state.running = (piece.range, stop)
                return .piece(piece, stop: stop)
            }
            if state.isOver { return .finish }
            if let pause = state.pause {
                state.pause = nil
                return .answer(pause: pause)
            }
            guard !state.hearing.isPausing, state.heard - state.looked >= Self.step,
                let piece = state.hearing.unfinished
            else { return nil }
            let stop = StopFlag()
            state.looked = state.heard
            state.running = (piece.range, stop)
            return .interim(piece, stop: stop)
        }
    }

    /// What was made of a piece; nil when its decoding was given up. Returns what can be shown.
    func decoded(_ piece: Hearing.Piece, _ hypothesis: Hypothesis?) -> String {
        state.withLock { state in
            state.running = nil
            guard let hypothesis else { return state.shown }
            if state.ended.first?.range == piece.range {
                state.ended.removeFirst()
                state.hypotheses.append(hypothesis)
                state.agreement = Agreement()
            } else {
                state.prepared = (piece.range, hypothesis)
            }
            return state.shown
        }
    }

    /// What was made of all that was said so far; nil when its decoding was given up. Returns what can be shown.
    func glimpsed(_ hypothesis: Hypothesis?) -> String {
        state.withLock { state in
            state.running = nil
            if let hypothesis { _ = state.agreement.add(hypothesis.plausibleText) }
            return state.shown
        }
    }

    /// All that was decoded, when nothing else is to be.
    var whole: Hypothesis {
        state.withLock { Hypothesis.joining($0.hypotheses + ($0.prepared.map { [$0.hypothesis] } ?? [])) }
    }
}

extension Utterance.State {
    /// A complete piece that is not decoded yet: one that has ended, or the open one at a pause.
    fileprivate var complete: Hearing.Piece? {
        if let piece = ended.first { return piece }
        guard !isOver, hearing.isPausing || pause != nil, let piece = hearing.open, piece.range != prepared?.range
        else { return nil }
        return piece
    }

    /// What two decodings agree on, or what was heard at the last pause, whichever says more.
    fileprivate var shown: String {
        let open = prepared?.hypothesis.plausibleText ?? ""
        let more = agreement.text.count > open.count ? agreement.text : open
        let ended = Hypothesis.joining(hypotheses).text
        return [ended, more].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// A piece has ended. Its text may be known from the pause.
    fileprivate mutating func end(_ piece: Hearing.Piece) {
        if let prepared, prepared.range == piece.range, ended.isEmpty {
            hypotheses.append(prepared.hypothesis)
            agreement = Agreement()
        } else {
            ended.append(piece)
        }
        prepared = nil
    }

    fileprivate func stopWhatIsPointless() {
        guard let running else { return }
        let isWanted = ended.isEmpty ? complete.map { $0.range == running.range } : ended[0].range == running.range
        if isWanted == false { running.stop.raise() }
    }
}
