import ProjectModel

extension ProjectReader {
    /// The two blocks about speaking that stand inside `config` or beside it.
    struct VoiceBlocks {
        var speech: Located<SpeechConfiguration>?
        var summarizes: Located<Bool>?
    }

    func voiceBlocks(_ block: inout NodeReader) -> VoiceBlocks {
        let speech = speech(&block)
        let summarizes = block.block("summarize_config") { summary in
            Located(
                value: summary.bool("enable_summarize", default: false).value, mark: summary.mark,
                path: summary.path)
        }
        return VoiceBlocks(
            speech: speech,
            summarizes: summarizes.map {
                Located(value: $0.value, mark: block.keyMark("summarize_config"), path: $0.path)
            })
    }

    /// Sources show both places; each block may stand in one of them.
    func oneOf(inside: VoiceBlocks?, beside: VoiceBlocks) -> VoiceBlocks {
        guard let inside else { return beside }
        reportTwice("speech_config", inside.speech, beside.speech)
        reportTwice("summarize_config", inside.summarizes, beside.summarizes)
        return VoiceBlocks(
            speech: inside.speech ?? beside.speech, summarizes: inside.summarizes ?? beside.summarizes)
    }

    private func reportTwice<Value>(_ key: String, _ inside: Located<Value>?, _ beside: Located<Value>?) {
        guard let inside, let beside else { return }
        let first = min(inside.mark, beside.mark)
        let second = inside.mark < beside.mark ? beside : inside
        context.report(
            .error, at: second.mark, path: second.path, "'\(key)' stands both inside config and beside it",
            hint: "keep one; the other is in line \(first.line)")
    }

    /// A `speech_config` block. Its mark is that of its key.
    func speech(_ block: inout NodeReader) -> Located<SpeechConfiguration>? {
        let mark = block.keyMark("speech_config")
        return block.block("speech_config") { speech in
            var found = SpeechConfiguration()
            found.model = speech.model("model", for: .synthesis)
            found.language = speech.language("language")
            if let voice = speech.text("voice") {
                found.voice = voice.value
                if voice.value.isEmpty {
                    self.context.report(
                        .error, at: voice.mark, path: voice.path, "a voice has a name",
                        hint: "without the key, the provider's default voice speaks")
                }
            }
            found.speed = speech.number("speed", in: 0.25...4)?.value
            found.sampleRate = speech.int("sample_rate", in: 8000...48000)?.value
            found.enableSpeech = speech.bool("enable_speech")?.value
            found.normalizeText = speech.bool("normalize_text")?.value
            return Located(value: found, mark: mark, path: speech.path)
        }
    }
}
