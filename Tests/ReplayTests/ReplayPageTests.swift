import AudioCore
import Foundation
import Session
import Testing

@testable import parley

/// What people see of two runs.
@Suite struct ReplayPageTests {
    private func runs() throws -> (ConversationRun, ConversationRun) {
        var call = ScriptedCall(ScriptedCall.single(threshold: 40))
        call.script.utterances = ["</script><b>tell me & all"]
        call.script.answers = ["Stock": String(repeating: "This is a rather long answer. ", count: 12)]
        call.stayQuiet(1.2)
        call.speak(1)
        call.stayQuiet(4)
        call.speak(0.7)
        call.stayQuiet(6)
        let conversation = call.record()
        var settings = conversation.settings
        try settings.set("audio_config.vad.threshold=12")
        return (conversation.asRecorded(), conversation.rerun(under: settings))
    }

    private func page() throws -> ReplayPage {
        let (first, second) = try runs()
        let wave = ReplayUnderSettings.wave(
            Array(repeating: 16384, count: 32000), at: { $0 - AudioPosition.start }, pieces: 20)
        return ReplayPage(
            title: "advisor <1>", changes: ["audio_config.vad.threshold=12"],
            first: .init(name: "recorded", timeline: RunTimeline(first), report: RunReport(first)),
            second: .init(name: "changed", timeline: RunTimeline(second), report: RunReport(second)), wave: wave)
    }

    @Test func pageIsSelfContainedAndHoldsBothRuns() throws {
        let html = try page().html()
        for needle in ["src=", "href=", "url(", "@import", "fetch(", "XMLHttpRequest", "https:"] {
            #expect(!html.contains(needle), "\(needle)")
        }
        // The name of a vocabulary, not an address that is read.
        #expect(html.components(separatedBy: "http:").count == 2)
        #expect(html.contains("default-src 'none'"))
        #expect(!html.contains("</script><b>"))
        #expect(html.contains("advisor &lt;1&gt;"))
        let start = try #require(html.range(of: "id=\"data\">")?.upperBound)
        let end = try #require(html.range(of: "</script>", range: start..<html.endIndex)?.lowerBound)
        struct Chart: Decodable {
            struct Run: Decodable {
                var name: String
                var timeline: RunTimeline
            }
            var runs: [Run]
            var wave: RunTimeline.Track
        }
        let chart = try JSONDecoder().decode(Chart.self, from: Data(html[start..<end].utf8))
        #expect(chart.runs.map(\.name) == ["recorded", "changed"])
        #expect(chart.runs.map(\.timeline.threshold) == [40, 12])
        #expect(chart.wave.values.allSatisfy { $0 == 0.5 })
        if let file = ProcessInfo.processInfo.environment["REPLAY_PAGE"] {
            try Data(html.utf8).write(to: URL(filePath: file))
        }
    }

    @Test func timelineHasEveryLane() throws {
        let (first, second) = try runs()
        let (a, b) = (RunTimeline(first), RunTimeline(second))
        #expect(a.probability == b.probability)
        #expect(a.probability.times.count == Int(12.9 / 0.032) || !a.probability.times.isEmpty)
        #expect(a.caller.count == 1)
        #expect(a.lockouts.count == 1)
        #expect(!a.agents.isEmpty)
        #expect(zip(a.agents, a.agents.dropFirst()).allSatisfy { $0.to <= $1.from })
        #expect(b.marks.contains { $0.kind == "interrupted" })
        #expect(b.marks.contains { $0.kind == "unknown" })
        #expect(b.positives.values.contains { $0 >= 11 })
    }

    @Test func textPutsTheRunsSideBySide() throws {
        let (first, second) = try runs()
        let lines = ReplayText.diff(RunReport(first), RunReport(second), names: ("recorded", "changed"))
        #expect(
            lines.contains {
                $0.hasPrefix("interruptions") && $0.contains("0 (0 true")
                    && $0.contains("1 (0 true, 0 false, 1 unknown)")
            })
        #expect(lines.contains { $0.hasPrefix("> ") && $0.contains("interruption: unknown") })
        #expect(!lines.contains("The two runs are equal."))
        let equal = ReplayText.diff(RunReport(first), RunReport(first), names: ("recorded", "changed"))
        #expect(equal.contains("The two runs are equal."))
    }

    @Test func argumentsMayRepeatAnOption() throws {
        let arguments = try Arguments(
            ["--set", "a=1", "--set=b=2", "FILE"],
            syntax: ArgumentSyntax(options: ReplayUnderSettings.options, operands: 1...1))
        #expect(arguments.all("--set") == ["a=1", "b=2"])
        #expect(ReplayUnderSettings.isWanted(arguments))
    }
}
