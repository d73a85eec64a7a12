import AudioCore
import TurnTaking

/// What a conversation tells its client, whatever dialect the client speaks.
public enum ConversationEvent: Equatable, Sendable {
    /// The conversation stands; always the first event.
    case created(SessionDescription)
    /// The microphone is heard.
    case recordingStarted
    /// The microphone is no longer heard.
    case recordingStopped
    /// The caller's words so far.
    case callerTranscript(Transcribed)
    /// An answer begins.
    case responseStarted(id: String)
    /// An agent begins to work.
    case agentStarted(agent: String, node: String)
    /// An agent has finished its work; it may speak later.
    case agentFinished(agent: String, node: String)
    /// The next piece of an agent's words.
    case agentText(agent: String, text: String)
    /// A line of an agent that bridges a silence; no part of its answer.
    case agentFiller(agent: String, text: String)
    /// All of an agent's words.
    case agentTextDone(agent: String, text: String)
    /// The next piece of an agent's voice.
    case agentAudio(agent: String, AudioChunk)
    /// The last agent's voice is over.
    case audioDone
    /// The caller has interrupted; `heard` is what was played of the interrupted agent's words.
    case interrupted(agent: String?, heard: String)
    /// The answer is over; always the last event of a response.
    case responseDone(id: String, status: ResponseStatus)
    /// One counting frame; only when asked for.
    case vadFrame(FrameReport)
    /// Where the time of this turn went.
    case turnMetrics(TurnTimings)
    /// What the turn took of providers; when its response is over and all of them have reported.
    case turnUsage(TurnUsage)
    /// Something went wrong that the conversation survives.
    case warning(BadInput)
    /// Something went wrong that ends the conversation with this WebSocket close code.
    case failure(BadInput, closeCode: UInt16)
    /// A sign of life.
    case heartbeat
}

/// The caller's words.
public struct Transcribed: Equatable, Sendable {
    /// All words of the utterance so far.
    public var text: String
    /// Whether they may still change.
    public var isFinal: Bool
}

/// How a response ended.
public enum ResponseStatus: String, Equatable, Sendable {
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
public struct SessionDescription: Equatable, Sendable {
    /// An agent that may answer.
    public struct AgentDescription: Equatable, Sendable {
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
    public struct Fallback: Equatable, Sendable {
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
    public var id: String
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
}

/// One counting frame as the barge-in gate saw it.
public struct FrameReport: Equatable, Sendable {
    /// Position of its first sample in the caller's stream.
    public var start: Int
    /// 0…1.
    public var probability: Float
    /// Positive frames in the window after this one.
    public var positives: Int
    /// `closed`, `thinking`, `locked`, `detecting` or `resting`.
    public var state: String
}
