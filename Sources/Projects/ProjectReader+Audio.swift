import ProjectModel
import TurnTaking

extension ProjectReader {
    /// The `audio_config` block.
    func audio(_ block: inout NodeReader, orchestrator: SpeechConfiguration?) -> AudioConfiguration {
        var audio = defaultAudio(orchestrator: orchestrator)
        var silence: Located<Int>?
        _ = block.block("asr") { asr in
            audio.recognizer = asr.models("model", for: .recognition, default: audio.recognizer)
            // The default depends on the project, so the schema can only describe it.
            audio.language = asr.language("language") ?? audio.language
            let ending = audio.endpointing
            let wait = asr.int("silence_duration_ms", in: 100...10_000, default: ending.silence.inMilliseconds)
            let padding = asr.int("prefix_padding_ms", in: 0...5000, default: ending.prefixPadding.inMilliseconds)
            audio.endpointing.silence = .milliseconds(wait.value)
            audio.endpointing.prefixPadding = .milliseconds(padding.value)
            audio.endpointing.endOfTurn = asr.block("end_of_turn") { self.endOfTurn(&$0, silence: wait) }
            // Only a wait that somebody chose is worth a warning.
            if asr.has("silence_duration_ms") { silence = wait }
        }
        _ = block.block("tts") { tts in
            audio.synthesizer = tts.models("model", for: .synthesis, default: audio.synthesizer)
        }
        let vad = block.block("vad") { self.vad(&$0, silence: silence) }
        if block.has("vad") { audio.vad = vad ?? nil }
        return audio
    }

    /// The settings without an `audio_config`: the defaults, else local engines, and the orchestrator's language.
    func defaultAudio(orchestrator: SpeechConfiguration?) -> AudioConfiguration {
        var audio = AudioConfiguration()
        audio.recognizer = defaults.recognizer ?? audio.recognizer
        audio.language = orchestrator?.language ?? defaults.language ?? audio.language
        audio.endpointing = defaults.endpointing ?? audio.endpointing
        audio.synthesizer = defaults.synthesizer ?? audio.synthesizer
        audio.vad = defaults.vad
        return audio
    }

    /// The `vad` block; nil is push-to-talk.
    private func vad(_ block: inout NodeReader, silence: Located<Int>?) -> VADConfiguration? {
        let preset: VADPreset? = block.choice("preset")
        let (defaults, named) = (VADConfiguration(), preset?.configuration)
        let errorsBefore = context.errorCount
        let isEnabled = block.bool("enable_barge_in", default: false)
        let isReadable = context.errorCount == errorsBefore
        let errorsWithin = context.errorCount
        let frame = block.int("frame_ms", in: 10...100, default: defaults.frameMilliseconds)
            .unless(block.has("frame_ms"), named?.frameMilliseconds)
        let threshold = block.int("threshold", in: 1...1000, default: defaults.threshold)
            .unless(block.has("threshold"), named?.threshold)
        let window = block.int("window_size", in: 1...1000, default: defaults.windowSize)
            .unless(block.has("window_size"), named?.windowSize)
        let lockout = block.number("lockout_seconds", in: 0...60, default: defaults.lockout.inSeconds)
            .unless(block.has("lockout_seconds"), named?.lockout.inSeconds)
        let grace = block.number("grace_period_seconds", in: 0...60, default: defaults.gracePeriod.inSeconds)
            .unless(block.has("grace_period_seconds"), named?.gracePeriod.inSeconds)
        let minimum = block.number("silero_min_samples_seconds", in: 0...30, default: defaults.minimumAudio.inSeconds)
            .unless(block.has("silero_min_samples_seconds"), named?.minimumAudio.inSeconds)
        let probability = block.number("speech_probability", in: 0...1, default: Double(defaults.speechProbability))
            .unless(block.has("speech_probability"), (named?.speechProbability).map(Double.init))
        let resumes = block.bool("resume_after_false_barge_in", default: defaults.resumeAfterFalseBargeIn)
        let backChannels = backChannels(&block)

        var vad = defaults
        vad.frameMilliseconds = frame.value
        vad.threshold = threshold.value
        vad.windowSize = window.value
        vad.lockout = .seconds(lockout.value)
        vad.gracePeriod = .seconds(grace.value)
        vad.minimumAudio = .seconds(minimum.value)
        vad.speechProbability = Float(probability.value)
        vad.resumeAfterFalseBargeIn = resumes.value
        vad.backChannels = backChannels

        // A number that could not be read says nothing about the others.
        if context.errorCount == errorsWithin {
            checkWindow(vad, at: block.has("threshold") ? threshold : window, isDefault: !block.has("threshold"))
            checkTimes(vad, lockout: lockout, grace: grace, probability: probability, silence: silence)
        }
        if isEnabled.value { return vad }
        if isReadable {
            context.report(
                .note, at: isEnabled.mark, path: block.path,
                "callers cannot interrupt: enable_barge_in is not true, so the project is push-to-talk")
        }
        return nil
    }

