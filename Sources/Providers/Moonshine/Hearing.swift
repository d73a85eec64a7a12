import VoiceActivity

/// The audio of one utterance, cut into the pieces that are decoded. Keeps only what is still to be decoded.
struct Hearing: Sendable {
    /// What is taken before the first window with speech, 0.2 s: a breathed beginning is no speech yet to the detector.
    static let lead = 3200
    /// What is taken behind the last window with speech, 96 ms: the pause that has to be there anyhow. The model makes
    /// fewest mistakes with a tenth of a second of silence; more costs time and words.
    static let trail = Segmenter.pause * SileroModel.windowLength

    /// A piece of the utterance. At a pause, and at the end, the same range has the same samples.
    struct Piece: Equatable, Sendable {
        /// Where it lies, in samples from the beginning of the utterance; the lead may begin before that.
        let range: Range<Int>
        /// Its samples. Silence stands for those that there are none of.
        let samples: [Int16]
    }

    private var track = SpeechProbabilityTrack()
    private var segmenter = Segmenter()
    /// The samples of the utterance from `base` on.
    private var samples: [Int16] = []
    private var base = 0
    /// Where the piece before ended.
    private var floor = -Self.lead

    private var end: Int { base + samples.count }

    /// Takes the next samples; returns the pieces that end in them.
    mutating func add(_ chunk: [Int16], model: SileroModel) -> [Piece] {
        samples += chunk
        var ended: [Piece] = []
        for verdict in track.append(chunk, model: model) {
            guard let piece = segmenter.add(verdict.probability) else { continue }
            let range = range(of: piece)
            ended.append(self.piece(range))
            floor = range.upperBound
        }
        forget()
        return ended
    }

    /// What has begun and not ended, with the pause behind it.
    var open: Piece? { segmenter.open.map { piece(range(of: $0)) } }

    /// Whether speech has paused in the open piece.
    var isPausing: Bool { segmenter.isPausing }

    /// The open piece up to now, its last word perhaps cut; nil without one.
    var unfinished: Piece? { segmenter.open.map { piece(start(of: $0)..<max(start(of: $0), end)) } }

    private func start(of piece: Segmenter.Piece) -> Int {
        max(floor, piece.first * SileroModel.windowLength - Self.lead)
    }

    private func range(of piece: Segmenter.Piece) -> Range<Int> {
        start(of: piece)..<(piece.last + 1) * SileroModel.windowLength + (piece.isCut ? 0 : Self.trail)
    }

    private func piece(_ range: Range<Int>) -> Piece {
        let there = range.clamped(to: base..<end)
        let before = [Int16](repeating: 0, count: max(0, min(base, range.upperBound) - range.lowerBound))
        let behind = [Int16](repeating: 0, count: range.count - before.count - there.count)
        return Piece(
            range: range, samples: before + samples[(there.lowerBound - base)..<(there.upperBound - base)] + behind)
    }

    /// Drops what no piece will need any more.
    private mutating func forget() {
        let needed =
            segmenter.open.map { start(of: $0) } ?? segmenter.count * SileroModel.windowLength - Self.lead
        let count = max(needed, floor) - base
        // Moving the rest costs as much as the rest is long, so it is not done for every chunk.
        guard count > 16000 else { return }
        samples.removeFirst(count)
        base += count
    }
}
