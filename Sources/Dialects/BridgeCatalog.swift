/// What the messages of the bridge look like: the one table from which `schemas/bridge.asyncapi.json` is made.
public enum BridgeCatalog {
    /// The kind of a value.
    indirect enum Kind: Sendable {
        case text
        /// PCM16, little-endian, mono.
        case base64
        case integer
        case number
        case boolean
        case choice([String])
        case nullable(Kind)
        case list(Kind)
        case object([Field])
        /// An object whose names are free.
        case named(Kind)
    }

    /// A member of an object.
    struct Field: Sendable {
        var name: String
        var kind: Kind
        var isOptional = false
        var note: String

        init(_ name: String, _ kind: Kind, optional: Bool = false, _ note: String) {
            (self.name, self.kind, isOptional, self.note) = (name, kind, optional, note)
        }
    }

    /// One type of message.
    struct Message: Sendable {
        var name: String
        /// What says the name: `type`, or `command`.
        var discriminator = "type"
        var note: String
        var fields: [Field]

        init(_ name: String, _ note: String, _ fields: [Field] = [], discriminator: String = "type") {
            (self.name, self.note, self.fields, self.discriminator) = (name, note, fields, discriminator)
        }
    }

    // MARK: - From the client

    static let fromClient: [Message] = [
        Message(
            "start_recording", "The microphone is on. In push-to-talk the caller has the floor until stop_recording.",
            discriminator: "command"),
        Message(
            "stop_recording", "The microphone is off: what was being said is over.", discriminator: "command"),
        Message(
            "input_audio_buffer.append", "The caller's audio, PCM16 mono at 16,000 Hz, in one of its two forms.",
            [
                Field("audio", .base64, optional: true, "The samples."),
                Field(
                    "data", .object([Field("chunk", .base64, "The samples.")]), optional: true,
                    "The samples, as the AI Refinery tutorial sends them."),
            ]),
        Message("input_audio_buffer.commit", "Accepted without effect: speech is transcribed while it arrives."),
        Message("input_audio_buffer.clear", "Forgets the utterance that is being spoken."),
        Message(
            "input_text", "A typed turn.",
            [
                Field("text", .text, "1…8000 characters."),
                Field(
                    "image", .text, optional: true,
                    "A picture, for agents that look at one: a data URL of PNG, JPEG, WebP or GIF, of 700 KiB at most."
                ),
            ]),
        Message("playback.started", "The loudspeaker has started."),
        Message("playback.stopped", "The client has played all that it had."),
        Message(
            "playback.progress", "How much of the response has been played.",
            [Field("played_ms", .number, "In all, what came twice included: 0…86400000.")]),
        Message(
            "response.cancel", "Stops a response.",
            [
                Field(
                    "response_id", .text, optional: true,
                    "The response that is meant; without it, the one that is open."),
                Field(
                    "scope", .choice(["agent", "response"]), optional: true,
                    "What stops: the agent that is speaking, or all; without it, all, in push-to-talk the agent."),
            ]),
        Message(
            "session.update", "Changes how the caller may interrupt, and what the client is told.",
            [
                Field(
                    "variables", .object([]), optional: true,
                    "Values of placeholders, by name: texts of up to 500 characters, 32 names at most."),
                Field("vad", .object(liveSettings), optional: true, "Settings to change."),
                Field("vad_frames", .boolean, optional: true, "Whether every counting frame is reported."),
                Field(
                    "pauses", .boolean, optional: true, "Whether the client knows response.paused and response.resumed."
                ),
            ]),
        Message(
            "tool.result", "What came of a call that the client carried out.",
            [
                Field("call_id", .text, "The call_id of tool.called."),
                Field("output", .text, optional: true, "The result, as the agent reads it: at most 16000 characters."),
                Field("error", .text, optional: true, "In place of output: why the client did not carry it out."),
            ]),
        Message(
            "memory.add", "Changes variables of the caller. Answered with memory.state.",
            [
                Field(
                    "variables", .named(.nullable(.text)),
                    "By name: texts of up to 2000 characters, or null to remove one.")
            ]),
        Message(
            "memory.retrieve", "Asks what is known of the caller. Answered with memory.state.",
            [Field("rounds", .integer, optional: true, "So many of the last rounds, too: 0…100; without it, none.")]),
        Message(
            "memory.reset", "Forgets what is known of the caller in this project. Answered with memory.state.",
            [
                Field(
                    "scope", .choice(["variables", "all"]), optional: true,
                    "The variables, or what was said too; without it, the variables.")
            ]),
        Message("resume", "Answered with the warning resume_unavailable."),
        Message("PONG", "Answers PING."),
    ].map { message in
        var message = message
        message.fields.append(
            Field("event_id", .text, optional: true, "A name that warnings about this message repeat."))
        return message
    }

    private static let liveSettings = [
        Field("threshold", .integer, optional: true, "Frames with speech that interrupt: 1…window_size."),
        Field("window_size", .integer, optional: true, "The sliding window in frames: 1…1000."),
        Field("lockout_seconds", .number, optional: true, "No interruption so long after the first sound: 0…60."),
        Field("grace_period_seconds", .number, optional: true, "Interruptions so long after the last audio: 0…60."),
        Field("speech_probability", .number, optional: true, "What a frame with speech reaches: 0…1."),
    ]
}
