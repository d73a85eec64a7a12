import AudioCore
import Foundation
import Testing

/// `parley vad` on recordings of several kinds.
@Suite(.timeLimit(.minutes(3)))
struct RecordingTests {
    struct Window: Decodable {
        var window: Int
        var startSample: Int
        var startSeconds: Double
        var probability: Double
        var positiveFrames: Int
        var trigger: Bool
        var onsetSample: Int?
    }

    private let folder = try? Folder()

    private func place(_ name: String) throws -> String { try #require(folder).path(name) }

    /// A sentence between two half seconds of silence, at 16 kHz.
    private func speech() async throws -> String {
        let (spoken, file) = (try place("spoken.wav"), try place("speech.wav"))
        let words = "How can I protect my investments against currency risk?"
        #expect(try await Program.run("flite", ["-voice", "slt", "-t", words, "-o", spoken]).status == 0)
        let effects = ["-D", "-v", "0.8", spoken, "-r", "16000", "-b", "16", file, "pad", "0.5", "0.5"]
        #expect(try await Program.run("sox", effects).status == 0)
        return file
    }

    private func silence(seconds: Int) throws -> String {
        let file = try place("silence.wav")
        let samples = [Int16](repeating: 0, count: 16000 * seconds)
        try Data(WAVFile.write(AudioChunk(samples: samples, sampleRate: 16000))).write(to: URL(filePath: file))
        return file
    }

    private func windows(_ outcome: Outcome) throws -> [Window] {
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try outcome.lines.map { try decoder.decode(Window.self, from: Data($0.utf8)) }
    }

    @Test func everyWindowIsALine() async throws {
        let file = try await speech()
        let windows = try windows(try await Program.run("vad", file, "--json"))
        #expect(windows.map(\.window) == Array(0..<windows.count))
        #expect(windows.map(\.startSample) == (0..<windows.count).map { $0 * 512 })
        #expect(
            windows.allSatisfy { (0...1).contains($0.probability) && $0.startSeconds == Double($0.startSample) / 16000 }
        )
        let samples = try WAVFile.read(Array(try Data(contentsOf: URL(filePath: file)))).samples.count
        #expect(windows.count == samples / 512)
        // Silence at both ends, speech between them, and enough of it to interrupt.
        #expect(windows.prefix(10).allSatisfy { $0.probability < 0.5 })
        #expect(windows.count { $0.probability > 0.5 } > windows.count / 2)
        let triggers = windows.filter(\.trigger)
        #expect(!triggers.isEmpty)
        #expect(triggers.allSatisfy { $0.onsetSample ?? .max < $0.startSample })
        #expect(windows.allSatisfy { $0.trigger == ($0.onsetSample != nil) })
    }

    @Test func silenceIsNone() async throws {
        let file = try silence(seconds: 3)
        let windows = try windows(try await Program.run("vad", file, "--json"))
        #expect(windows.count == 93)
        #expect(windows.allSatisfy { $0.probability < 0.5 && !$0.trigger })
        let text = try await Program.run("vad", file)
        #expect(text.status == 0)
        #expect(text.lines.last == "no barge-in")
    }

    @Test func theTextNamesTheBargeIn() async throws {
        let outcome = try await Program.run("vad", try await speech())
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("█"))
        #expect(outcome.lines.last?.hasPrefix("barge-in at ") == true)
    }

    /// The same sentence at another rate and in two channels, or as telephony writes it, is heard the same.
    @Test(arguments: [["-r", "48000", "-c", "2"], ["-e", "mu-law"], ["-e", "a-law"]])
    func otherFormatsAreHeardAlike(format: [String]) async throws {
        let file = try await speech()
        let other = try place("other.wav")
        #expect(try await Program.run("sox", ["-D", file] + format + [other]).status == 0)
        let one = try windows(try await Program.run("vad", file, "--json"))
        let two = try windows(try await Program.run("vad", other, "--json"))
        #expect(abs(one.count - two.count) <= 1)
        let differing = zip(one, two).count { ($0.probability > 0.5) != ($1.probability > 0.5) }
        #expect(differing <= one.count / 20)
    }

    /// Each code of telephony is the sample that sox takes it for.
    @Test(arguments: ["mu-law", "a-law"]) func telephonyIsReadAsSoxReadsIt(encoding: String) async throws {
        let (codes, file, linear) = (try place("codes.raw"), try place("codes.wav"), try place("linear.wav"))
        try Data((0...255).map { UInt8($0) }).write(to: URL(filePath: codes))
        let raw = ["-t", "raw", "-r", "8000", "-c", "1", "-b", "8", "-e", encoding, codes]
        #expect(try await Program.run("sox", raw + [file]).status == 0)
        #expect(try await Program.run("sox", ["-D", file, "-b", "16", "-e", "signed", linear]).status == 0)
        let own = try WAVFile.read([UInt8](try Data(contentsOf: URL(filePath: file))))
        #expect(own.samples.count == 256 && own.sampleRate == 8000)
        #expect(try WAVFile.read([UInt8](try Data(contentsOf: URL(filePath: linear)))) == own)
    }

    /// A project's own threshold decides; push-to-talk has the defaults.
    @Test func theProjectsSettingsCount() async throws {
        let file = try await speech()
        let never = try #require(folder).write(
            "never.yaml",
            ProjectText.planner(speaks: true)
                + "\n  vad:\n    enable_barge_in: true\n    threshold: 900\n    window_size: 900\n")
        let outcome = try await Program.run("vad", file, "--project", never)
        #expect(outcome.status == 0)
        #expect(outcome.lines.last == "no barge-in")
        let broken = try #require(folder).write("broken.yaml", "agents: 7\n")
        let refused = try await Program.run("vad", file, "--project", broken)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("broken.yaml:1:"))
    }

    @Test(arguments: [
        "", "RIFF", "not a recording at all", "RIFF\u{4}\u{0}\u{0}\u{0}WAVE",
        "RIFF\u{24}\u{0}\u{0}\u{0}WAVEfmt \u{10}\u{0}\u{0}\u{0}\u{7}\u{0}\u{1}\u{0}",
    ])
    func aBrokenRecordingIsNamed(text: String) async throws {
        let file = try #require(folder).write("broken.wav", text)
        let outcome = try await Program.run("vad", file)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("parley vad: \(file): "))
        #expect(outcome.output.isEmpty)
    }

    @Test func aMissingRecordingIsNamed() async throws {
        let outcome = try await Program.run("vad", "/nowhere/speech.wav")
        #expect(outcome.status == 1)
        #expect(outcome.errors == "parley vad: /nowhere/speech.wav: cannot be read\n")
    }

    /// More lines than a pipe holds, for a reader that wants one.
    @Test func aReaderThatGoesAwayIsNoError() async throws {
        let file = try silence(seconds: 60)
        let script = "set -o pipefail; \"$0\" vad \"$1\" --json | head -n 1"
        let outcome = try await Program.run("bash", ["-c", script, Program.parley, file])
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == 1)
        #expect(outcome.errors.isEmpty)
    }
}
