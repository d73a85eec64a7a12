/// Finds the pieces of an utterance that are decoded at once: from the first word to a pause. Counts in windows of 32 ms;
/// the same probabilities give the same pieces.
///
/// A piece ends with a long pause, or with a shorter one when it has become long, because the model's work grows faster
/// than the piece. Speech without any pause is cut where it was quietest.
struct Segmenter: Equatable, Sendable {
    /// From this probability on a window counts as speech.
    static let speech: Float = 0.4
    /// Windows without speech that make a pause, 96 ms: from here on the piece may be its last.
    static let pause = 3
    /// Windows without speech that end a piece of any length, 1 s.
    static let longPause = 32
    /// From 15 s on, 200 ms of quiet end a piece; from 20 s on any pause.
    static let (long, veryLong) = (469, 625)
    private static let shortPause = 7
    /// The longest piece, 28 s.
    static let longest = 875

    /// The windows of one piece, from the first with speech to the last.
    struct Piece: Equatable, Sendable {
        let first: Int
        var last: Int
        /// Whether it ends within speech, for want of a pause.
        var isCut = false
        /// Where in its later part speech was least likely: there it is cut if it has to be.
        fileprivate var quietest: Quietest?

        fileprivate init(first: Int, last: Int) { (self.first, self.last) = (first, last) }
    }

    fileprivate struct Quietest: Equatable {
        let window: Int
        let probability: Float
    }

    /// Windows judged so far.
    private(set) var count = 0
    /// The piece that has begun and not ended.
    private(set) var open: Piece?

    /// Whether speech has paused since the open piece's last word.
    var isPausing: Bool { open.map { count - 1 - $0.last >= Self.pause } ?? false }

    /// Takes the probability of the next window; returns the piece that ends here, if one does.
    mutating func add(_ probability: Float) -> Piece? {
        let window = count
        count += 1
        guard var piece = open else {
            if probability >= Self.speech { open = Piece(first: window, last: window) }
            return nil
        }
        if probability >= Self.speech {
            piece.last = window
        } else if window - piece.last >= neededPause(of: piece) {
            open = nil
            return piece
        }
        let length = window - piece.first
        if length >= Self.veryLong, probability < piece.quietest?.probability ?? 1 {
            piece.quietest = Quietest(window: window, probability: probability)
        }
        open = piece
        return length >= Self.longest ? cut(piece) : nil
    }

    /// Ends a piece that has become too long; what follows the cut is open.
    private mutating func cut(_ piece: Piece) -> Piece {
        var piece = piece
        let place = min(piece.quietest?.window ?? piece.last, piece.last)
        open = place < piece.last ? Piece(first: place + 1, last: piece.last) : nil
        (piece.last, piece.isCut) = (place, true)
        return piece
    }

    private func neededPause(of piece: Piece) -> Int {
        switch piece.last - piece.first {
        case ..<Self.long: Self.longPause
        case ..<Self.veryLong: Self.shortPause
        default: Self.pause
        }
    }
}
