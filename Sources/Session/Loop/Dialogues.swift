import AudioCore
import ProviderKit
import Synchronization

/// The speech-to-speech models of one conversation, by agent.
struct Dialogues {
    /// The agents whose models hear the caller speak.
    var listeners: [String] = []
    private var byAgent: [String: Interlocutor] = [:]
    private var count = 0

    /// The conversation with that agent's model, if it is open.
    subscript(agent: String) -> Interlocutor? { byAgent[agent].flatMap { $0.isOver ? nil : $0 } }

    /// A new conversation in the place of the one before.
    mutating func open(
        _ agent: String, breaker: CircuitBreaker, clock: ChainClock
    ) -> (Interlocutor, number: Int) {
        count += 1
        let interlocutor = Interlocutor(breaker: breaker, clock: clock)
        byAgent[agent] = interlocutor
        return (interlocutor, count)
    }

    /// Tells something to those models that hear the caller and whose conversation is open. It opens none: a server that is
    /// not there would be asked again with each piece of the caller's audio.
    func tellListeners(_ tell: (Interlocutor) -> Void) {
        for agent in listeners { if let interlocutor = self[agent] { tell(interlocutor) } }
    }
}

/// Measures one answer of a speech-to-speech model.
final class DialogueMeter: Sendable {
    private let tally: Mutex<ProviderReport>
    private let clock: ChainClock
    private let began: Duration

    /// - Parameter name: the provider and model as projects write them.
    init(_ name: String, clock: ChainClock) {
        tally = Mutex(ProviderReport(provider: name, kind: .generation, outcome: .completed))
        self.clock = clock
        began = clock.now()
    }

    /// Counts one piece of the answer.
    func count(_ piece: SpeechToSpeechPiece) {
        let time = clock.now() - began
        tally.withLock { tally in
            switch piece {
            case .text(_, let text): tally.characters += text.count
            case .audio(_, let chunk): tally.audioOut += chunk.duration
            case .done(_, let usage): tally.tokens = usage
            case .callerTranscript, .failed: return
            }
            tally.firstPiece = tally.firstPiece ?? time
        }
    }

    /// - Throws: `ProviderError` when nothing came.
    func checkNotEmpty() throws {
        try tally.withLock { tally in
            guard tally.characters == 0, tally.audioOut == .zero else { return }
            throw ProviderError(.unavailable, provider: tally.provider, message: "the answer was empty")
        }
    }

    /// What the answer came to.
    func report(failure: (any Error)?) -> ProviderReport {
        let isCancelled = Task.isCancelled || failure is CancellationError
        let error = failure as? ProviderError
        return tally.withLock { tally in
            if failure is CircuitBreaker.Resting {
                tally.outcome = .skipped
            } else if failure != nil {
                tally.outcome = isCancelled ? .cancelled : .failed(error?.code ?? .unavailable)
                tally.reason = error?.message
            }
            tally.total = clock.now() - began
            return tally
        }
    }
}
