import ProjectModel

/// The file with the defaults of a deployment, and what they mean for a project.
extension ProjectReader {
    /// Reads a file with defaults. Its keys have the places and types that they have in a project.
    func defaults(_ root: YAMLNode) -> ProjectDefaults? {
        let whole = Located(value: root, mark: root.mark, path: "")
        let hint = "defaults are base_config, audio_config and orchestrator: {speech_config: …}"
        let given = root["audio_config"]
        return NodeReader.open(whole, pattern: "", in: context, hint: hint) { root in
            var found = ProjectDefaults()
            let (writer, _, masking) = self.baseConfiguration(&root)
            found.masking = masking?.masking
            (found.languageModel, found.sampling) = (writer.models, writer.sampling)
            found.search = self.defaultSearch(&root)
            let speech = root.block("orchestrator") { self.speech(&$0)?.value } ?? nil
            found.speech = speech?.configuration
            if let audio = root.block("audio_config", { self.audio(&$0, orchestrator: nil) }) {
                let (asr, tts) = (given?["asr"], given?["tts"])
                found.recognizer = asr?["model"] == nil ? nil : audio.recognizer
                found.language = asr?["language"] == nil ? nil : audio.language
                found.endpointing = asr == nil ? nil : audio.endpointing
                found.synthesizer = tts?["model"] == nil ? nil : audio.synthesizer
                found.vad = audio.vad
            }
            let synthesizer = found.synthesizer ?? ModelChain.localSynthesizers
            self.checkVoices(of: speech, spokenBy: speech?.configuration.model ?? synthesizer)
            return found
        }
    }

    /// The voice of an orchestrator that has none: the default one, unless the project names an engine or a language that
    /// it would not fit.
    /// - Parameter audio: the `audio_config` of the project.
    func defaultSpeech(_ audio: YAMLNode?) -> SpeechConfiguration? {
        guard let speech = defaults.speech, audio?["tts"]?["model"] == nil else { return nil }
        guard let language = audio?["asr"]?["language"]?.text else { return speech }
        let first = { (tag: String?) in tag?.lowercased().split(separator: "-").first }
        return first(speech.language ?? "en") == first(language) ? speech : nil
    }
}
