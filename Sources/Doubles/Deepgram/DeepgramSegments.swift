import AudioCore
import Synchronization

/// One request of the script: up to a `KeepAlive` after a `Finalize`, or the end of the stream.
final class DeepgramUtterance: Sendable {
    let cue: Cue
    private let state = Mutex((pieces: 0, wasSaid: false))

    init(cue: Cue) { self.cue = cue }

    /// The number of the next result.
    func nextPiece() -> Int {
        state.withLock { state in
            defer { state.pieces += 1 }
            return state.pieces
        }
    }

    var pieces: Int { state.withLock { $0.pieces } }

    /// The script's text, for the first stretch with speech; nothing for those after it.
    func takeText() -> String {
        state.withLock { state in
            defer { state.wasSaid = true }
            return state.wasSaid ? "" : cue.text ?? ""
        }
    }
}

/// A stretch of the stream that is settled as one: up to a silence, a `Finalize` or the end.
final class DeepgramSegment: Sendable {
    enum Ending: Sendable { case endpoint, finalize, closeStream }

    let utterance: DeepgramUtterance
    /// Where it begins in the stream, in samples at 16 kHz.
    let start: Int
    let audio: AsyncStream<[Int16]>
    private let source: AsyncStream<[Int16]>.Continuation
    private let state = Mutex((count: 0, hasSpeech: false, ending: Ending?.none))

    init(utterance: DeepgramUtterance, start: Int) {
        self.utterance = utterance
        self.start = start
        (audio, source) = AsyncStream.makeStream(of: [Int16].self)
    }

    func add(_ samples: [Int16], isSpeech: Bool) {
        state.withLock { state in
            state.count += samples.count
            state.hasSpeech = state.hasSpeech || isSpeech
        }
        source.yield(samples)
    }

    func end(_ ending: Ending) {
        state.withLock { $0.ending = ending }
        source.finish()
    }

    /// Samples so far.
    var count: Int { state.withLock { $0.count } }
    var hasSpeech: Bool { state.withLock { $0.hasSpeech } }
    var ending: Ending? { state.withLock { $0.ending } }
}

/// Cuts the stream into segments, by its samples alone: how they were cut into messages makes no difference.
struct DeepgramSegmenter {
    /// What there is to do for whoever answers.
    enum Work: Sendable {
        case segment(DeepgramSegment)
        /// The end of the stream, with its length in samples at 16 kHz.
        case close(Int)
    }

    private let silence: Int?
    private var segment: DeepgramSegment?
    private var utterance: DeepgramUtterance?
    private var isFinalized = false
    private var position = 0
    private var quiet = 0
    private var frame: [Int16] = []

    /// 10 ms.
    private static let frameLength = 160
    /// In dBFS; below it is silence.
    private static let speechLevel = -50.0
    /// Deepgram holds back nothing shorter, in samples.
    private static let negligible = 1600

    /// Ends segments after so many milliseconds of silence; nil: never.
    init(endpointing: Int?) { silence = endpointing.map { max(200, $0) * 16 } }

    /// Takes audio at 16 kHz in. `cue` is asked at the beginning of an utterance.
    mutating func add(_ samples: [Int16], cue: () -> Cue) -> [Work] {
        var work: [Work] = []
        frame += samples
        var begin = 0
        while frame.count - begin >= Self.frameLength {
            let next = Array(frame[begin..<(begin + Self.frameLength)])
            begin += Self.frameLength
            work += take(next, cue: cue)
        }
        frame.removeFirst(begin)
        return work
    }

    private mutating func take(_ next: [Int16], cue: () -> Cue) -> [Work] {
        var work: [Work] = []
        let current: DeepgramSegment
        if let segment {
            current = segment
        } else {
            let utterance = utterance ?? DeepgramUtterance(cue: cue())
            self.utterance = utterance
            current = DeepgramSegment(utterance: utterance, start: position)
            segment = current
            quiet = 0
            work.append(.segment(current))
        }
        let isSpeech = PCM16.level(next) > Self.speechLevel
        quiet = isSpeech ? 0 : quiet + next.count
        position += next.count
        current.add(next, isSpeech: isSpeech)
        if let silence, quiet >= silence, current.hasSpeech {
            current.end(.endpoint)
            segment = nil
        }
        return work
    }

    /// A sign of life: after a `Finalize`, what comes next is another utterance.
    mutating func keepAlive() { if segment == nil, isFinalized { (utterance, isFinalized) = (nil, false) } }

    /// The client wants what is held back. It may pause, or its utterance is over.
    mutating func finalize(cue: () -> Cue) -> [Work] {
        let work = flush(cue: cue)
        isFinalized = true
        // Without an answer when there is too little: then the ending is one that nobody looks at.
        segment?.end((segment?.count ?? 0) < Self.negligible ? .endpoint : .finalize)
        segment = nil
        return work
    }

    /// The client ends the stream.
    mutating func closeStream(cue: () -> Cue) -> [Work] {
        let work = flush(cue: cue)
        segment?.end(.closeStream)
        segment = nil
        return work + [.close(position)]
    }

    private mutating func flush(cue: () -> Cue) -> [Work] {
        let rest = frame
        frame = []
        return rest.isEmpty ? [] : take(rest, cue: cue)
    }
}
