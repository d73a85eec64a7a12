import AudioCore
import ProviderKit

/// Everything that can happen to a conversation. The inputs with their times decide everything that follows.
enum Input: Codable, Equatable, Sendable {
    /// The conversation begins.
    case opened
    /// More of the caller's audio.
    case audio(HeardAudio)
    /// The client says something else.
    case client(ClientSignal)
    /// An engine reports.
    case engine(EngineReport)
    /// Time has passed.
    case time
    /// The client has gone; only where what was heard is remembered.
    case closed
}

/// The caller's audio as the conversation judges it: how much there is, and the verdicts of the network on it.
struct HeardAudio: Codable, Equatable, Sendable {
    /// The end of all audio so far.
    var end: AudioPosition
    /// The speech probabilities of the windows that became complete, 0…1, in order and without gaps.
    var probabilities: [Float]
}

/// What an engine reports.
enum EngineReport: Codable, Equatable, Sendable {
    /// Words of an utterance.
    case transcript(UtteranceID, Transcript)
    /// An utterance could not be transcribed.
    case recognitionFailed(UtteranceID, ProviderError.Code)
    /// How likely a judge finds it that the turn is over with that pause, 0…1.
    case endOfTurn(UtteranceID, pause: Int, Double)
    /// More of a text.
    case text(Work, String)
    /// A model wants a tool called while it writes.
    case toolCall(Work, ToolCall)
    /// A call of a tool is over.
    case toolDone(CallID, ToolOutcome)
    /// A text is complete.
    case textDone(Work)
    /// A text could not be written, or not to its end.
    case textFailed(Work, ProviderError.Code)
    /// So many more samples of a segment are there.
    case audio(SegmentID, samples: Int)
    /// When words of a segment are spoken.
    case words(SegmentID, [WordTiming])
    /// All audio of a segment is there.
    case audioDone(SegmentID)
    /// No more audio of a segment will come.
    case audioFailed(SegmentID, ProviderError.Code)
    /// The agent that answers ends the conversation after what it says in that response.
    case hangUp(ResponseID)
    /// What the memory of the caller answers.
    case recalled(RecallID, Recalled)
    /// What providers did; for the response named, or else for the turn.
    case used(ResponseID?, [ProviderReport])
}

extension EngineReport {
    /// What is written, if this is about writing.
    var work: Work? {
        switch self {
        case .text(let work, _), .toolCall(let work, _), .textDone(let work), .textFailed(let work, _): work
        default: nil
        }
    }

    /// The segment that this is about.
    var segment: SegmentID? {
        switch self {
        case .audio(let id, _), .words(let id, _), .audioDone(let id), .audioFailed(let id, _): id
        default: nil
        }
    }

    /// The utterance that this is about.
    var utterance: UtteranceID? {
        switch self {
        case .transcript(let id, _), .recognitionFailed(let id, _), .endOfTurn(let id, _, _): id
        default: nil
        }
    }
}

/// One piece of writing for one response.
struct Work: Codable, Hashable, Sendable {
    /// What is written.
    enum Part: Codable, Hashable, Sendable {
        /// The choice of who answers.
        case routing
        /// The check of the caller's words against the project's rules.
        case screening
        /// A member's answer.
        case answer(node: String)
        /// The spoken summary of a member's answer.
        case summary(node: String)
        /// The judgement of a condition on a member's answer, by its number.
        case judgement(node: String, Int)
        /// What a member says of drafts of its answer, or what it makes of them.
        case reflection(node: String)
        /// What a member wants looked up before it answers.
        case study(node: String)
    }

    var response: ResponseID
    var part: Part
}

extension Work.Part {
    /// Whether it is a member's answer, or about drafts of it: the model sees what the member sees.
    var answersCaller: Bool {
        switch self {
        case .answer, .reflection, .study: true
        case .routing, .screening, .summary, .judgement: false
        }
    }
}
