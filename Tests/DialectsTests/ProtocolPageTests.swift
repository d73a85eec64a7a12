import AudioCore
import Dialects
import Foundation
import Testing
import TurnTaking

@testable import Session

/// `docs/protocol.md` shows what is really read and written.
struct ProtocolPageTests {
    struct Example {
        var text: String
        var isClients: Bool
    }

    /// The objects of all JSON blocks under "From the client" and "From the server".
    private static func examples() throws -> [Example] {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/protocol.md")
        var examples: [Example] = []
        var (side, inBlock, depth, text) = ("", false, 0, "")
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("```") {
                inBlock = line == "```json"
            } else if line.hasPrefix("## ") {
                side = String(line.dropFirst(3))
            } else if inBlock {
                text += line + "\n"
                depth += line.count { "{[".contains($0) } - line.count { "}]".contains($0) }
                guard depth == 0 else { continue }
                examples.append(Example(text: text, isClients: side == "From the client"))
                text = ""
            }
        }
        return examples
    }

    @Test func clientMessagesAreUnderstood() throws {
        let examples = try Self.examples().filter(\.isClients)
        #expect(examples.count >= 12)
        for example in examples {
            if case .malformed(let problem) = BridgeDecoder.decode(Array(example.text.utf8)) {
                Issue.record("\(example.text) is refused: \(problem.message)")
            }
        }
    }

    /// Every field of an example is one that is written, with a value of that kind.
    @Test func serverMessagesAreWrittenThatWay() throws {
        let examples = try Self.examples().filter { !$0.isClients }
        #expect(examples.count >= 14)
        var written: [String: [String: Any]] = [:]
        for event in Self.events {
            let object = try Self.object(BridgeEncoder.encode(event))
            written[try #require(object["type"] as? String)] = object
        }
        var shown: Set<String> = []
        for example in examples {
            let object = try Self.object(example.text)
            let type = try #require(object["type"] as? String)
            shown.insert(type)
            let real = try #require(written[type], "\(type) is never written")
            for fault in Self.differences(object, real, path: type) { Issue.record("\(fault)") }
        }
        let quiet: Set = ["recording_started", "recording_stopped"]
        #expect(Set(written.keys).subtracting(shown).subtracting(quiet).isEmpty, "messages that the page does not show")
    }

    private static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private static func differences(_ shown: Any, _ real: Any, path: String) -> [String] {
        switch (shown, real) {
        case (let shown as [String: Any], let real as [String: Any]):
            return shown.flatMap { key, value in
                real[key].map { differences(value, $0, path: "\(path).\(key)") } ?? ["\(path).\(key) is not written"]
            }
        case (let shown as [Any], let real as [Any]):
            guard let example = real.first else { return [] }
            return shown.flatMap { differences($0, example, path: path + "[]") }
        case (is String, is String), (is NSNumber, is NSNumber), (is NSNull, is NSNull): return []
        default: return ["\(path) is of another kind"]
        }
    }

    private static var usage: TurnUsage {
        var provider = ProviderUsage(provider: "", kind: "generation")
        (provider.firstPiece, provider.cost) = (.zero, 0)
        return TurnUsage(response: "", providers: [provider], currency: "USD")
    }

    private static let events: [ConversationEvent] = [
        .created(
            SessionDescription(
                id: "", project: "", version: 0,
                agents: [.init(name: "", description: "", voice: "", speaks: true)], vad: VADConfiguration(),
                fallbacks: [.init(wanted: "", used: "", reason: "")], sampleRate: 16000)),
        .recordingStarted, .recordingStopped, .callerTranscript(Transcribed(text: "", isFinal: false)),
        .callerTranscript(Transcribed(text: "", isFinal: true)), .responseStarted(id: ""),
        .agentStarted(agent: "", node: ""), .agentText(agent: "", text: ""), .agentFiller(agent: "", text: ""),
        .agentAudio(agent: "", AudioChunk(samples: [0], sampleRate: 16000)), .agentTextDone(agent: "", text: ""),
        .agentFinished(agent: "", node: ""), .audioDone, .responseDone(id: "", status: .completed),
        .interrupted(agent: nil, heard: ""),
        .turnMetrics(
            TurnTimings(
                endpointing: .zero, transcription: .zero, firstToken: .zero, sentence: .zero, synthesis: .zero,
                sending: .zero)),
        .turnUsage(usage), .vadFrame(FrameReport(start: 0, probability: 0, positives: 0, state: "closed")), .heartbeat,
        .warning(BadInput(code: "", message: "")), .failure(BadInput(code: "", message: ""), closeCode: 1008),
    ]
}