    /// - Parameter place: of the threshold, or of the window when the threshold is the default.
    private func checkWindow(_ vad: VADConfiguration, at place: Located<Int>, isDefault: Bool) {
        if vad.threshold > vad.windowSize {
            context.report(
                .error, at: place.mark, path: place.path,
                "\(isDefault ? "the default" : "a") threshold of \(vad.threshold) can never be reached: "
                    + "the window has \(vad.windowSize) frames",
                hint: "threshold lies within 1…window_size")
            return
        }
        if vad.threshold == vad.windowSize, vad.windowSize > 1 {
            context.report(
                .warning, at: place.mark, path: place.path,
                "every frame of the window must be speech: one pause for breath prevents the interruption",
                hint: "about two thirds of window_size is usual")
        }
        let shortest = vad.threshold * vad.frameMilliseconds
        if shortest < 100 {
            context.report(
                .warning, at: place.mark, path: place.path,
                "\(shortest) ms of sound interrupt an answer: a cough or a knock is enough",
                hint: "threshold × frame_ms of 300…900 ms is usual")
        }
    }

    private func checkTimes(
        _ vad: VADConfiguration, lockout: Located<Double>, grace: Located<Double>, probability: Located<Double>,
        silence: Located<Int>?
    ) {
        if lockout.value >= 20 {
            context.report(
                .warning, at: lockout.mark, path: lockout.path,
                "few answers last \(plain(lockout.value)) s: callers will hardly ever be able to interrupt",
                hint: "0.5…1 s is usual")
        }
        if grace.value < 0.4 {
            context.report(
                .warning, at: grace.mark, path: grace.path,
                "audio is sent up to 0.4 s ahead of playout: the end of an answer cannot be interrupted",
                hint: "1…3 s is usual")
        }
        if probability.value == 0 || probability.value == 1 {
            context.report(
                .warning, at: probability.mark, path: probability.path,
                probability.value == 0 ? "at 0 silence counts as speech, too" : "at 1 hardly any speech counts",
                hint: "0.5 is usual")
        }
        let window = vad.windowSize * vad.frameMilliseconds
        if let silence, silence.value < window {
            context.report(
                .warning, at: silence.mark, path: silence.path,
                "\(silence.value) ms of silence end the caller's turn, but a barge-in is counted over \(window) ms: "
                    + "an interruption with pauses may be cut in two",
                hint: "raise it to at least window_size × frame_ms, or shorten the window")
        }
    }
}

extension Located {
    /// The value of a preset, where there is one and the key is not given.
    fileprivate func unless(_ isGiven: Bool, _ named: Value?) -> Located {
        guard !isGiven, let named else { return self }
        return Located(value: named, mark: mark, path: path)
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int { Int(self / .milliseconds(1)) }
    fileprivate var inSeconds: Double { self / .seconds(1) }
}
