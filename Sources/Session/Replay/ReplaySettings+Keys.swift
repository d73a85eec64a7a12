import ProjectModel
import TurnTaking

extension ReplaySettings {
    /// One key that can be set.
    struct Setting: Sendable {
        let key: String
        /// What the value may be, for people.
        let range: String
        /// Sets it, for one agent where it is about agents and one is named.
        /// - Returns: false for a value that it cannot have.
        let apply: @Sendable (_ value: String, _ agent: String?, inout ReplaySettings) -> Bool

        /// As it is shown to people.
        var shownKey: String {
            key.hasPrefix("utility_agents.")
                ? key.replacingPrefix("utility_agents.", with: "utility_agents.[NAME.]") : key
        }

        static let vad = "audio_config.vad."
        static let asr = "audio_config.asr."

        /// All of them, as project files call them; `lead_ms` and `pauses` are the server's and the client's.
        static let all: [Setting] = [
            Setting(key: vad + "enable_barge_in", range: "true or false") { value, _, settings in
                guard let enables = Bool(value) else { return false }
                settings.project.audio.vad = enables ? settings.project.audio.vad ?? VADConfiguration() : nil
                return true
            },
            whole(vad + "frame_ms", 10...100) { $0.frameMilliseconds = $1 },
            whole(vad + "threshold", 1...1000) { $0.threshold = $1 },
            whole(vad + "window_size", 1...1000) { $0.windowSize = $1 },
            number(vad + "lockout_seconds", 0...60) { $0.lockout = .seconds($1) },
            number(vad + "grace_period_seconds", 0...60) { $0.gracePeriod = .seconds($1) },
            number(vad + "silero_min_samples_seconds", 0...30) { $0.minimumAudio = .seconds($1) },
            number(vad + "speech_probability", 0...1) { $0.speechProbability = Float($1) },
            Setting(key: vad + "resume_after_false_barge_in", range: "true or false, with barge-in") {
                value, _, settings in
                guard let resumes = Bool(value), settings.project.audio.vad != nil else { return false }
                settings.project.audio.vad?.resumeAfterFalseBargeIn = resumes
                return true
            },
            Setting(key: vad + "back_channels", range: "at most 100 words between commas, with barge-in") {
                value, _, settings in
                let words = value.split(separator: ",").map { $0.lowercased().trimmed }.filter { !$0.isEmpty }
                guard words.count <= 100, settings.project.audio.vad != nil else { return false }
                settings.project.audio.vad?.backChannels = words
                return true
            },
            milliseconds(asr + "silence_duration_ms", 100...10_000) { $0.project.audio.endpointing.silence = $1 },
            milliseconds(asr + "end_of_turn.min_silence_ms", 100...10_000) { $0.endOfTurn.shortest = $1 },
            milliseconds(asr + "end_of_turn.max_silence_ms", 100...10_000) { $0.endOfTurn.longest = $1 },
            milliseconds(asr + "prefix_padding_ms", 0...5000) { $0.project.audio.endpointing.prefixPadding = $1 },
            ofAgents("interruptible", range: "true, false or after_first_sentence") { value, interruption in
                let permissions: [String: Interruption.Permission] = [
                    "true": .always, "false": .never, "after_first_sentence": .afterFirstSentence,
                ]
                guard let permission = permissions[value] else { return false }
                interruption.permission = permission
                return true
            },
            ofAgents("min_words", range: "a whole number 0…20") { value, interruption in
                guard let words = Int(value), (0...20).contains(words) else { return false }
                interruption.minimumWords = words
                return true
            },
            milliseconds("lead_ms", 0...10_000) { $0.lead = $1 },
            Setting(key: "pauses", range: "true or false") { value, _, settings in
                guard let knows = Bool(value) else { return false }
                settings.knowsPauses = knows
                return true
            },
        ]

        private static func whole(
            _ key: String, _ range: ClosedRange<Int>, set: @escaping @Sendable (inout VADConfiguration, Int) -> Void
        ) -> Setting {
            let text = "a whole number \(range.lowerBound)…\(range.upperBound), with barge-in"
            return Setting(key: key, range: text) { value, _, settings in
                guard let number = Int(value), range.contains(number), var vad = settings.project.audio.vad else {
                    return false
                }
                set(&vad, number)
                settings.project.audio.vad = vad
                return true
            }
        }

        private static func number(
            _ key: String, _ range: ClosedRange<Double>,
            set: @escaping @Sendable (inout VADConfiguration, Double) -> Void
        ) -> Setting {
            let text = "a number \(Int(range.lowerBound))…\(Int(range.upperBound)), with barge-in"
            return Setting(key: key, range: text) { value, _, settings in
                guard let number = Double(value), range.contains(number), var vad = settings.project.audio.vad else {
                    return false
                }
                set(&vad, number)
                settings.project.audio.vad = vad
                return true
            }
        }

        private static func milliseconds(
            _ key: String, _ range: ClosedRange<Int>, set: @escaping @Sendable (inout ReplaySettings, Duration) -> Void
        ) -> Setting {
            Setting(key: key, range: "a whole number \(range.lowerBound)…\(range.upperBound)") { value, _, settings in
                guard let number = Int(value), range.contains(number) else { return false }
                set(&settings, .milliseconds(number))
                return true
            }
        }

        private static func ofAgents(
            _ key: String, range: String, set: @escaping @Sendable (String, inout Interruption) -> Bool
        ) -> Setting {
            Setting(key: "utility_agents." + key, range: range) { value, name, settings in
                for index in settings.project.agents.indices {
                    if let name, settings.project.agents[index].name != name { continue }
                    guard set(value, &settings.project.agents[index].interruption) else { return false }
                }
                return true
            }
        }
    }
}

extension ReplaySettings {
    /// What ends a turn sooner than silence; made when it is first set.
    fileprivate var endOfTurn: EndOfTurnPolicy {
        get { project.audio.endpointing.endOfTurn ?? EndOfTurnPolicy(longest: project.audio.endpointing.silence) }
        set { project.audio.endpointing.endOfTurn = newValue }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
