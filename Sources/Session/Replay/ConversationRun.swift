import AudioCore
import ProjectModel
import TurnTaking

/// One run of a conversation: every input with its time, and what was decided on it.
public struct ConversationRun: Sendable {
    /// One input and what followed.
    struct Step: Equatable, Sendable {
        var at: Duration
        var input: Input
        var outputs: [Output]
    }

    /// What the engines would have answered nobody knows.
    struct Unknown: Equatable, Sendable {
        /// Which engine was asked.
        enum Kind: String, CaseIterable, Equatable, Sendable { case transcript, text, speech }

        /// When the reply was used.
        var at: Duration
        var kind: Kind
        /// Whether a part of it is known from the recording.
        var isPartial: Bool
    }

    /// The settings of the run.
    let settings: ReplaySettings
    /// In order; times never go back.
    private(set) var steps: [Step] = []
    /// Replies that the recording does not hold, in order.
    var unknown: [Unknown] = []

    init(settings: ReplaySettings) { self.settings = settings }

    mutating func append(_ step: Step) { steps.append(step) }

    /// When the last input came.
    public var end: Duration { steps.last?.at ?? .zero }

    /// What the client was told, with the times; without signs of life and what only observers asked for.
    var told: [(at: Duration, event: ConversationEvent)] {
        steps.flatMap { step in
            step.outputs.compactMap { output -> (at: Duration, event: ConversationEvent)? in
                switch output {
                case .tell(.heartbeat), .tell(.vadFrame), .tell(.settings), .tell(.created): nil
                case .tell(let event): (step.at, event)
                case .play, .request, .wake: nil
                }
            }
        }
    }
}

/// What a journal holds: a conversation that can be run again.
public struct RecordedConversation: Sendable {
    let header: JournalHeader
    let entries: [JournalEntry]

    /// The conversation of a journal.
    public init(_ header: JournalHeader, _ entries: [JournalEntry]) {
        self.header = header
        self.entries = entries
    }

    /// The settings under which it was recorded.
    public var settings: ReplaySettings {
        ReplaySettings(
            project: header.project, lead: header.lead, knowsPauses: header.knowsPauses)
    }

    /// The conversation in a few words: project, name and beginning.
    public var title: String { "\(header.project.name), \(header.description.id), \(header.began)" }

    /// When a place in the caller's audio came.
    public var times: @Sendable (AudioPosition) -> Duration {
        let ends = entries.compactMap { entry -> (AudioPosition, Duration)? in
            if case .audio(let audio) = entry.input { (audio.end, .nanoseconds(entry.at)) } else { nil }
        }
        return { position in
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if ends[middle].0 < position { low = middle + 1 } else { high = middle }
            }
            guard low < ends.count else { return ends.last?.1 ?? .zero }
            return ends[low].1 - (ends[low].0 - position)
        }
    }

    /// What was decided then: the recorded inputs once more, under the recorded settings.
    public func asRecorded() -> ConversationRun {
        var run = ConversationRun(settings: settings)
        var core = ConversationCore(CompiledProject(header.project), identity(for: settings))
        for entry in entries {
            let at = Duration.nanoseconds(entry.at)
            for input in Self.observed(entry.input) {
                run.append(.init(at: at, input: input, outputs: core.handle(input, at: at)))
            }
        }
        return run
    }

    /// What would have been decided under other settings. The caller does what the recorded caller did; engines answer what
    /// they answered then, as far as the recording tells; the loudspeaker behaves as it did then.
    public func rerun(under settings: ReplaySettings) -> ConversationRun {
        let recorded = asRecorded()
        let effects = CounterfactualEffects(
            library: AnswerLibrary(learnedFrom: recorded),
            client: SimulatedClient(.init(learnedFrom: recorded)),
            silence: settings.project.audio.endpointing.longestSilence)
        var rerun = Rerun(
            ConversationCore(CompiledProject(settings.project), identity(for: settings)), effects, settings: settings)
        return rerun.run(callerActs(under: settings), until: recorded.end)
    }

    private func identity(for settings: ReplaySettings) -> ConversationCore.Identity {
        var description = header.description
        description.vad = settings.project.audio.vad
        return .init(
            description: description, lead: settings.lead, knowsPauses: settings.knowsPauses,
            announcement: settings.project.announcement, clock: header.clock,
            remembers: header.remembers ?? false)
    }

    /// What the caller did by choice: neither engines, nor the loudspeaker, nor the clock.
    private func callerActs(under settings: ReplaySettings) -> [(at: Duration, input: Input)] {
        entries.flatMap { entry -> [(at: Duration, input: Input)] in
            switch entry.input {
            case .engine, .time, .closed, .client(.playbackStarted), .client(.playbackStopped),
                .client(.playbackProgress):
                return []
            case .client(.update(let update)):
                return Self.observed(.client(.update(settings.allowed(of: update))))
                    .map { (at: .nanoseconds(entry.at), input: $0) }
            case .opened, .audio, .client:
                return Self.observed(entry.input).map { (at: .nanoseconds(entry.at), input: $0) }
            }
        }
    }

    /// The input, with a report of every counting frame; that decides nothing.
    private static func observed(_ input: Input) -> [Input] {
        var update = SessionUpdate()
        switch input {
        case .opened: break
        case .client(.update(let asked)): update = asked
        case .audio, .client, .engine, .time, .closed: return [input]
        }
        update.reportsFrames = true
        return input == .opened ? [input, .client(.update(update))] : [.client(.update(update))]
    }
}
