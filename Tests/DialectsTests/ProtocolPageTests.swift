import AudioCore
import Dialects
import Foundation
import Testing
import TurnTaking

@testable import Session

/// The pages of the protocols show what is really read and written.
struct ProtocolPageTests {
    /// A page, and the dialect that it describes.
    struct Page: Sendable, CustomTestStringConvertible {
        var name: String
        var dialect: any Dialect
        /// Types that are written and need no example.
        var quiet: Set<String>
        /// How many examples there are at least, of the client's and of ours.
        var fewest: (client: Int, server: Int)

        var testDescription: String { name }
    }

    struct Example {
        var text: String
        var side: String
    }

    static let pages = [
        Page(
            name: "docs/protocol.md", dialect: BridgeDialect(), quiet: ["recording_started", "recording_stopped"],
            fewest: (12, 14)),
        Page(name: "docs/pcm.md", dialect: PCMDialect(.usual), quiet: [], fewest: (10, 12)),
    ]

    /// The objects of all JSON blocks of a page, with the heading of the second level under which they stand.
    private static func examples(on page: Page) throws -> [Example] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: page.name)
        var examples: [Example] = []
        var (side, inBlock, depth, text) = ("", false, 0, "")
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("```") {
                inBlock = line == "```json"
            } else if line.hasPrefix("## ") {
                side = String(line.dropFirst(3))
            } else if inBlock {
                text += line + "\n"
                depth += line.count { "{[".contains($0) } - line.count { "}]".contains($0) }
                guard depth == 0 else { continue }
                examples.append(Example(text: text, side: side))
                text = ""
            }
        }
        return examples
    }

    @Test(arguments: pages)
    func clientMessagesAreUnderstood(page: Page) throws {
        let examples = try Self.examples(on: page).filter { $0.side == "From the client" }
        #expect(examples.count >= page.fewest.client)
        for example in examples {
            var dialect = page.dialect
            for input in dialect.read(.text(example.text), now: .zero).inputs {
                if case .signal(.malformed(let problem)) = input {
                    Issue.record("\(example.text) is refused: \(problem.message)")
                }
            }
        }
    }

    /// Every field of an example is one that is written, with a value of that kind.
    @Test(arguments: pages)
    func serverMessagesAreWrittenThatWay(page: Page) throws {
        let examples = try Self.examples(on: page).filter { $0.side != "From the client" }
        #expect(examples.count >= page.fewest.server)
        let written = try Self.written(page.dialect)
        var shown: Set<String> = []
        for example in examples {
            let object = try Self.object(example.text)
            let type = try #require(object["type"] as? String)
            // The server itself says that it goes down, in every dialect.
            if type == "server.draining" { continue }
            shown.insert(type)
            let real = try #require(written[type], "\(type) is never written")
            let faults = real.map { Self.differences(object, $0, path: type) }
            if !faults.contains([]), let fault = faults.min(by: { $0.count < $1.count }) {
                Issue.record("\(fault.joined(separator: ", "))")
            }
        }
        #expect(
            Set(written.keys).subtracting(shown).subtracting(page.quiet).isEmpty, "messages that the page does not show"
        )
    }

    /// What a dialect writes, by type: every message in every form.
    private static func written(_ dialect: any Dialect) throws -> [String: [[String: Any]]] {
        var written: [String: [[String: Any]]] = [:]
        // Those of a client that has said what it can, too.
        for greeting in [#"{"type": "ignored"}"#, #"{"type": "session.update", "pauses": true}"#] {
            var dialect = dialect
            var frames = dialect.read(.text(greeting), now: .zero).replies
            // What the client has said counts once it is in force.
            let isGreeted = greeting.contains("pauses")
            let settings = SettingsReport(vad: nil, reportsFrames: false, knowsPauses: isGreeted)
            frames += dialect.write(.settings(settings), now: .zero)
            for event in events { frames += dialect.write(event, now: .zero) }
            if let wake = dialect.wake { frames += dialect.time(wake) }
            for case .text(let text) in frames {
                let object = try object(text)
                let type = try #require(object["type"] as? String)
                written[type, default: []].append(object)
            }
        }
        return written
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

    // MARK: - Everything that a client can be told

    private static let id = ResponseID(1)
    private static let source = Attribution(response: id, item: ItemID(1), agent: "")

    private static let settings = SettingsReport(vad: VADConfiguration(), reportsFrames: true, knowsPauses: true)

    private static var events: [ConversationEvent] {
        var plain = Samples.problem
        plain.subject?.type = nil
        plain.subject?.eventID = nil
        return [
            .created(
                SessionDescription(
                    id: ConversationID("conv_abcdefghijkl"), project: "", version: 0,
                    agents: [.init(name: "", description: "", voice: "", speaks: true)], vad: VADConfiguration(),
                    fallbacks: [.init(wanted: "", used: "", reason: "")], sampleRate: 16000)),
            .speechStarted(UtteranceID(1), at: .start), .speechStopped(UtteranceID(1), at: .start),
            .callerTranscript(Transcribed(utterance: UtteranceID(1), text: "", isFinal: false)),
            .callerTranscript(Transcribed(utterance: UtteranceID(1), text: "", isFinal: true)),
            .callerTranscript(Transcribed(utterance: UtteranceID(1), text: "", isFinal: true, confidence: 0.5)),
            .responseStarted(id), .agentStarted(source, node: ""), .agentText(source, ""), .agentFiller(source, ""),
            .agentDraft(source, attempt: 1, ""), .agentCritique(source, attempt: 1, flaws: [""]),
            .agentAudio(source, SegmentID(1), AudioChunk(samples: [0], sampleRate: 16000)),
            .agentAsked(id, agent: "", patience: .zero), .toolCalled(source, CallID(1), tool: "", arguments: ""),
            .toolFinished(source, CallID(1), tool: "", status: ""),
            .paused(id, agent: "", heard: ""), .resumed(id, source, rest: ""), .agentTextDone(source, ""),
            .agentFinished(source, node: ""), .audioDone(id), .responseDone(id, .completed),
            .responseStarted(ResponseID(2)), .interrupted(ResponseID(2), agent: nil, heard: ""),
            .responseDone(ResponseID(2), .interrupted),
            .turnMetrics(id, Samples.timings), .turnUsage(Samples.usage),
            .vadFrame(FrameReport(start: .start, probability: 0, positives: 0, state: "closed")),
            .settings(settings), Samples.memory, .heartbeat, .warning(Samples.problem), .warning(plain),
            .warning(BadInput(code: "", message: "")), .failure(BadInput(code: "", message: ""), closeCode: 1008),
            .ended(.idle),
        ]
    }
}
