import AudioCore
import ProviderKit
import ProviderTransport

/// A format that Azure speaks in, as far as the stand-in makes it: PCM16 mono, bare or as a WAV.
struct AzureAudioFormat: Equatable {
    let rate: Int
    let isWAV: Bool

    /// Reads a name such as `raw-24khz-16bit-mono-pcm`.
    init(_ name: String) throws(AzureSSML.Fault) {
        let rates = [
            "8khz": 8000, "16khz": 16_000, "22050hz": 22_050, "24khz": 24_000, "44100hz": 44_100, "48khz": 48_000,
        ]
        let parts = name.split(separator: "-").map(String.init)
        guard parts.count == 5, parts[0] == "raw" || parts[0] == "riff", let rate = rates[parts[1]],
            parts[2...] == ["16bit", "mono", "pcm"]
        else { throw AzureSSML.Fault(message: "Unsupported output format.") }
        self.rate = rate
        isWAV = parts[0] == "riff"
    }
}

/// A text spoken, cut into the pieces in which it is sent.
struct AzureSpeech {
    struct Piece {
        var audio: [UInt8]
        /// The words that begin in it.
        var words: [Word]
    }

    /// In the service's ticks of 100 ns.
    struct Word {
        var text: String
        var isPunctuation: Bool
        var offset: Int
        var duration: Int
    }

    /// A tenth of a second at 24 kHz. Odd, so that samples are cut in two now and then, as networks do.
    private static let pieceLength = 4801

    let pieces: [Piece]
    let duration: Duration

    /// Speaks `ssml` with the stage's voice.
    init(_ ssml: AzureSSML, _ format: AzureAudioFormat, _ cue: Cue, on stage: Stage) async throws {
        guard !cue.isSilent else {
            pieces = []
            duration = .zero
            return
        }
        let text = cue.text ?? ssml.text
        let speech = try await stage.speech(text, voice: ssml.voice, rate: format.rate)
        duration = .samples(speech.samples.count, at: format.rate)
        var bytes = PCM16.bytes(littleEndian: speech.samples)
        if format.isWAV { bytes = WAVFile.write(AudioChunk(samples: speech.samples, sampleRate: format.rate)) }
        let words = Self.words(of: Array(text), speech.words)
        let bytesPerSecond = 2 * format.rate
        pieces = stride(from: 0, to: bytes.count, by: Self.pieceLength).map { start in
            let end = min(bytes.count, start + Self.pieceLength)
            func ticks(_ bytes: Int) -> Int { bytes * 10_000_000 / bytesPerSecond }
            let isLast = end == bytes.count
            return Piece(
                audio: Array(bytes[start..<end]),
                words: words.filter { $0.offset >= ticks(start) && (isLast || $0.offset < ticks(end)) })
        }
    }

    /// As the service reports them: words without the marks around them, and the marks for themselves.
    private static func words(of text: [Character], _ timings: [WordTiming]) -> [Word] {
        timings.flatMap { timing -> [Word] in
            let characters = text[timing.range]
            let isPart = { (character: Character) in character.isLetter || character.isNumber }
            let offset = ticks(timing.start)
            let duration = ticks(timing.end) - offset
            guard let first = characters.firstIndex(where: isPart), let last = characters.lastIndex(where: isPart)
            else {
                return [Word(text: String(characters), isPunctuation: true, offset: offset, duration: duration)]
            }
            var words = [
                Word(text: String(characters[first...last]), isPunctuation: false, offset: offset, duration: duration)
            ]
            if last + 1 < characters.endIndex {
                let marks = String(characters[(last + 1)...])
                words.append(Word(text: marks, isPunctuation: true, offset: offset + duration, duration: 0))
            }
            return words
        }
    }

    static func ticks(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds) * 10_000_000 + Int(attoseconds / 100_000_000_000)
    }
}

/// The messages of one turn of synthesis.
struct AzureSynthesisTurn {
    let id: String
    let streamID: String
    /// What the client wants to be told besides the audio.
    let options: JSONValue

    var head: [USPMessage] {
        let context: JSONValue = ["serviceTag": .string(id)]
        return [
            message("turn.start", ["context": context]),
            message("response", ["context": context, "audio": ["type": "inline", "streamId": .string(streamID)]]),
        ]
    }

    func messages(_ piece: AzureSpeech.Piece) -> [USPMessage] {
        let wanted = piece.words.filter {
            options[$0.isPunctuation ? "punctuationBoundaryEnabled" : "wordBoundaryEnabled"]?.bool ?? false
        }
        let metadata = wanted.map { word -> JSONValue in
            [
                "Type": "WordBoundary",
                "Data": [
                    "Offset": .int(word.offset), "Duration": .int(word.duration),
                    "text": [
                        "Text": .string(word.text), "Length": .int(word.text.utf16.count),
                        "BoundaryType": .string(word.isPunctuation ? "PunctuationBoundary" : "WordBoundary"),
                    ],
                ],
            ]
        }
        return (metadata.isEmpty ? [] : [self.metadata(metadata)]) + [audio(piece.audio)]
    }

    func tail(_ duration: Duration) -> [USPMessage] {
        let end: JSONValue = ["Type": "SessionEnd", "Data": ["Offset": .int(AzureSpeech.ticks(duration))]]
        let wantsEnd = options["sessionEndEnabled"]?.bool ?? false
        return [audio([])] + (wantsEnd ? [metadata([end])] : []) + [message("turn.end", [:])]
    }

    private func message(_ path: String, _ body: JSONValue) -> USPMessage {
        USPMessage(
            path: path, requestID: id, contentType: "application/json; charset=utf-8", body: .text(body.text))
    }

    private func metadata(_ items: [JSONValue]) -> USPMessage {
        var message = message("audio.metadata", ["Metadata": .array(items)])
        message.streamID = streamID
        return message
    }

    private func audio(_ bytes: [UInt8]) -> USPMessage {
        USPMessage(
            path: "audio", requestID: id, streamID: streamID, contentType: bytes.isEmpty ? nil : "audio/x-wav",
            body: .bytes(bytes))
    }
}
