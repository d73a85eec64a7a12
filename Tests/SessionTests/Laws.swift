import AudioCore
import Testing

@testable import Session

/// What a client may rely on, checked output by output.
struct Laws {
    private struct Open {
        var id: ResponseID
        var isPaused = false
        var isSilent = false
        var audioIsOver = false
        var hasSounded = false
        /// Whether somebody with a voice had something to say. Behind a question, only agents without one may be left.
        var isToSound = false
        /// Who has shown words.
        var shown: Set<String> = []
        /// How far each segment was played.
        var played: [SegmentID: Int] = [:]
        /// Segments in the order in which they began.
        var order: [SegmentID] = []
        /// The next piece may go back: the answer has just resumed.
        var mayGoBack = false
        /// How far the answer was played when it paused last, and where it went on last, in samples of the whole.
        var lastResumption = -1
    }

    private let seed: Int
    private var open: Open?
    private var speaking: Set<UtteranceID> = []
    private var counted: Set<ResponseID> = []
    private var responses = 0
    /// Answers in whose course nothing sounded although they were completed, or failed.
    private var mute: [ResponseID] = []

    private var lines: Set<SegmentID> = []

    /// The one agent of these conversations that has no voice.
    private static let voiceless = "Risk"

    init(seed: Int) { self.seed = seed }

    mutating func check(_ output: Output, at: Duration) {
        switch output {
        case .tell(let event): check(event, at: at)
        case .play(let source, let segment, let range, _): play(source, segment, range, at: at)
        // A line that bridges silences is kept, and may be said again as the same segment.
        case .request(.synthesize(let id, _, for: nil)): lines.insert(id)
        case .request, .wake: break
        }
    }

    private mutating func check(_ event: ConversationEvent, at: Duration) {
        switch event {
        case .speechStarted(let id, _): speaking.insert(id)
        case .speechStopped(let id, _): speaking.remove(id)
        case .callerTranscript(let words) where !words.isFinal:
            #expect(words.utterance.map(speaking.contains) == true, "seed \(seed): interim words of silence at \(at)")
        case .responseStarted(let id):
            #expect(open == nil, "seed \(seed): responses overlap at \(at)")
            responses += 1
            open = Open(id: id)
        case .agentText(let source, _), .agentFiller(let source, _):
            #expect(open?.id == source.response, "seed \(seed): words of another response at \(at)")
            #expect(open?.isSilent == false, "seed \(seed): words after an interruption at \(at)")
            open?.shown.insert(source.agent)
            if source.agent != Self.voiceless { open?.isToSound = true }
        case .agentStarted(let source, _), .agentFinished(let source, _), .agentTextDone(let source, _):
            #expect(open?.id == source.response, "seed \(seed): a late report at \(at)")
            if source.agent != Self.voiceless { open?.isToSound = true }
        case .paused(let id, _, _):
            #expect(open?.id == id && open?.isPaused == false && open?.isSilent == false, "seed \(seed): \(at)")
            open?.isPaused = true
        case .resumed(let id, _, _):
            #expect(open?.id == id && open?.isPaused == true, "seed \(seed): \(at)")
            open?.isPaused = false
            open?.mayGoBack = true
        case .interrupted(let id, _, _):
            #expect(open?.id == id && open?.isSilent == false, "seed \(seed): \(at)")
            open?.isSilent = true
            open?.isPaused = false
        case .audioDone(let id):
            #expect(open?.id == id && open?.audioIsOver == false)
            open?.audioIsOver = true
        case .responseDone(let id, let status): end(id, status, at: at)
        case .turnUsage(let usage):
            #expect(counted.insert(usage.response).inserted, "seed \(seed): a turn is counted twice")
        default: break
        }
    }

    private mutating func play(_ source: Attribution, _ segment: SegmentID, _ range: Range<Int>, at: Duration) {
        guard var answer = open, answer.id == source.response else {
            Issue.record("seed \(seed): audio outside its response at \(at)")
            return
        }
        #expect(!answer.isSilent && !answer.audioIsOver && !answer.isPaused, "seed \(seed): audio at \(at)")
        #expect(speaking.isEmpty, "seed \(seed): audio while the caller has the floor at \(at)")
        #expect(answer.shown.contains(source.agent), "seed \(seed): audio before its text at \(at)")
        #expect(!range.isEmpty, "seed \(seed): empty audio at \(at)")
        answer.hasSounded = true
        if lines.contains(segment) {
            open = answer
            return
        }
        let known = answer.played[segment]
        if let place = answer.order.firstIndex(of: segment),
            place < answer.order.count - 1 || range.lowerBound < known ?? 0
        {
            #expect(answer.mayGoBack, "seed \(seed): it goes back at \(at)")
            // What comes behind it comes again from its beginning.
            for later in answer.order[(place + 1)...] { answer.played[later] = nil }
            answer.order.removeLast(answer.order.count - 1 - place)
            let position = answer.order.dropLast().reduce(0) { $0 + (answer.played[$1] ?? 0) } + range.lowerBound
            #expect(position > answer.lastResumption, "seed \(seed): it goes on from the same place twice at \(at)")
            answer.lastResumption = position
        } else {
            #expect(range.lowerBound == known ?? 0, "seed \(seed): samples are left out at \(at)")
            if known == nil { answer.order.append(segment) }
        }
        answer.mayGoBack = false
        answer.played[segment] = range.upperBound
        open = answer
    }

    private mutating func end(_ id: ResponseID, _ status: ResponseStatus, at: Duration) {
        #expect(open?.id == id, "seed \(seed)")
        #expect(
            open?.audioIsOver == true || status == .interrupted, "seed \(seed): \(status) without an end of the audio")
        #expect((status == .interrupted) == (open?.isSilent == true), "seed \(seed): \(status) at \(at)")
        #expect(open?.isPaused == false || status == .cancelled, "seed \(seed): over while it is paused")
        if open?.hasSounded == false, (status == .completed && open?.isToSound == true) || status == .failed {
            mute.append(id)
        }
        open = nil
    }

    /// - Parameter voicesWork: whether every voice speaks.
    func checkEnd(voicesWork: Bool, isSettled: Bool) {
        #expect(open == nil, "seed \(seed): a response was left open")
        #expect(isSettled, "seed \(seed): a turn whose usage is never told")
        #expect(counted.count <= responses)
        if voicesWork { #expect(mute.isEmpty, "seed \(seed): an answer without a sound: \(mute)") }
    }
}
