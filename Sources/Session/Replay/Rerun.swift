import AudioCore

/// Runs a conversation on virtual time: the real loop, with what the caller did then and what engines answer now.
struct Rerun {
    private final class Log {
        var run: ConversationRun
        init(_ settings: ReplaySettings) { run = ConversationRun(settings: settings) }
    }

    /// A deadline that does not move when the conversation is woken is given up after so many times.
    static let patience = 100

    private let log: Log
    private var loop: ConversationLoop<CounterfactualEffects>
    /// Times in a row that the conversation was woken at one moment.
    private var wakes = 0

    init(_ core: ConversationCore, _ effects: CounterfactualEffects, settings: ReplaySettings) {
        let log = Log(settings)
        self.log = log
        loop = ConversationLoop(core, effects) { input, at, outputs in
            log.run.append(.init(at: at, input: input, outputs: outputs))
        }
    }

    /// Runs to `end`, which still happens.
    /// - Parameter acts: what the caller does, in order.
    mutating func run(_ acts: [(at: Duration, input: Input)], until end: Duration) -> ConversationRun {
        var acts = acts[...]
        while true {
            let act = acts.first?.at
            let reply = loop.effects.next
            let next = [act, reply].compactMap(\.self).min()
            if wakeUp(before: next, until: end) { continue }
            guard let next, next <= end else { break }
            // What the caller does comes before what follows from earlier decisions.
            if let act, act == next, let first = acts.popFirst() {
                move(to: act)
                if case .audio(let audio) = first.input { loop.withEffects { $0.heard(to: audio.end) } }
                loop.handle(first.input)
            } else {
                move(to: next)
                if let input = loop.withEffects({ $0.take() }) { loop.handle(input) }
            }
        }
        log.run.unknown = loop.effects.unknown
        return log.run
    }

    /// Wakes the conversation when it wants to be woken before anything else happens.
    private mutating func wakeUp(before next: Duration?, until end: Duration) -> Bool {
        guard let wake = loop.effects.wake.map({ max($0, loop.effects.now) }), wake <= end else { return false }
        if let next, next <= wake { return false }
        wakes = wake > loop.effects.now ? 0 : wakes + 1
        if wakes > Self.patience { return false }
        move(to: wake)
        loop.handle(.time)
        return true
    }

    private mutating func move(to time: Duration) { loop.withEffects { $0.now = max($0.now, time) } }
}
