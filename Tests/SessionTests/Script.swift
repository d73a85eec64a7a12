import AudioCore
import ProviderKit

@testable import Session

/// How the engines and the client of a simulated conversation behave.
struct Script {
    /// What agents answer; others say who they are.
    var answers: [String: String] = [:]
    /// One request's worth of writing of an agent that calls tools.
    struct Writing {
        var text = ""
        var calls: [ToolCall] = []
        /// Whether it breaks off behind its text.
        var fails = false
    }

    /// What agents write, request by request; then `answers`.
    var writings: [String: [Writing]] = [:]
    /// How long a tool takes.
    var callDelay: (ToolInvocation) -> Duration = { _ in .milliseconds(50) }
    /// What comes of a call.
    var outcome: (ToolInvocation) -> ToolOutcome = { .result("did \($0.tool)") }
    var failingAgents: Set<String> = []
    /// How long an agent thinks before its first word.
    var thinks: (String) -> Duration = { _ in .zero }
    /// What cannot be written.
    var failsParts: Set<Work.Part> = []
    /// Which rule the caller's words are said to violate.
    var screening = "none"
    /// What is said when somebody has to be chosen; nil: the last.
    var routing: String?
    /// What a model reads in the answers to questions, one after the other; then nothing.
    var fillings: [String] = []
    /// Who works next, choice by choice, and then nobody; nil: one after the other.
    var choices: [String]?
    /// How answers are judged, one after the other; then in no readable way.
    var scores: [String] = []
    /// What is invented for whoever is tried without samples.
    var samples = ""
    /// What is said of every condition.
    var judgements = "yes"
    /// What is said of drafts, one after the other; then they are good.
    var critiques: [String] = []
    /// What a research wants looked up, time by time; then nothing.
    var plans: [String] = []
    /// What is said when a draft has to be chosen, and what is made of several.
    var (choice, merged) = ("1", "The best of all drafts. ")
    /// What the caller says in each utterance, by number from 1; nothing beyond.
    var transcripts: [String] = []
    /// Utterances that the recognizer cannot do, by number.
    var recognitionFails: (Int) -> Bool = { _ in false }
    /// Of each utterance, by number.
    var transcriptionDelay: (Int) -> Duration = { _ in .milliseconds(100) }
    /// What is said between two places of the caller's stream; nil: `transcripts` says it.
    var hears: ((AudioPosition, AudioPosition) -> String)?
    /// How long after a pause its words come, by its number; nil is never.
    var pauseDelay: (Int) -> Duration? = { _ in nil }
    /// What a judge finds at each pause of an utterance, by the number of the pause, and how long it takes; nil: it fails.
    var judgement: (Int) -> (probability: Double, delay: Duration)? = { _ in nil }
    /// When interim words come, from the beginning of an utterance; nil is never.
    var interimDelay: Duration?
    /// What the memory of the caller answers, and how long it takes; nil is never.
    var recalled: (Recall) -> (Recalled, delay: Duration)? = { _ in nil }
    var tokenDelay: Duration = .milliseconds(20)
    var synthesisDelay: Duration = .milliseconds(60)
    /// Whether a voice fails, by its model and text.
    var voiceFails: (Speech) -> Bool = { _ in false }
    /// Whether voices tell when their words are spoken.
    var timesWords = false
    /// Whether engines that are told to stop still report what they had.
    var reportsLate = false
    /// Whether language models say nothing by themselves.
    var holdsGenerations = false
    /// What each request tells of its attempts.
    var generationReports = [ProviderReport(provider: "Test/Writer", kind: .generation, outcome: .completed)]
    var synthesisReports = [ProviderReport(provider: "Test/Voice", kind: .synthesis, outcome: .completed)]
    var failingReports = [
        ProviderReport(provider: "Test/Broken", kind: .generation, outcome: .failed(.unavailable))
    ]
    /// What a speech-to-speech model says, word by word, each with its sound.
    var spoken = "I hear you. This is what I say."
    /// Whether the client tells of its loudspeaker.
    var clientSignals = true
    /// Whether the client answers an interruption with a cancel.
    var cancelsAfterInterruption = false
}
