import Agents
import ProjectModel

/// What a whole call needs that no turn decides: the greeting, the question after a long silence, the longest time, and the
/// end by our own will. Pure; time is handed in.
///
/// It looks at who has the floor and says what is to be done. It never says anything while the caller speaks or an answer is
/// owed or audible, and after the end nothing.
struct CallLimits: Equatable, Sendable {
    /// Who has the floor, as far as it matters here.
    enum Situation: Equatable, Sendable {
        /// Nobody speaks, nothing of ours is audible, and nothing is owed.
        case quiet
        /// The caller speaks, or words are awaited.
        case caller
        /// A response is open.
        case answer
    }

    /// What is to be done now.
    enum Action: Equatable, Sendable {
        /// Say a line of the project, as a response of its own. One that comes to no words is passed over.
        case say(CallLine.Kind, String)
        /// Let the response that is open end with its sentence.
        case finishSentence
        /// Stop whatever is under way: nobody has the floor any more.
        case fallSilent
        /// Tell the client that the conversation is over.
        case end(CallEnd)
    }

    private enum State: Equatable, Sendable {
        /// The greeting is owed, at that time at the latest. Exits: `running`, `closing`.
        case greeting(by: Duration)
        /// The conversation goes on; so many prompts are unanswered. It is silent since then; nil while somebody speaks or is
        /// owed an answer. Exits: `closing`.
        case running(silentSince: Duration?, prompts: Int)
        /// It ends after what is being said, or else at that time. Exits: `goodbye`, `parting`; back to `running` when the
        /// caller has more to say to an agent that would have ended the call.
        case closing(CallEnd, until: Duration?, hasSpoken: Bool)
        /// The goodbye is said, until then at most. Exits: `parting`.
        case goodbye(CallEnd, until: Duration)
        /// The last sound is on its way. Exits: `over`.
        case parting(CallEnd, at: Duration)
        /// The client was told. No exits.
        case over
    }

    /// The longest call waits so long for the sentence, or the caller's words, that are under way.
    static let patience: Duration = .seconds(15)
    /// A goodbye is cut after that.
    static let longestGoodbye: Duration = .seconds(60)
    /// A greeting with a client's values in it waits so long for them.
    static let greetingPatience: Duration = .milliseconds(500)
    /// A loudspeaker may be so far behind our estimate; the end waits for it.
    static let margin: Duration = Playout.loudspeakerDelay
    /// How long after `max_call_seconds` the client is told of the end, at the latest.
    static let longestExcess: Duration = patience + longestGoodbye + margin

    private let rules: CallRules
    /// When the call becomes too long.
    private let latest: Duration?
    private var state: State

    /// - Parameters:
    ///   - values: those that are known; a greeting waits for others, which the client may give.
    ///   - now: when the call begins.
    init(_ rules: CallRules, _ values: PromptValues, now: Duration) {
        self.rules = rules
        latest = rules.longest.map { now + $0 }
        guard let greeting = rules.greeting else {
            state = .running(silentSince: nil, prompts: 0)
            return
        }
        state = .greeting(by: values.areMissing(in: greeting) ? now + Self.greetingPatience : now)
    }

    // MARK: - What there is

    /// Whether the client was told of the end.
    var isOver: Bool { state == .over }

    /// Whether nothing that the caller says counts any more.
    var isDeaf: Bool {
        switch state {
        case .greeting, .running, .closing: false
        case .goodbye, .parting, .over: true
        }
    }

    /// When time alone has something to decide; nil when never.
    func nextDeadline(_ situation: Situation) -> Duration? {
        let own: Duration? =
            switch state {
            case .greeting(let by): situation == .quiet ? by : nil
            case .running(let since, _): since.flatMap { since in rules.idle.map { since + $0.after } }
            case .closing(_, let until, _): until
            case .goodbye(_, let until): until
            case .parting(_, let at): at
            case .over: nil
            }
        return [own, isUnlimited ? nil : latest].compactMap(\.self).min()
    }

    /// Whether it ends soon however long it has lasted.
    private var isUnlimited: Bool { if case .closing(.agent, _, _) = state { false } else { isEnding } }

    private var isEnding: Bool {
        switch state {
        case .greeting, .running: false
        case .closing, .goodbye, .parting, .over: true
        }
    }

    // MARK: - What happens

    /// The client has given values; the greeting waits no longer.
    mutating func valuesCame(now: Duration) {
        if case .greeting(let by) = state { state = .greeting(by: min(by, now)) }
    }

    /// The caller has said something that wants an answer.
    /// - Returns: whether there is to be one.
    mutating func callerSaid() -> Bool {
        switch state {
        case .greeting, .running, .closing(.agent, _, _):
            state = .running(silentSince: nil, prompts: 0)
            return true
        case .closing, .goodbye, .parting, .over: return false
        }
    }

    /// The conversation is to end after what is being said.
    /// - Returns: whether it is; not when it ends already.
    mutating func hangUp(_ reason: CallEnd) -> Bool {
        if isEnding { return false }
        state = .closing(reason, until: nil, hasSpoken: false)
        return true
    }

    /// A response was heard to its end.
    mutating func answered(hasSounded: Bool) {
        guard case .closing(let reason, let until, _) = state else { return }
        state = .closing(reason, until: until, hasSpoken: hasSounded)
    }

    /// What is to be done now; asked again until it is nothing.
    mutating func due(_ situation: Situation, now: Duration) -> Action? {
        if !isUnlimited, let latest, latest <= now {
            state = .closing(.longestCall, until: latest + Self.patience, hasSpoken: false)
            if situation == .answer { return .finishSentence }
        }
        switch state {
        case .greeting(let by):
            guard situation == .quiet, by <= now else { return nil }
            state = .running(silentSince: nil, prompts: 0)
            return rules.greeting.map { .say(.greeting, $0) }
        case .running(let since, let prompts): return run(since, prompts, situation, now: now)
        case .closing(let reason, let until, let hasSpoken):
            if situation == .quiet { return leave(reason, hasSpoken: hasSpoken, now: now) }
            guard let until, until <= now else { return nil }
            state = .closing(reason, until: nil, hasSpoken: hasSpoken)
            return .fallSilent
        case .goodbye(let reason, let until):
            if situation == .answer {
                guard until <= now else { return nil }
                state = .parting(reason, at: now)
                return .fallSilent
            }
            state = .parting(reason, at: now + Self.margin)
            return nil
        case .parting(let reason, let at):
            guard at <= now else { return nil }
            state = .over
            return .end(reason)
        case .over: return nil
        }
    }

    private mutating func run(_ since: Duration?, _ prompts: Int, _ situation: Situation, now: Duration) -> Action? {
        guard situation == .quiet else {
            state = .running(silentSince: nil, prompts: prompts)
            return nil
        }
        guard let since else {
            state = .running(silentSince: now, prompts: prompts)
            return nil
        }
        guard let idle = rules.idle, since + idle.after <= now else { return nil }
        if prompts >= idle.hangUpAfter { return leave(.idle, hasSpoken: false, now: now) }
        state = .running(silentSince: nil, prompts: prompts + 1)
        return .say(.prompt, idle.prompt)
    }

    /// Nobody has the floor: the goodbye, if there is one. An agent that ends the call has said its own.
    private mutating func leave(_ reason: CallEnd, hasSpoken: Bool, now: Duration) -> Action? {
        if let goodbye = rules.goodbye, !(reason == .agent && hasSpoken) {
            state = .goodbye(reason, until: now + Self.longestGoodbye)
            return .say(.goodbye, goodbye)
        }
        state = .parting(reason, at: now + Self.margin)
        return nil
    }
}
