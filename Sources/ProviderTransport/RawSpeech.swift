import ProviderKit

/// Looks at the beginning of speech that was asked for as bare PCM16 mono: takes off a WAV's header if the rest is just
/// that, and refuses what would be noise. Bytes may be cut anywhere.
public struct RawSpeech {
    private enum State {
        /// What has come of the beginning.
        case looking([UInt8])
        /// Behind it; so many bytes of sound are still to come, nil for as many as there are.
        case passing(Int?)
    }

    /// A header is not longer, in bytes.
    private static let longestHeader = 4096

    private let rate: Int
    private let provider: String
    private var state = State.looking([])

    /// Speech at `rate` hertz, of `provider`, in an answer of this content type.
    /// - Throws: `ProviderError` (protocolViolation) when the content type says that it is text.
    public init(rate: Int, contentType: String?, provider: String) throws(ProviderError) {
        (self.rate, self.provider) = (rate, provider)
        let type = contentType?.lowercased() ?? ""
        guard !type.hasPrefix("text/"), !type.hasPrefix("application/json") else { throw other("text") }
    }

    /// Takes the next bytes; returns those that are sound.
    /// - Throws: `ProviderError` (protocolViolation) when they are something else.
    public mutating func add(_ bytes: [UInt8]) throws(ProviderError) -> [UInt8] {
        switch state {
        case .looking(let earlier): return try look(earlier + bytes, isWhole: false)
        case .passing(let left):
            guard let left else { return bytes }
            state = .passing(max(0, left - bytes.count))
            // What follows the sound in a WAV is about it.
            return Array(bytes.prefix(left))
        }
    }

    /// The answer is over; returns what was kept back.
    /// - Throws: as `add`.
    public mutating func finish() throws(ProviderError) -> [UInt8] {
        guard case .looking(let bytes) = state else { return [] }
        return try look(bytes, isWhole: true)
    }

    private mutating func look(_ bytes: [UInt8], isWhole: Bool) throws(ProviderError) -> [UInt8] {
        state = .looking(bytes)
        guard bytes.count >= 12 || isWhole else { return [] }
        func begins(_ mark: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: mark.utf8) }
        if begins("RIFF"), begins("WAVE", at: 8) { return try unwrap(bytes, isWhole: isWhole) }
        for (mark, name) in [("OggS", "Ogg"), ("fLaC", "FLAC"), ("ID3", "MP3")] where begins(mark) {
            throw other(name)
        }
        for mark in ["<!DOCTYPE", "<!doctype", "<html", "<HTML", "<?xml", "{\"error\""] where begins(mark) {
            throw other("text")
        }
        state = .passing(nil)
        return bytes
    }

    /// Reads the chunks of a WAV up to its sound.
    private mutating func unwrap(_ bytes: [UInt8], isWhole: Bool) throws(ProviderError) -> [UInt8] {
        func number(_ offset: Int, _ count: Int) -> Int {
            bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        var offset = 12
        var isRight = false
        while offset + 8 <= bytes.count {
            let (tag, length) = (bytes[offset..<offset + 4], number(offset + 4, 4))
            let content = offset + 8
            if tag.elementsEqual("data".utf8) {
                guard isRight else { throw other("WAV of another format") }
                // A writer that does not know the length yet writes nothing, or the most there is.
                let left = length == 0 || length >= 0x7FFF_FF00 ? nil : length
                state = .passing(nil)
                if let left { state = .passing(left) }
                return try add(Array(bytes[content...]))
            }
            if tag.elementsEqual("fmt ".utf8) {
                guard content + 16 <= bytes.count else { break }
                isRight =
                    number(content, 2) == 1 && number(content + 2, 2) == 1 && number(content + 4, 4) == rate
                    && number(content + 14, 2) == 16
            }
            offset = content + length + length % 2
        }
        guard !isWhole, bytes.count < Self.longestHeader else { throw other("WAV without sound") }
        return []
    }

    private func other(_ what: String) -> ProviderError {
        ProviderError(.protocolViolation, provider: provider, message: "\(what) came instead of PCM")
    }
}
