import AudioCore
import ProjectModel
import TurnTaking

/// One run on one axis of time, for drawing. All times are in seconds since the conversation began.
public struct RunTimeline: Codable, Equatable, Sendable {
    /// A stretch of time.
    public struct Span: Codable, Equatable, Sendable {
        /// When it begins.
        public var from: Double
        /// When it ends.
        public var to: Double
        /// Who speaks; empty for the caller and where nobody does.
        public var agent = ""
        /// The words in it, or the state of the gate.
        public var text = ""
    }

    /// A moment.
    public struct Mark: Codable, Equatable, Sendable {
        /// When it is.
        public var at: Double
        /// `turn`, `paused`, `resumed`, `interrupted` or `unknown`.
        public var kind: String
        /// What happened.
        public var text: String
    }

    /// Values at moments, such as the speech probability.
    public struct Track: Codable, Equatable, Sendable {
        /// When.
        public var times: [Double] = []
        /// What.
        public var values: [Double] = []

        /// Nothing.
        public init() {}
    }

    /// When the last input came.
    public var end: Double
    /// What a window must reach to be speech: 0…1.
    public var speechProbability: Double
    /// Positive frames that interrupt; 0 in push-to-talk.
    public var threshold: Int
    /// Frames in the sliding window; 0 in push-to-talk.
    public var window: Int
    /// The speech probability of each window of 512 samples, at its end.
    public var probability = Track()
    /// Positive frames in the window, after each counting frame.
    public var positives = Track()
    /// When the gate is locked after playout has begun.
    public var lockouts: [Span] = []
    /// When the gate still counts after the last audio was sent.
    public var graces: [Span] = []
    /// When the caller has the floor.
    public var caller: [Span] = []
    /// What the client plays, by our estimate.
    public var agents: [Span] = []
    /// What happened.
    public var marks: [Mark] = []
    /// Who said what, in order.
    public var transcript: [Span] = []

    /// The timeline of `run`.
    public init(_ run: ConversationRun) {
        let vad = run.settings.project.audio.vad
        end = run.end.rounded
        speechProbability = Double(vad?.speechProbability ?? VADConfiguration().speechProbability)
        (threshold, window) = (vad?.threshold ?? 0, vad?.windowSize ?? 0)
        var drawing = TimelineDrawing(self, frame: .milliseconds(vad?.frameMilliseconds ?? 30))
        for step in run.steps { drawing.draw(step) }
        for unknown in run.unknown {
            let extent = unknown.isPartial ? "partly known" : "unknown"
            drawing.mark("unknown", "\(unknown.kind.rawValue) \(extent)", at: unknown.at)
        }
        self = drawing.finish(at: run.end)
    }
}

/// Draws a timeline step by step.
private struct TimelineDrawing {
    private var timeline: RunTimeline
    private let frame: Duration
    private var heard: (end: AudioPosition, at: Duration) = (.start, .zero)
    private var lastVoiced: Duration = .zero
    private var speaking: Duration?
    private var utterances: [UtteranceID: Int] = [:]
    /// When the client has played what it has.
    private var playedOut: Duration = .zero
    private var lastSent: Duration = .zero
    /// What was shown and has no sound yet, and the segment that sounds.
    private var shown: [(agent: String, text: String)] = []
    private var sounding: SegmentID?

    /// Audio goes out in pieces; only a longer gap is a silence.
    static let gap: Duration = .milliseconds(300)

    init(_ timeline: RunTimeline, frame: Duration) { (self.timeline, self.frame) = (timeline, frame) }

    mutating func draw(_ step: ConversationRun.Step) {
        if case .audio(let audio) = step.input {
            heard = (audio.end, step.at)
            for (at, probability) in audio.windows(at: step.at) {
                timeline.probability.times.append(at.rounded)
                timeline.probability.values.append((Double(probability) * 1000).rounded() / 1000)
                if Double(probability) >= timeline.speechProbability - Double(Endpointer.hysteresis) { lastVoiced = at }
            }
        }
        if case .client(.text(let text)) = step.input { say("", text, at: step.at) }
        for output in step.outputs {
            switch output {
            case .tell(let event): tell(event, at: step.at)
            case .play(let source, let segment, let range, let rate):
                play(source, segment, .samples(range.count, at: rate), at: step.at)
            case .request, .wake: break
            }
        }
    }

