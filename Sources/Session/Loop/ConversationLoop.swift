/// Carries out what a conversation decides. Server, tests and replay have one each.
protocol Effects {
    /// The time since the conversation began. Never goes back.
    var now: Duration { get }
    /// Does one thing; it must not wait.
    mutating func perform(_ output: Output)
}

/// The one interpreter: takes inputs in order and carries out what follows, before the next input is looked at.
struct ConversationLoop<Performer: Effects> {
    private var core: ConversationCore
    private(set) var effects: Performer
    private let observe: (Input, Duration, [Output]) -> Void

    /// - Parameter observe: sees each input with its time, in whole nanoseconds, and what was decided; for journals.
    init(
        _ core: ConversationCore, _ effects: Performer,
        observe: @escaping (Input, Duration, [Output]) -> Void = { _, _, _ in }
    ) {
        self.core = core
        self.effects = effects
        self.observe = observe
    }

    /// Whether everything that providers did has been told.
    var isSettled: Bool { core.isSettled }

    /// Handles one input.
    mutating func handle(_ input: Input) {
        // A journal holds whole nanoseconds. Rounded up, so that a timer never runs out before its time.
        let now = Duration.nanoseconds(effects.now.nanoseconds)
        let outputs = core.handle(input, at: now)
        observe(input, now, outputs)
        for output in outputs { effects.perform(output) }
    }

    /// Changes what carries the decisions out.
    mutating func withEffects<Result>(_ change: (inout Performer) -> Result) -> Result { change(&effects) }
}
