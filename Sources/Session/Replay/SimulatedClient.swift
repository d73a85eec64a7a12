import AudioCore

/// A client with a loudspeaker: plays what it is sent and says so as the recorded client did. Pure.
struct SimulatedClient: Sendable {
    /// How a client tells of its loudspeaker.
    struct Manner: Equatable, Sendable {
        /// From the first audio to its word that it plays; nil: it never says so.
        var startDelay: Duration?
        /// From the end of what it has to its word that it has stopped; nil: it never says so.
        var stopDelay: Duration?
        /// From the order to drop what it has to that word; nil: it does not answer that.
        var dropDelay: Duration?
        /// How often it says how much it has played; nil: never.
        var progressInterval: Duration?
    }

    /// Something that happens at the client.
    enum Signal: Equatable, Sendable {
        /// It begins to play, the so-manieth time.
        case starts(run: Int)
        /// It has played what it had when that piece came.
        case playedOut(piece: Int)
        case dropped
        /// It is time to say how much it has played.
        case progress(run: Int)
    }

    private let manner: Manner
    private var playedOut: Duration = .zero
    private var isPlaying = false
    private var runs = 0
    private var pieces = 0
    /// How much of which response was sent.
    private var given: (response: ResponseID, length: Duration)?

    init(_ manner: Manner) { self.manner = manner }

    /// It is sent audio.
    mutating func received(_ length: Duration, of response: ResponseID, at now: Duration) -> [(
        at: Duration, signal: Signal
    )] {
        var signals: [(at: Duration, signal: Signal)] = []
        let begins = !isPlaying
        let start = begins ? now + (manner.startDelay ?? .zero) : now
        playedOut = max(playedOut, start) + length
        given = (response, length + (given?.response == response ? given?.length ?? .zero : .zero))
        pieces += 1
        if begins {
            isPlaying = true
            runs += 1
            if manner.startDelay != nil { signals.append((start, .starts(run: runs))) }
            if let interval = manner.progressInterval { signals.append((start + interval, .progress(run: runs))) }
        }
        signals.append((playedOut + (manner.stopDelay ?? .zero), .playedOut(piece: pieces)))
        return signals
    }

    /// It is told something.
    mutating func told(_ event: ConversationEvent, at now: Duration) -> [(at: Duration, signal: Signal)] {
        switch event {
        case .paused, .interrupted, .responseDone(_, .cancelled): break
        default: return []
        }
        guard isPlaying else { return [] }
        let unplayed = max(playedOut - now, .zero)
        if let given { self.given = (given.response, max(given.length - unplayed, .zero)) }
        (isPlaying, playedOut) = (false, now)
        return manner.dropDelay.map { [(now + $0, .dropped)] } ?? []
    }

    /// Something has happened.
    /// - Returns: what it says, and what happens later.
    mutating func happened(_ signal: Signal, at now: Duration) -> (ClientSignal?, [(at: Duration, signal: Signal)]) {
        switch signal {
        case .starts(let run): return (isPlaying && run == runs ? .playbackStarted : nil, [])
        case .dropped: return (.playbackStopped, [])
        case .playedOut(let piece):
            guard piece == pieces, isPlaying else { return (nil, []) }
            isPlaying = false
            return (manner.stopDelay == nil ? nil : .playbackStopped, [])
        case .progress(let run):
            guard run == runs, isPlaying, let given, let interval = manner.progressInterval else { return (nil, []) }
            let played = max(given.length - max(playedOut - now, .zero), .zero)
            return (.playbackProgress(played), [(now + interval, .progress(run: run))])
        }
    }
}

extension SimulatedClient.Manner {
    /// How the client of `run` behaved; where it behaved in several ways, the median.
    init(learnedFrom run: ConversationRun) {
        var (starts, stops, drops, intervals): ([Duration], [Duration], [Duration], [Duration]) = ([], [], [], [])
        var orders = 0
        var (begun, playedOut, lastProgress): (Duration?, Duration, Duration?) = (nil, .zero, nil)
        var (droppedAt, isPlaying): (Duration?, Bool) = (nil, false)
        for step in run.steps {
            switch step.input {
            case .client(.playbackStarted):
                guard let start = begun else { break }
                starts.append(step.at - start)
                playedOut += step.at - start
                begun = nil
            case .client(.playbackStopped):
                if let order = droppedAt, step.at - order < .milliseconds(500) {
                    drops.append(step.at - order)
                } else {
                    stops.append(max(step.at - playedOut, .zero))
                }
                (droppedAt, lastProgress, isPlaying) = (nil, nil, false)
            case .client(.playbackProgress):
                if let last = lastProgress { intervals.append(step.at - last) }
                lastProgress = step.at
            default: break
            }
            for output in step.outputs {
                switch output {
                case .play(_, _, let range, let rate):
                    if !isPlaying { begun = step.at }
                    (droppedAt, isPlaying) = (nil, true)
                    playedOut = max(playedOut, step.at) + .samples(range.count, at: rate)
                case .tell(.paused), .tell(.interrupted), .tell(.responseDone(_, .cancelled)):
                    guard isPlaying else { continue }
                    orders += 1
                    (playedOut, begun, droppedAt, lastProgress) = (step.at, nil, step.at, nil)
                    isPlaying = false
                default: continue
                }
            }
        }
        startDelay = AnswerLibrary.usual(starts)
        stopDelay = AnswerLibrary.usual(stops)
        dropDelay = 2 * drops.count > orders ? AnswerLibrary.usual(drops) : nil
        progressInterval = AnswerLibrary.usual(intervals.filter { $0 > .zero })
    }
}
