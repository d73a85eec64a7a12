import AudioCore
import ProjectModel
import TurnTaking

/// One segment in the order of playout, and how far it has come.
struct PlayoutEntry: Sendable {
    /// How far the synthesis of a segment has come.
    enum Progress: Equatable, Sendable {
        /// Not asked for. Exits: `running`.
        case waiting
        /// Being synthesized. Exits: `finished`, `failed`.
        case running
        /// All of its audio is here.
        case finished
        /// No more audio will come.
        case failed

        var isOver: Bool { self == .finished || self == .failed }
    }

    var segment: Segment
    var progress: Progress
    /// Samples that are there.
    var produced = 0
    /// Those of them that were sent.
    var sent = 0
    /// Those of them that are not needed again.
    var forgotten = 0
    /// When the words end that its voice has timed and the ledger does not have yet.
    var words: [SpokenWord] = []
    /// The number of its piece in the ledger, once it has begun; text alone has none.
    var piece: Int?
    var hasBegun = false

    init(segment: Segment, progress: Progress) { (self.segment, self.progress) = (segment, progress) }

    var rate: Int { segment.speech?.voice.sampleRate ?? 16000 }
    var unsent: Duration { .samples(produced - sent, at: rate) }
    /// Whether there is enough to send.
    var hasAudio: Bool { progress.isOver ? sent < produced : unsent >= Playout.smallestPiece }
}
