import AudioCore

@testable import Session

/// One thing that happens in a call.
enum CallStep: Sendable {
    /// The caller does something, and the conversation is told this; audio is counted by itself.
    case does(Deed, [ClientSignal])
    /// The conversation tells its client something.
    case told(ConversationEvent)
    /// Time passes.
    case passes(Duration)
}

/// A call from its beginning to its end, and what the client makes of it: `story` for clients that know pauses.
struct CallScript: Sendable {
    var name: String
    var steps: [CallStep]
    var story: [String]
    /// Where it is another one, the story for clients that know no pauses.
    var storyWithoutPauses: [String]?

    private init(name: String, steps: [CallStep]..., story: [String], storyWithoutPauses: [String]? = nil) {
        self.name = name
        self.steps = Array(steps.joined())
        self.story = story
        self.storyWithoutPauses = storyWithoutPauses
    }

    /// The scripts that every dialect must play.
    static let all: [CallScript] = [
        CallScript(
            name: "a spoken turn",
            steps: [
                .does(.speaks(.seconds(1)), []), .told(.speechStarted(utterance, at: .start)),
                .told(.speechStopped(utterance, at: .start)),
                .told(.callerTranscript(Transcribed(utterance: utterance, text: "hello", isFinal: true))),
            ], answer(1), [.told(.audioDone(response(1))), .told(.responseDone(response(1), .completed))],
            story: ["created", "words", "begins", "says", "sounds", "done completed"]),
        CallScript(
            name: "a typed turn",
            steps: [
                .does(.types("What about bonds?"), [.text("What about bonds?")]),
                .told(.callerTranscript(Transcribed(utterance: nil, text: "What about bonds?", isFinal: true))),
            ], answer(1), [.told(.audioDone(response(1))), .told(.responseDone(response(1), .completed))],
            story: ["created", "words", "begins", "says", "sounds", "done completed"]),
        CallScript(
            name: "an interruption while it speaks",
            steps: answer(1),
            [
                .does(.plays, [.playbackStarted]),
                .does(.hasPlayed(.milliseconds(120)), [.playbackProgress(.milliseconds(120))]),
                .told(.interrupted(response(1), agent: "Guide", heard: "One")),
                .told(.responseDone(response(1), .interrupted)), .passes(.milliseconds(300)),
            ], answer(2), [.told(.responseDone(response(2), .completed))],
            story: [
                "created", "begins", "says", "sounds", "silenced", "done interrupted", "begins", "says", "sounds",
                "done completed",
            ]),
        CallScript(
            name: "an interruption that is followed at once by the next answer",
            steps: answer(1),
            [
                .told(.interrupted(response(1), agent: "Guide", heard: "One")),
                .told(.responseDone(response(1), .interrupted)),
            ], answer(2), [.told(.responseDone(response(2), .failed))],
            story: [
                "created", "begins", "says", "sounds", "silenced", "done interrupted", "begins", "says", "sounds",
                "done failed",
            ]),
        CallScript(
            name: "a pause, and on",
            steps: answer(1),
            [
                .told(.paused(response(1), agent: "Guide", heard: "One")), .passes(.milliseconds(500)),
                .told(.resumed(response(1), source(1), rest: "two.")),
                .told(.agentAudio(source(1), SegmentID(1), chunk)), .told(.audioDone(response(1))),
                .told(.responseDone(response(1), .completed)),
            ],
            story: ["created", "begins", "says", "sounds", "silenced", "sounds", "done completed"],
            storyWithoutPauses: [
                "created", "begins", "says", "sounds", "silenced", "done interrupted", "begins", "says", "sounds",
                "done completed",
            ]),
        CallScript(
            name: "a pause that becomes an interruption",
            steps: answer(1),
            [
                .told(.paused(response(1), agent: "Guide", heard: "One")), .passes(.milliseconds(500)),
                .told(.interrupted(response(1), agent: "Guide", heard: "One")),
                .told(.responseDone(response(1), .interrupted)), .passes(.seconds(1)),
            ],
            story: ["created", "begins", "says", "sounds", "silenced", "done interrupted"]),
        CallScript(
            name: "push-to-talk",
            steps: [
                .does(.presses, [.startRecording]), .does(.speaks(.milliseconds(500)), []),
                .does(.releases, [.stopRecording]), .does(.presses, [.startRecording]),
                .does(.speaks(.milliseconds(20)), []), .does(.forgets, [.clearAudio]),
            ], answer(1), [.told(.responseDone(response(1), .completed)), .does(.isQuiet, [.playbackStopped])],
            story: ["created", "begins", "says", "sounds", "done completed"]),
        CallScript(
            name: "the caller stops the answer",
            steps: answer(1),
            [
                .does(.stops, [.cancelResponse]), .told(.audioDone(response(1))),
                .told(.responseDone(response(1), .cancelled)), .passes(.seconds(1)),
            ],
            story: ["created", "begins", "says", "sounds", "done cancelled"]),
        CallScript(
            name: "bad input",
            steps: [
                .does(.sendsNonsense, [malformed("malformed_json")]), .told(.warning(problem("malformed_json"))),
                .does(.sendsTooMuch, [malformed("message_too_large")]), .told(.warning(problem("message_too_large"))),
                .does(.types(" "), [malformed("empty_text")]),
                .does(.hasPlayed(.seconds(-1)), [malformed("invalid_field")]),
                .told(.failure(problem("too_many_errors"), closeCode: 1008)),
            ],
            story: [
                "created", "problem malformed_json", "problem message_too_large", "problem too_many_errors",
                "ends 1008",
            ]),
        CallScript(
            name: "an answer of words alone",
            steps: [
                .told(.responseStarted(response(1))), .told(.agentText(source(1), "One two.")),
                .told(.agentTextDone(source(1), "One two.")), .told(.responseDone(response(1), .completed)),
                .told(.heartbeat),
            ],
            story: ["created", "begins", "says", "done completed"]),
    ]

    // MARK: - Parts

    static let settingsWithPauses = SettingsReport(vad: nil, reportsFrames: false, knowsPauses: true)
    static let session = SessionDescription(
        id: ConversationID("conv_abcdefghijkl"), project: "p", version: 0,
        agents: [.init(name: "Guide", description: "", voice: nil, speaks: true)], vad: nil,
        fallbacks: [.init(wanted: "A/B", used: "Local/Flite", reason: "there is no key")], sampleRate: 16000)
    static let utterance = UtteranceID(1)
    /// 130 ms: no whole number of frames at any rate.
    static let chunk = AudioChunk(samples: [Int16](repeating: 500, count: 2080), sampleRate: 16000)

    static func response(_ number: Int) -> ResponseID { ResponseID(number) }

    static func source(_ number: Int, agent: String = "Guide") -> Attribution {
        Attribution(response: response(number), item: ItemID(number), agent: agent)
    }

    /// An answer up to its first audio.
    static func answer(_ number: Int) -> [CallStep] {
        [
            .told(.responseStarted(response(number))), .told(.agentStarted(source(number), node: "n")),
            .told(.agentText(source(number), "One two.")),
            .told(.agentAudio(source(number), SegmentID(number), chunk)),
        ]
    }

    static func problem(_ code: String) -> BadInput { BadInput(code: code, message: "") }
    static func malformed(_ code: String) -> ClientSignal { .malformed(problem(code)) }
}
