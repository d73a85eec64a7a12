import Session

extension BridgeCatalog {
    private static let response = Field("response_id", .text, "The response; unique across conversations.")
    private static let utterance = Field("utterance_id", .text, "What the caller says in one go.")
    private static let item = Field("item_id", .text, "This agent's part of the response.")
    private static let code = Field("code", .text, "For programs; it does not change.")
    private static let message = Field("message", .text, "For people; it may change.")
    private static let heard = [
        Field("role", .text, "The agent that was heard last."),
        Field("heard", .text, "Its words that the caller has heard."), response,
    ]
    private static let words = [
        Field("role", .text, "The agent."), Field("content", .text, "The words."),
        Field("text", .text, "The same words."), response, item,
    ]
    private static let subject = Field(
        "in_reply_to",
        .object([
            Field("number", .integer, "Which of the client's messages, from 1."),
            Field("type", .nullable(.text), "Its type, if it is one that is known."),
            Field("event_id", .nullable(.text), "Its event_id."),
        ]), optional: true, "The message that this is about.")
    private static let settings = Kind.object([
        Field("enable_barge_in", .boolean, "true."), Field("frame_ms", .integer, "Length of a counting frame."),
        Field("threshold", .integer, "Frames with speech that interrupt."),
        Field("window_size", .integer, "The sliding window in frames."),
        Field("lockout_seconds", .number, "No interruption so long after the first sound."),
        Field("grace_period_seconds", .number, "Interruptions so long after the last audio."),
        Field("silero_min_samples_seconds", .number, "Audio that the detector needs first."),
        Field("speech_probability", .number, "What a frame with speech reaches."),
        Field("resume_after_false_barge_in", .boolean, "Whether an answer goes on after a noise."),
        Field(
            "back_channels", .nullable(.list(.text)), "Words that only hold an answer; null is a list of the language."),
    ])
    private static let session = Kind.object([
        Field("id", .text, "The conversation."), Field("project", .text, "The project."),
        Field("version", .integer, "Counts the versions of the project, from 0."),
        Field(
            "agents",
            .list(
                .object([
                    Field("name", .text, "Its name."), Field("description", .text, "What it is for."),
                    Field("voice", .nullable(.text), "The voice that the project names."),
                    Field("speaks", .boolean, "Whether it is heard."),
                ])), "The agents that may answer."),
        Field("vad", .nullable(settings), "How the caller may interrupt; null is push-to-talk."),
        Field(
            "fallbacks",
            .list(
                .object([
                    Field("wanted", .text, "What the project names."), Field("used", .text, "What is used instead."),
                    Field("reason", .text, "Why."),
                ])), "Local engines that stand in for providers without credentials."),
        Field("sample_rate", .integer, "Of the audio from the server, in hertz."),
        Field("stand_ins", .boolean, "Whether hosted providers are played by stand-ins on the server's machine."),
    ])
    private static let usage = Kind.object([
        Field("provider", .text, "Provider/model."), Field("kind", .text, "recognition, generation or synthesis."),
        Field("attempts", .integer, "Requests."), Field("failures", .integer, "Requests that failed."),
        Field("first_piece_ms", .nullable(.number), "Until the first piece; null if nothing came."),
        Field("busy_ms", .number, "At work, without the time in which it was held up."),
        Field("characters", .integer, "Characters to speak."), Field("input_tokens", .integer, "Of prompts."),
        Field("output_tokens", .integer, "Of answers."), Field("audio_ms", .number, "Of audio."),
        Field("cost", .nullable(.number), "By the project's prices; null without one."),
    ])

