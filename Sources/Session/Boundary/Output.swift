import AudioCore
import Memory
import ProjectModel
import ProviderKit

/// Everything that a conversation decides, in the order in which it is to be done.
enum Output: Codable, Equatable, Sendable {
    /// The client is told something.
    case tell(ConversationEvent)
    /// The client is given these samples of a segment.
    case play(Attribution, SegmentID, Range<Int>, rate: Int)
    /// An engine is asked for something, or told to stop.
    case request(Request)
    /// The conversation wants `Input.time` at that time, unless something happens before; nil: not at all.
    case wake(Duration?)
}

/// What an engine is asked for.
enum Request: Codable, Equatable, Sendable {
    /// Recognize what the caller says from that position of the stream on.
    case beginRecognition(UtteranceID, from: AudioPosition)
    /// The caller pauses in the utterance; the words so far are wanted.
    case pauseRecognition(UtteranceID, pause: Int)
    /// The caller goes on after a pause.
    case resumeRecognition(UtteranceID)
    /// Judge whether the turn is over with that pause.
    case judgeEndOfTurn(UtteranceID, pause: Int, by: String)
    /// The utterance is complete; its final transcript is wanted.
    case endRecognition(UtteranceID)
    /// The utterance does not matter any more.
    case cancelRecognition(UtteranceID)
    /// Let a language model write.
    case write(Work, ModelChain, GenerationRequest)
    /// Carry out a call of a tool, within that time. The key of the invocation is given by who carries it out.
    case call(CallID, ToolInvocation, limit: Duration, by: ToolCarrier)
    /// The result of a call is not wanted any more.
    case cancelCall(CallID)
    /// Let these speech-to-speech models hear the caller.
    case listen([Dialogue])
    /// Tell the models that hear the caller what was typed.
    case relay(String)
    /// Let a speech-to-speech model answer: audio of that segment, and text; text only when there is none.
    case converse(Work, SegmentID?, Dialogue, DialogueTurn)
    /// So much was heard of what a speech-to-speech model said for that response, and no more will be.
    case truncate(ResponseID, agent: String, heard: Duration)
    /// Speak a segment.
    case synthesize(SegmentID, Speech, for: ResponseID?)
    /// Stop these syntheses and forget their audio.
    case cancelSpeech([SegmentID])
    /// Stop all writing for that response.
    case cancelWriting(ResponseID)
    /// The samples of a segment before that one are not needed again.
    case forget(SegmentID, before: Int)
    /// Ask the memory of the caller.
    case recall(RecallID, Recall)
    /// Keep what was said in the memory of the caller.
    case remember(MemoryRound)
    /// Change variables in the memory of the caller.
    case keep([MemoryChange])
    /// Forget what is known of the caller.
    case forgetCaller(MemoryRequest.Scope)
    /// Open the connections that the next turn will use.
    case warm
}

/// Who carries a call out.
enum ToolCarrier: Codable, Equatable, Sendable {
    case server
    /// The client, which was told of it; the call fails when no result comes in time.
    case client
}

/// What is said, and in which voice.
struct Speech: Codable, Hashable, Sendable {
    var text: String
    var voice: Voice
}

/// A conversation with the speech-to-speech model of one agent.
struct Dialogue: Codable, Equatable, Sendable {
    var agent: String
    var model: ModelReference
    /// How it begins; only the first time counts.
    var opening: SpeechToSpeechRequest
}

/// One question to a speech-to-speech model.
struct DialogueTurn: Codable, Equatable, Sendable {
    /// What the caller said, for a model that has not heard it.
    var words: String
    /// Orders for this one answer.
    var instructions: String
    /// How long a piece of the answer may be waited for.
    var patience: Duration
}
