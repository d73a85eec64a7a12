import AudioCore
import JSONText
import ProviderKit
import Session
import TurnTaking

/// The settings of one connection, as the client sees and changes them.
struct RealtimeSession: Sendable {
    /// What ends the caller's turn.
    enum TurnDetection: Equatable, Sendable {
        /// The client commits.
        case none
        /// A silence.
        case server(threshold: Double, padding: Duration, silence: Duration, TurnReply)
        /// Evidence that all was said.
        case semantic(eagerness: Eagerness, TurnReply)
    }

    /// What follows from the caller's speech.
    struct TurnReply: Equatable, Sendable {
        var creates = true
        var interrupts = true
    }

    /// How soon a turn is taken for over without evidence.
    enum Eagerness: String, CaseIterable, Sendable {
        case low, medium, high, auto

        /// The longest silence of a turn.
        var longest: Duration {
            switch self {
            case .low: .seconds(8)
            case .medium, .auto: .seconds(4)
            case .high: .seconds(2)
            }
        }

        /// The silence that ends a turn where nobody judges evidence.
        var silence: Duration {
            switch self {
            case .low: .milliseconds(1500)
            case .medium, .auto: .milliseconds(800)
            case .high: .milliseconds(500)
            }
        }
    }

    /// What of the caller's words the client is told; nil: nothing.
    struct Transcription: Equatable, Sendable {
        var model: String?
        var language: String?
    }

    /// What the client asked for in the address.
    let model: String
    /// BCP-47, of the project.
    let language: String
    /// Whether the project has somebody who judges the ends of turns.
    private let hasJudge: Bool
    var instructions = ""
    var isSpoken = true
    var input = RealtimeFormat.pcm
    var output = RealtimeFormat.pcm
    var transcription: Transcription?
    var turns: TurnDetection
    var voice: String?
    var answers = AnswerOrders()

    /// A session as the project has it.
    init(_ place: RealtimePlace) {
        (model, language) = (place.model, place.language)
        hasJudge = place.endpointing.endOfTurn?.judge != nil
        turns = .server(
            threshold: Double(place.vad?.speechProbability ?? 0.5), padding: place.endpointing.prefixPadding,
            silence: place.endpointing.longestSilence, TurnReply(creates: true, interrupts: place.vad != nil))
    }

    /// Whether the client ends the caller's turns.
    var isManual: Bool { turns == .none }

    /// What the conversation is told of it.
    var orders: AnswerOrders {
        var orders = answers
        (orders.instructions, orders.isSpoken) = (instructions, isSpoken)
        return orders
    }

    /// How turns are taken.
    var rules: TurnRules {
        switch turns {
        case .none:
            var rules = TurnRules(.client)
            rules.areAnswered = false
            return rules
        case .server(let threshold, let padding, let silence, let reply):
            var rules = TurnRules(.silence(silence))
            (rules.speechProbability, rules.prefixPadding) = (Float(threshold), padding)
            (rules.areAnswered, rules.interrupt) = (reply.creates, reply.interrupts)
            return rules
        case .semantic(let eagerness, let reply):
            var rules = TurnRules(
                hasJudge ? .evidence(longest: eagerness.longest) : .silence(eagerness.silence))
            (rules.areAnswered, rules.interrupt) = (reply.creates, reply.interrupts)
            return rules
        }
    }
}

/// What a dialect of this kind knows of the project behind it.
public struct RealtimePlace: Sendable {
    var model: String
    var language: String
    var endpointing: EndpointingConfiguration
    var vad: VADConfiguration?

    /// - Parameters:
    ///   - model: what the client asked for in the address.
    ///   - language: BCP-47, of the callers.
    ///   - endpointing: when the caller's turn is over.
    ///   - vad: how the caller may interrupt; nil: not at all.
    public init(
        model: String, language: String = "en-US", endpointing: EndpointingConfiguration = EndpointingConfiguration(),
        vad: VADConfiguration? = nil
    ) {
        (self.model, self.language, self.endpointing, self.vad) = (model, language, endpointing, vad)
    }
}
