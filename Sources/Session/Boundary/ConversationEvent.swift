import AudioCore
import TurnTaking

/// What a conversation tells its client, whatever dialect the client speaks.
public enum ConversationEvent: Codable, Equatable, Sendable {
    /// The conversation stands; always the first event.
    case created(SessionDescription)
    /// The caller has begun to speak, there in the stream of their audio; what belongs to it may begin a little sooner.
    case speechStarted(UtteranceID, at: AudioPosition)
    /// The caller has stopped speaking, there in the stream.
    case speechStopped(UtteranceID, at: AudioPosition)
    /// The caller's words so far; final ones come in the order of speech.
    case callerTranscript(Transcribed)
    /// An answer begins.
    case responseStarted(ResponseID)
    /// An agent begins to work.
    case agentStarted(Attribution, node: String)
    /// An agent has finished its work; it may speak later.
    case agentFinished(Attribution, node: String)
    /// What an agent writes for itself before its answer is settled: a draft, by its number from 1. Never spoken.
    case agentDraft(Attribution, attempt: Int, String)
    /// What an agent finds to mend in the draft of that number; nil: it is good. Never spoken.
    case agentCritique(Attribution, attempt: Int, flaws: [String]?)
    /// An agent has asked the caller, whose next words are its answer. The work goes on without them after so long.
    case agentAsked(ResponseID, agent: String, patience: Duration)
    /// An agent calls a tool; with the arguments where the client is to carry it out.
    case toolCalled(Attribution, CallID, tool: String, arguments: String?)
    /// A call is over: `completed`, or why it failed.
    case toolFinished(Attribution, CallID, tool: String, status: String)
    /// All was played, and nothing more comes before the client tells what came of the calls that it carries out.
    case awaitsClient(ResponseID)
    /// The next piece of an agent's words.
    case agentText(Attribution, String)
    /// A line that bridges a silence or says that there is no answer; no part of an answer.
    case agentFiller(Attribution, String)
    /// All of an agent's words.
    case agentTextDone(Attribution, String)
    /// The next piece of an agent's voice.
    case agentAudio(Attribution, SegmentID, AudioChunk)
    /// The last agent's voice is over.
    case audioDone(ResponseID)
    /// The caller seems to interrupt: sound stops until it is known. `heard` is what was played of the agent's words.
    case paused(ResponseID, agent: String?, heard: String)
    /// It was no interruption. `rest` is what comes of the piece that was cut; it comes with this event.
    case resumed(ResponseID, Attribution?, rest: String)
    /// The caller has interrupted; `heard` is what was played of the interrupted agent's words.
    case interrupted(ResponseID, agent: String?, heard: String)
    /// The answer is over; always the last event of a response.
    case responseDone(ResponseID, ResponseStatus)
    /// One counting frame; only when asked for.
    case vadFrame(FrameReport)
    /// The settings that are in force now.
    case settings(SettingsReport)
    /// What is known of the caller; answers each `MemoryRequest`, in order.
    case memory(MemoryReport)
    /// Where the time of this turn went.
    case turnMetrics(ResponseID, TurnTimings)
    /// What the turn took of providers; when its response is over and all of them have reported.
    case turnUsage(TurnUsage)
    /// Something went wrong that the conversation survives.
    case warning(BadInput)
    /// Something went wrong that ends the conversation with this WebSocket close code.
    case failure(BadInput, closeCode: UInt16)
    /// The conversation is over by our own will; always the last event. What the client was sent has been played.
    case ended(CallEnd)
    /// A sign of life.
    case heartbeat
}

/// Why a conversation ends by our own will.
public enum CallEnd: String, Codable, Equatable, Sendable, CaseIterable {
    /// Nobody has said anything for long.
    case idle
    /// It has lasted as long as the project allows.
    case longestCall = "longest_call"
    /// An agent has ended it.
    case agent

    /// The close code of WebSocket that follows: normal.
    public static let closeCode: UInt16 = 1000
}

/// Which response, whose part of it, and who says it.
public struct Attribution: Codable, Hashable, Sendable {
    /// The response.
    public var response: ResponseID
    /// The agent's part of it.
    public var item: ItemID
    /// The agent.
    public var agent: String
}

/// The live settings of a conversation.
public struct SettingsReport: Codable, Equatable, Sendable {
    /// How the caller may interrupt; nil is push-to-talk.
    public var vad: VADConfiguration?
    /// Whether every counting frame is reported.
    public var reportsFrames: Bool
    /// Whether the client knows that an answer may pause and go on.
    public var knowsPauses: Bool
}

/// The caller's words.
public struct Transcribed: Codable, Equatable, Sendable {
    /// The utterance; nil for typed words.
    public var utterance: UtteranceID?
    /// All words of the utterance so far.
    public var text: String
    /// Whether they may still change.
    public var isFinal: Bool
    /// How sure the recognizer is of them, on average: 0…1; nil when it does not say, and for typed words.
    public var confidence: Double?
}

/// How a response ended.
public enum ResponseStatus: String, Codable, Equatable, Sendable {
    /// Everything was said.
    case completed
    /// The caller spoke over it.
    case interrupted
    /// The client cancelled it.
    case cancelled
    /// Nothing could be said.
    case failed
}

/// What a client learns when the conversation begins.
public struct SessionDescription: Codable, Equatable, Sendable {
    /// An agent that may answer.
    public struct AgentDescription: Codable, Equatable, Sendable {
        /// Its name.
        public var name: String
        /// What it is for.
        public var description: String
        /// The voice that the project gives it; nil when it is silent or has the default.
        public var voice: String?
        /// Whether it speaks.
        public var speaks: Bool
    }

    /// A local engine that stands in for a provider.
    public struct Fallback: Codable, Equatable, Sendable {
        /// What the project names: `Azure/AI-Speech`.
        public var wanted: String
        /// What is used: `Local/Flite`.
        public var used: String
        /// Why, in a sentence.
        public var reason: String

        /// A local engine that stands in for a provider.
        public init(wanted: String, used: String, reason: String) {
            self.wanted = wanted
            self.used = used
            self.reason = reason
        }
    }

    /// The conversation's id.
    public var id: ConversationID
    /// The project's name.
    public var project: String
    /// The project's version.
    public var version: Int
    /// The agents that may answer.
    public var agents: [AgentDescription]
    /// How the caller may interrupt; nil is push-to-talk.
    public var vad: VADConfiguration?
    /// Local engines that stand in for providers.
    public var fallbacks: [Fallback]
    /// The rate of our audio, in hertz; the caller's is 16,000.
    public var sampleRate: Int
    /// Whether hosted providers are played by stand-ins on this machine.
    public var usesStandIns = false
}

/// One counting frame as the barge-in gate saw it.
public struct FrameReport: Codable, Equatable, Sendable {
    /// Position of its first sample in the caller's stream.
    public var start: AudioPosition
    /// 0…1.
    public var probability: Float
    /// Positive frames in the window after this one.
    public var positives: Int
    /// `closed`, `thinking`, `locked`, `detecting` or `resting`.
    public var state: String
}