    mutating func finish(at end: Duration) -> RunTimeline {
        if let began = speaking { timeline.caller.append(.init(from: began.rounded, to: end.rounded)) }
        timeline.marks.sort { $0.at < $1.at }
        return timeline
    }

    mutating func mark(_ kind: String, _ text: String, at now: Duration) {
        timeline.marks.append(.init(at: now.rounded, kind: kind, text: text))
    }

    private mutating func say(_ who: String, _ text: String, at now: Duration) {
        timeline.transcript.append(.init(from: now.rounded, to: now.rounded, agent: who, text: text))
    }

    private mutating func tell(_ event: ConversationEvent, at now: Duration) {
        switch event {
        case .speechStarted: speaking = now
        case .speechStopped(let id, _):
            let began = speaking ?? now
            utterances[id] = timeline.caller.count
            timeline.caller.append(.init(from: began.rounded, to: max(began, min(lastVoiced, now)).rounded))
            speaking = nil
            mark("turn", "the caller's turn ends", at: now)
        case .callerTranscript(let said) where said.isFinal:
            guard let id = said.utterance else { break }
            if let index = utterances[id] { timeline.caller[index].text = said.text }
            if !said.text.isEmpty { say("", said.text, at: now) }
        case .agentText(let source, let text), .agentFiller(let source, let text):
            shown.append((source.agent, text))
            say(source.agent, text, at: now)
        case .paused(_, _, let heard): stop("paused", "paused; heard so far: “\(heard)”", at: now)
        case .resumed(_, _, let rest): mark("resumed", "goes on: “\(rest)”", at: now)
        case .interrupted(_, _, let heard): stop("interrupted", "interrupted; heard: “\(heard)”", at: now)
        case .responseDone(_, .cancelled): stop("interrupted", "stopped by the client", at: now)
        case .vadFrame(let report): count(report)
        default: break
        }
    }

    /// The client drops what it has not played.
    private mutating func stop(_ kind: String, _ text: String, at now: Duration) {
        playedOut = min(playedOut, now)
        while let last = timeline.agents.indices.last, timeline.agents[last].to > now.rounded {
            timeline.agents[last].to = now.rounded
            guard timeline.agents[last].from >= now.rounded else { break }
            timeline.agents.removeLast()
        }
        sounding = nil
        mark(kind, text, at: now)
    }

    private mutating func play(_ source: Attribution, _ segment: SegmentID, _ length: Duration, at now: Duration) {
        let start = max(playedOut, now)
        if segment == sounding, start == playedOut, let last = timeline.agents.indices.last {
            timeline.agents[last].to = (start + length).rounded
        } else {
            let words = shown.first { $0.agent == source.agent }?.text ?? ""
            shown = []
            timeline.agents.append(
                .init(from: start.rounded, to: (start + length).rounded, agent: source.agent, text: words))
            sounding = segment
        }
        playedOut = start + length
        lastSent = now
    }

    private mutating func count(_ report: FrameReport) {
        let end = heard.at - (heard.end - report.start) + frame
        timeline.positives.times.append(end.rounded)
        timeline.positives.values.append(Double(report.positives))
        switch report.state {
        case "locked": Self.extend(&timeline.lockouts, from: (end - frame).rounded, to: end.rounded)
        case "detecting" where end - lastSent > Self.gap:
            Self.extend(&timeline.graces, from: max(end - frame, lastSent).rounded, to: end.rounded)
        default: break
        }
    }

    private static func extend(_ spans: inout [RunTimeline.Span], from: Double, to: Double) {
        if let last = spans.indices.last, from - spans[last].to < 0.02 {
            spans[last].to = max(to, spans[last].to)
        } else {
            spans.append(.init(from: from, to: to))
        }
    }
}

extension Duration {
    /// In seconds, to the millisecond.
    fileprivate var rounded: Double { (seconds * 1000).rounded() / 1000 }
}
