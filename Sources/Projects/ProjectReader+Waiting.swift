import ProjectModel

extension ProjectReader {
    /// The two keys about fillers, as far as they are given.
    struct FillerKeys {
        var text: String?
        var after: Located<Int>?
    }

    /// `filler` and `filler_after_ms`, of an agent or, as their default, of the orchestrator.
    func filler(_ block: inout NodeReader, isDefault: Bool) -> FillerKeys {
        var keys = FillerKeys()
        keys.text = spokenLine("filler", atMost: 200, &block, "a filler", example: "One moment, please.")?.value
        let range = 250...30_000
        if isDefault {
            let after = block.int("filler_after_ms", in: range, default: Int(Filler.defaultDelay / .milliseconds(1)))
            keys.after = block.has("filler_after_ms") ? after : nil
        } else {
            keys.after = block.int("filler_after_ms", in: range)
        }
        return keys
    }

    /// `sorry`, of an agent or, as their default, of the orchestrator: what is said where an answer failed.
    func apology(_ block: inout NodeReader) -> String? {
        spokenLine("sorry", atMost: 500, &block, "an apology", example: "Sorry, I can't answer that now.")?.value
    }

    /// A line that is said to the caller; one that cannot be said is reported.
    func spokenLine(
        _ key: String, atMost longest: Int, required: Bool = false, _ block: inout NodeReader, _ kind: String,
        example: String
    ) -> Located<String>? {
        guard let line = block.text(key, required: required) else { return nil }
        if (1...longest).contains(line.value.unicodeScalars.count), line.value.isOneLine,
            !line.value.allSatisfy(\.isWhitespace)
        {
            return line
        }
        context.report(
            .error, at: line.mark, path: line.path, "\(kind) is one line of 1…\(longest) characters",
            hint: "such as: \(example)")
        return nil
    }

    /// The filler of the agent with `keys`. Missing values come from `other`.
    func filler(_ keys: FillerKeys?, else other: FillerKeys? = nil) -> Filler? {
        let after = keys?.after ?? other?.after
        if let text = keys?.text ?? other?.text {
            return Filler(text: text, after: after.map { .milliseconds($0.value) } ?? Filler.defaultDelay)
        }
        return nil
    }

    /// Warns of waits after which there is nothing to say.
    func checkFillers(of project: Project, orchestrator: FillerKeys?, agents: [AgentBlock]) {
        // A line that could not be read is missing, too.
        if context.hasErrors { return }
        var idle = zip(project.agents, agents).map { $0.filler == nil ? $1.filler?.after : nil }
        if project.orchestrator.filler == nil, project.agents.allSatisfy({ $0.filler == nil }) {
            idle.append(orchestrator?.after)
        }
        for wait in idle.compactMap({ $0 }) {
            context.report(
                .warning, at: wait.mark, path: wait.path, "there is no filler to say after this time",
                hint: "add filler: with a short line")
        }
    }

    /// The `deadlines` block.
    func deadlines(_ block: inout NodeReader) -> Deadlines {
        func deadline(_ key: String, _ fallback: Duration, _ block: inout NodeReader) -> Duration {
            .milliseconds(block.int(key, in: 100...60_000, default: Int(fallback / .milliseconds(1))).value)
        }
        let defaults = Deadlines()
        return Deadlines(
            firstToken: deadline("first_token_ms", defaults.firstToken, &block),
            firstAudio: deadline("first_audio_ms", defaults.firstAudio, &block),
            finalTranscript: deadline("final_transcript_ms", defaults.finalTranscript, &block))
    }
}
