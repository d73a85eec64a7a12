import ProviderTransport

/// What Deepgram says on a listen socket, as far as it matters here.
enum ListenMessage: Equatable {
    /// What was heard in a stretch of the stream.
    struct Results: Equatable {
        /// Empty when there are no words.
        var text: String
        /// Seconds of the stream, over all utterances of a socket.
        var start: Double
        var duration: Double
        /// Whether this stretch is settled; the next one begins behind it.
        var isFinal: Bool
        /// Whether Deepgram takes it that the speaker has stopped.
        var endsSpeech = false
        /// Whether this answers a `Finalize`.
        var fromFinalize: Bool

        var end: Double { start + duration }
    }

    case results(Results)
    /// The summary at the end of a stream.
    case metadata
    /// With the vendor's code.
    case error(code: String?)
    /// What does not matter: `SpeechStarted`, `UtteranceEnd` and what may come to be.
    case other

    /// Reads a text message; nil for one that is none of the protocol's.
    init?(_ text: String) {
        guard let value = JSONValue(text.utf8), value.object != nil else { return nil }
        switch value["type"]?.string {
        case "Results":
            guard let start = value["start"]?.double, let duration = value["duration"]?.double,
                let transcript = value["channel"]?["alternatives"]?[0]?["transcript"]?.string
            else { return nil }
            self = .results(
                Results(
                    text: transcript, start: start, duration: duration, isFinal: value["is_final"]?.bool ?? false,
                    endsSpeech: value["speech_final"]?.bool ?? false,
                    fromFinalize: value["from_finalize"]?.bool ?? false))
        case "Metadata": self = .metadata
        case "Error": self = .error(code: (value["code"] ?? value["variant"])?.string)
        case .some: self = .other
        // Errors of the early protocol have no type.
        case nil:
            guard let code = value["err_code"]?.string else { return nil }
            self = .error(code: code)
        }
    }

    static let keepAlive = #"{"type":"KeepAlive"}"#
    static let finalize = #"{"type":"Finalize"}"#
    static let closeStream = #"{"type":"CloseStream"}"#
}
