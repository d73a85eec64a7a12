/// Reads PCM16 mono out of a WAV file that arrives in pieces and whose length is not known yet, as programs write it to a
/// pipe.
struct WAVStream: Sendable {
    private enum State {
        /// Exits: samples, broken.
        case header
        /// `sampleRate` is known. No exit.
        case samples
        /// Not a WAV that we can read. No exit.
        case broken
    }

    private var state = State.header
    private var bytes: [UInt8] = []
    /// Samples per second; 0 until the header was read.
    private(set) var sampleRate = 0

    /// Longest header that is waited for.
    private static let longestHeader = 4096

    /// Takes the next bytes; returns the samples that are complete, or nil when this is no PCM16 mono WAV.
    mutating func add(_ more: [UInt8]) -> [Int16]? {
        bytes += more
        if case .header = state { readHeader() }
        switch state {
        case .broken: return nil
        case .header: return []
        case .samples:
            let whole = bytes.count / 2 * 2
            let samples = stride(from: 0, to: whole, by: 2).map {
                Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
            }
            bytes.removeFirst(whole)
            return samples
        }
    }

    private mutating func readHeader() {
        guard bytes.count >= 12 else { return }
        guard tag(0) == "RIFF", tag(8) == "WAVE" else { return state = .broken }
        var offset = 12
        while offset + 8 <= bytes.count {
            let length = Int(number(offset + 4, 4))
            let body = offset + 8
            switch tag(offset) {
            case "data":
                guard sampleRate > 0 else { return state = .broken }
                bytes.removeFirst(body)
                return state = .samples
            case "fmt ":
                guard body + 16 <= bytes.count else { return }
                guard number(body, 2) == 1, number(body + 2, 2) == 1, number(body + 14, 2) == 16 else {
                    return state = .broken
                }
                sampleRate = Int(number(body + 4, 4))
            default: break
            }
            guard length <= Self.longestHeader else { return state = .broken }
            offset = body + length + length % 2
        }
        if bytes.count > Self.longestHeader { state = .broken }
    }

    private func tag(_ offset: Int) -> String {
        String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
    }

    private func number(_ offset: Int, _ count: Int) -> UInt32 {
        (0..<count).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
    }
}
