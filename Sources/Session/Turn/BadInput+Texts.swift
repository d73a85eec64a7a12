import ProviderKit

/// What a client is told when its caller could not be heard.
extension BadInput {
    static let notWhileAnswering = BadInput(
        code: "audio_not_heard",
        message: "this project is push-to-talk: audio is heard after start_recording, or while no response is open")

    static let unknownCall = BadInput(
        code: "unknown_call", message: "no result of that call is awaited: it is over, or is not the client's")

    static let memoryBusy = BadInput(
        code: "memory_busy", message: "the memory has not answered yet; ask again when it has")

    static let memoryFull = BadInput(
        code: "memory_full",
        message: "a caller has at most \(MemoryChanges.most) variables; nothing was changed")

    static let notInterruptible = BadInput(
        code: "audio_not_heard", message: "this cannot be interrupted: who still speaks at its end is heard then")

    static let turnTooLong = BadInput(
        code: "text_too_long",
        message: "a caller's turn may have \(CallerTurn.longest) characters; these words were not taken")

    static func notTranscribed(_ code: ProviderError.Code) -> BadInput {
        BadInput(
            code: "recognition_failed", message: "what was said could not be transcribed (\(code)); please type it")
    }

    static func tooMany(_ last: BadInput) -> BadInput {
        BadInput(code: "too_many_errors", message: "ten bad messages within a minute; the last one: \(last.message)")
    }
}
