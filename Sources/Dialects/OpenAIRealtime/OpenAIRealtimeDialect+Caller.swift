import AudioCore
import JSONText
import Session

/// How what the caller says is told.
extension OpenAIRealtimeDialect {
    /// The caller speaks. Of a turn that the client commits nothing is told: it knows.
    mutating func speechStarted(_ id: UtteranceID, _ start: AudioPosition) -> [Frame] {
        if !utterances.committed.isEmpty {
            let item = utterances.committed.removeFirst()
            utterances[id] = .init(item: item, start: start)
            return []
        }
        let item = stage.writer.name("item")
        utterances[id] = .init(item: item, start: start)
        return [
            stage.writer.event(
                "input_audio_buffer.speech_started",
                [("audio_start_ms", .int(Self.milliseconds(start))), ("item_id", .string(item))])
        ]
    }

    /// The caller is silent: what was said becomes an item.
    mutating func speechStopped(_ id: UtteranceID, _ end: AudioPosition) -> [Frame] {
        guard let spoken = utterances[id] else { return [] }
        if utterances.isClearing {
            utterances[id] = nil
            return []
        }
        utterances[id]?.length = end - spoken.start
        if stage.conversation[spoken.item] != nil {
            stage.conversation.change(spoken.item) { $0.said = .utterance(id) }
            return []
        }
        let stopped = stage.writer.event(
            "input_audio_buffer.speech_stopped",
            [("audio_end_ms", .int(Self.milliseconds(end))), ("item_id", .string(spoken.item))])
        let frames = [stopped] + commit(spoken.item)
        stage.conversation.change(spoken.item) { $0.said = .utterance(id) }
        return frames
    }

    /// What was said becomes an item.
    mutating func commit(_ id: String) -> [Frame] {
        let previous = stage.conversation.last
        let item = RealtimeItem(id: id, content: .user([.audio(transcript: nil)]))
        stage.conversation.append(item)
        let committed = stage.writer.event(
            "input_audio_buffer.committed",
            [("previous_item_id", previous.map(JSON.string) ?? .null), ("item_id", .string(id))])
        return [committed] + stage.writer.added(item, behind: previous)
    }

    /// Words of the caller. Interim ones are told as far as they only go on from what was told.
    mutating func transcribed(_ words: Transcribed) -> [Frame] {
        guard let id = words.utterance, var spoken = utterances[id] else { return [] }
        var frames: [Frame] = []
        if session.transcription != nil, words.text != spoken.told, words.text.hasPrefix(spoken.told) {
            let delta = String(words.text.dropFirst(spoken.told.count))
            spoken.told = words.text
            frames.append(
                stage.writer.event(
                    "conversation.item.input_audio_transcription.delta",
                    [("item_id", .string(spoken.item)), ("content_index", .int(0)), ("delta", .string(delta))]))
        }
        guard words.isFinal else {
            utterances[id] = spoken
            return frames
        }
        utterances[id] = nil
        stage.conversation.change(spoken.item) { $0.content = .user([.audio(transcript: words.text)]) }
        guard session.transcription != nil else { return [] }
        let usage: [(String, JSON)] = [
            ("type", .string("duration")), ("seconds", .double((spoken.length ?? .zero).milliseconds / 1000)),
        ]
        frames.append(
            stage.writer.event(
                "conversation.item.input_audio_transcription.completed",
                [
                    ("item_id", .string(spoken.item)), ("content_index", .int(0)), ("transcript", .string(words.text)),
                    ("usage", .object(usage)),
                ]))
        return frames
    }

    /// Words of the caller that cannot be had.
    mutating func notTranscribed(_ problem: BadInput) -> [Frame] {
        guard let id = utterances.last, let spoken = utterances[id] else { return [] }
        utterances[id] = nil
        guard session.transcription != nil else { return [] }
        let error: [(String, JSON)] = [
            ("type", .string("transcription_error")), ("code", .string(problem.code)),
            ("message", .string(problem.message)), ("param", .null),
        ]
        return [
            stage.writer.event(
                "conversation.item.input_audio_transcription.failed",
                [("item_id", .string(spoken.item)), ("content_index", .int(0)), ("error", .object(error))])
        ]
    }

    private static func milliseconds(_ position: AudioPosition) -> Int {
        Int((position - .start).milliseconds)
    }
}
