import ProjectModel

extension ProjectReader {
    /// The `recording` block.
    func recording(_ block: inout NodeReader) -> RecordingPolicy {
        let defaults = RecordingPolicy()
        let isEnabled = block.bool("enabled", default: defaults.isEnabled).value
        let audio = block.choice("audio", default: defaults.audio)
        let keepDays = block.int("keep_days", in: 1...3650, default: defaults.keepDays).value
        let announcement = announcement(&block)
        if let announcement, !isEnabled {
            context.report(
                .warning, at: announcement.mark, path: announcement.path, "has no effect: nothing is recorded",
                hint: "write enabled: true beside it")
        }
        return RecordingPolicy(
            isEnabled: isEnabled, audio: audio, keepDays: keepDays, announcement: announcement?.value)
    }

    private func announcement(_ block: inout NodeReader) -> Located<String>? {
        guard let line = block.text("announce") else { return nil }
        if (1...200).contains(line.value.unicodeScalars.count), line.value.isOneLine,
            !line.value.allSatisfy(\.isWhitespace)
        {
            return line
        }
        context.report(
            .error, at: line.mark, path: line.path, "an announcement is one line of 1…200 characters",
            hint: "such as: This call is recorded.")
        return nil
    }
}