    static let fromServer: [Message] = [
        Message(
            "session.created", "The conversation has begun.",
            [
                Field("session", session, "What it is."),
                Field(
                    "capabilities",
                    .object([Field("vad_enabled", .boolean, "Whether the caller may interrupt by voice.")]),
                    "What it can do."),
            ]),
        Message(
            "session.updated", "The settings that are in force now.",
            [
                Field("vad", .nullable(settings), "How the caller may interrupt; null is push-to-talk."),
                Field("vad_frames", .boolean, "Whether every counting frame is reported."),
                Field("pauses", .boolean, "Whether the client is told of pauses."),
            ]),
        Message(
            "memory.state", "What is known of the caller now.",
            [
                Field("kept", .boolean, "Whether it outlives the conversation."),
                Field("variables", .named(.text), "By name: those of the project file, and those that were added."),
                Field(
                    "history",
                    .list(
                        .object([
                            Field("role", .text, "Who said it: an agent, or user, which is the caller."),
                            Field("text", .text, "What was said, or what of it was heard."),
                            Field("interrupted", .boolean, "Whether the caller interrupted it."),
                        ])), "The rounds that were asked for, the oldest first."),
            ]),
        Message("recording_started", "Answers start_recording."),
        Message("recording_stopped", "Answers stop_recording."),
        Message("speech.started", "The caller has begun to speak.", [utterance]),
        Message("speech.stopped", "The caller has stopped speaking; the words are awaited.", [utterance]),
        Message(
            "response.audio_transcript.delta", "More of the caller's words.",
            [
                Field("delta", .text, "What is new; empty when earlier words have changed."),
                Field("text", .text, "All words of the utterance so far."), optional(utterance),
            ]),
        Message(
            "response.audio_transcript.done", "The caller's words, spoken or typed.",
            [
                Field("text", .text, "All words; empty when nothing was understood."), optional(utterance),
                Field(
                    "confidence", .number, optional: true,
                    "How sure the recogniser is of these words, 0…1; absent when it does not say."),
            ]),
        Message("response.created", "A response begins.", [response]),
        Message("agent.started", "An agent begins to work.", work),
        Message("agent.finished", "An agent has finished its work; it may speak later.", work),
        Message(
            "agent.draft", "A draft of an answer, for projects that show them. It is neither spoken nor the answer.",
            draft + [Field("text", .text, "The draft.")]),
        Message(
            "agent.critique", "What an agent finds of its own draft, for projects that show it.",
            draft + [
                Field("good", .boolean, "Whether the draft can stand."),
                Field("flaws", .list(.text), "What is to be mended; at most 8."),
            ]),
        Message(
            "agent.asked", "An agent has asked the caller, whose next words are its answer.",
            [
                Field("agent", .text, "Who asked."),
                Field("answer_within_ms", .number, "After this time the work goes on without an answer."), response,
            ]),
        Message(
            "tool.called", "An agent calls a tool. With arguments, the client carries it out and answers tool.result.",
            call + [Field("arguments", .nullable(.text), "A JSON object as text; null when the server calls.")]),
        Message(
            "tool.finished", "A call is over.",
            call + [Field("status", .text, "completed, or why it failed: timedOut, cancelled, refused and others.")]),
        Message(
            "response.text.delta", "The next words of an agent.",
            words + [Field("filler", .boolean, optional: true, "true: a line that is no part of the answer.")]),
        Message("response.text.done", "All words of an agent.", words),
        Message(
            "response.audio.delta", "The next piece of an agent's voice, PCM16 mono at session.sample_rate.",
            [
                Field("role", .text, "The agent."), Field("delta", .base64, "The samples."), response, item,
                Field("segment_id", .text, "The piece of text that is spoken."),
            ]),
        Message("response.audio.done", "The last audio of the response was sent.", [response]),
        Message("response.paused", "The caller may be interrupting: stop playing, and drop what is queued.", heard),
        Message(
            "response.resumed", "It was no interruption: the response goes on.",
            [
                response, Field("role", .nullable(.text), "Whose words were cut; null when none were."),
                Field("rest", .text, "What comes of the words that were cut; what followed them comes again."),
            ]),
        Message("response.interrupted", "The caller has interrupted: stop playing, and drop what is queued.", heard),
        Message(
            "response.done", "The response is over.",
            [response, Field("status", .choice(["completed", "interrupted", "cancelled", "failed"]), "How it ended.")]),
        Message(
            "turn.metrics", "Where the time went until the first audio of the answer.",
            [
                "ttfa_ms", "endpointing_ms", "transcription_ms", "ttft_ms", "sentence_ms", "ttfb_ms", "sending_ms",
            ].map { Field($0, .number, $0 == "ttfa_ms" ? "The sum of the others." : "A part of it.") } + [response]),
        Message(
            "turn.usage", "What a turn took of providers.",
            [
                response, Field("providers", .list(usage), "Each of them."),
                Field("cost", .nullable(.number), "The sum of the known costs."),
                Field("currency", .text, "ISO 4217."),
            ]),
        Message(
            "vad.frame", "One counting frame.",
            [
                Field("start_sample", .integer, "Its first sample."),
                Field("probability", .number, "Of speech: 0…1."),
                Field("positives", .integer, "Frames with speech in the window."),
                Field("state", .choice(["closed", "thinking", "locked", "detecting", "resting"]), "Of the gate."),
            ]),
        Message(
            "session.ended", "The server ends the conversation; the socket closes with 1000.",
            [Field("reason", .choice(CallEnd.allCases.map(\.rawValue)), "Why.")]),
        Message("PING", "A sign of life."),
        Message(
            "server.draining", "The server is going down.",
            [Field("closes_in_ms", .integer, "The conversation goes on for so long at most.")]),
        Message("warning", "Something went wrong; the conversation goes on.", [code, message, subject]),
        Message(
            "error", "Something went wrong; the socket closes.",
            [code, message, Field("error", .text, "The same as message."), subject]),
    ]

    private static let call = [
        Field("call_id", .text, "The call; unique across conversations."), Field("agent", .text, "The agent."),
        Field("name", .text, "The tool."), response, item,
    ]

    private static let draft = [
        Field("agent", .text, "The agent."), Field("attempt", .integer, "The number of the draft, from 1."), response,
        item,
    ]

    private static let work = [
        Field("agent", .text, "The agent."), Field("node", .text, "Its place in the flow."), response, item,
    ]

    private static func optional(_ field: Field) -> Field {
        var field = field
        field.isOptional = true
        return field
    }
}
