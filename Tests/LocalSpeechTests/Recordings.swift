import AudioCore
import Foundation
import TestSupport
import Testing

/// People who speak, from Debian's package `pocketsphinx-testdata`: PCM16 mono at 16 kHz.
enum Recordings {
    private static let folder = "/usr/share/pocketsphinx/test/data"

    /// Sentences from a novel, read by a volunteer of LibriVox, with what is said.
    static let sentences: [(name: String, words: String)] = [
        ("0880", "he was not an ill disposed young man"),
        ("0890", "unless to be rather cold hearted and rather selfish is to be ill disposed"),
        ("0930", "he might even have been made amiable himself"),
    ]

    static func sentence(_ name: String) throws -> [Int16] {
        try read("librivox/sense_and_sensibility_01_austen_64kb-\(name).wav")
    }

    /// A man who names playing cards: 1…5.
    static func cards(_ number: Int) throws -> [Int16] { try read("cards/00\(number).wav") }

    private static func read(_ path: String) throws -> [Int16] {
        let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(path)"))
        let chunk = try WAVFile.read([UInt8](bytes))
        precondition(chunk.sampleRate == 16000, "\(path) is at 16 kHz")
        return chunk.samples
    }
}

/// A sound with a name, by which a test's report calls it.
struct Sound: Sendable, CustomTestStringConvertible {
    let name: String
    let samples: [Int16]

    var testDescription: String { name }
}

/// What else a microphone brings.
enum Sounds {
    static func silence(_ seconds: Double) -> [Int16] { [Int16](repeating: 0, count: Int(seconds * 16000)) }

    /// Evenly distributed noise.
    static func hiss(_ seconds: Double, peak: Int, seed: Int) -> [Int16] {
        var random = Seeded(seed)
        return (0..<Int(seconds * 16000)).map { _ in Int16(Int.random(in: -peak...peak, using: &random)) }
    }

    /// The hum of the mains, with overtones.
    static func hum(_ seconds: Double) -> [Int16] {
        (0..<Int(seconds * 16000)).map { sample in
            let phase = 2 * Double.pi * 50 * Double(sample) / 16000
            return Int16(3000 * (sin(phase) + 0.5 * sin(2 * phase) + 0.3 * sin(3 * phase)))
        }
    }

    /// Short bursts that die away, like knocks or a cough.
    static func knocks(_ seconds: Double, seed: Int) -> [Int16] {
        hiss(seconds, peak: 20000, seed: seed).enumerated().map { index, sample in
            Int16(Double(sample) * exp(-Double(index % 8000) / 400))
        }
    }

    /// A telephone's dial tone.
    static func tone(_ seconds: Double) -> [Int16] {
        (0..<Int(seconds * 16000)).map { sample in
            Int16(
                6000
                    * (sin(2 * Double.pi * 350 * Double(sample) / 16000)
                        + sin(2 * Double.pi * 440 * Double(sample) / 16000)))
        }
    }
}

extension String {
    /// Its words as they are compared: small, without punctuation.
    var plainWords: String {
        let letters = lowercased().map { $0.isLetter || $0.isNumber || $0 == "'" ? $0 : " " }
        return String(letters).split(separator: " ").joined(separator: " ")
    }
}
