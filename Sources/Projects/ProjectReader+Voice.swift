import ProjectModel

extension ProjectReader {
    /// A `speech_config` block, and where its model and its voices stand.
    struct SpeechBlock {
        var configuration: SpeechConfiguration
        var model: Located<Void>
        var voices: [Located<Void>] = []
    }

    /// The two blocks about speaking that stand inside `config` or beside it.
    struct VoiceBlocks {
        var speech: Located<SpeechBlock>?
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
            .error, at: second.mark, path: second.path, "'\(key)' is given both inside config and beside it",
            hint: "keep one; the other is in line \(first.line)")
    }

    /// A `speech_config` block. Its mark is that of its key.
    func speech(_ block: inout NodeReader) -> Located<SpeechBlock>? {
        let mark = block.keyMark("speech_config")
        return block.block("speech_config") { speech in
            var found = SpeechConfiguration()
            found.model = speech.models("model", for: .synthesis)
            found.language = speech.language("language")
            let voices = speech.oneOrMore("voice", atMost: ModelChain.maximumCount) ?? []
            found.voices = voices.map(self.voice)
            found.speed = speech.number("speed", in: 0.25...4)?.value
            found.sampleRate = speech.int("sample_rate", in: 8000...48000)?.value
            found.enableSpeech = speech.bool("enable_speech")?.value
            found.normalizeText = speech.bool("normalize_text")?.value
            let places = voices.map { Located(value: (), mark: $0.mark, path: $0.path) }
            let model = Located(value: (), mark: speech.keyMark("model"), path: speech.path(of: "model"))
            return Located(
                value: SpeechBlock(configuration: found, model: model, voices: places), mark: mark, path: speech.path)
        }
    }

    /// The name of one voice. An empty entry of a list means the provider's default.
    private func voice(_ node: Located<YAMLNode>) -> String? {
        if node.value.isNull { return nil }
        guard let voice = context.text(of: node) else { return nil }
        if !voice.value.isEmpty { return voice.value }
        context.report(
            .error, at: voice.mark, path: voice.path, "a voice has a name",
            hint: "without the key, the provider's default voice speaks")
        return nil
    }

    /// Reports voices for which there is no model.
    /// - Parameter models: the models that speak with the voices of `block`.
    func checkVoices(of block: SpeechBlock?, spokenBy models: ModelChain) {
        guard let block, block.voices.count > models.all.count else { return }
        let place = block.voices[models.all.count]
        context.report(
            .error, at: place.mark, path: place.path,
            "more voices than models: there \(models.all.count == 1 ? "is one model" : "are \(models.all.count) models")",
            hint: "list the voices in the order of the models: \(models)")
    }
}
