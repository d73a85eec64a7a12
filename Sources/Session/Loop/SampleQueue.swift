/// The samples of one segment, in the pieces in which they came. Nothing is copied when more comes or old ones are dropped,
/// and there is no spare capacity: a minute of speech takes as much memory as its samples.
struct SampleQueue: Sendable {
    private struct Piece {
        let start: Int
        let samples: [Int16]

        var end: Int { start + samples.count }
    }

    private var pieces: [Piece] = []

    /// The positions of the samples that are held. Its upper bound counts all that ever came.
    private(set) var range = 0..<0

    /// Adds samples at the end.
    mutating func append(_ samples: [Int16]) {
        guard !samples.isEmpty else { return }
        pieces.append(Piece(start: range.upperBound, samples: samples))
        range = range.lowerBound..<range.upperBound + samples.count
    }

    /// The samples of `wanted` that are held.
    func samples(_ wanted: Range<Int>) -> [Int16] {
        let wanted = wanted.clamped(to: range)
        var result: [Int16] = []
        result.reserveCapacity(wanted.count)
        for piece in pieces[firstPiece(endingAfter: wanted.lowerBound)...] {
            guard piece.start < wanted.upperBound else { break }
            let part = wanted.clamped(to: piece.start..<piece.end)
            result += piece.samples[part.lowerBound - piece.start..<part.upperBound - piece.start]
        }
        return result
    }

    /// Drops the samples before `position`. A piece is freed when all of it is dropped.
    mutating func drop(before position: Int) {
        let start = min(max(position, range.lowerBound), range.upperBound)
        range = start..<range.upperBound
        pieces.removeFirst(firstPiece(endingAfter: start))
    }

    /// By halving: an answer may have hundreds of pieces, and samples are taken fifty times a second.
    private func firstPiece(endingAfter position: Int) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
