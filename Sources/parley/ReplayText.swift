import Foundation
import Session

/// Runs as plain text.
enum ReplayText {
    /// One line of a comparison in numbers.
    struct Row: Equatable {
        var name: String
        var first: String
        var second: String
    }

    /// Both runs in numbers.
    static func summary(_ first: RunReport, _ second: RunReport) -> [Row] {
        func row(_ name: String, _ value: (RunReport) -> String) -> Row {
            Row(name: name, first: value(first), second: value(second))
        }
        return [
            row("answers") { String($0.answers.count) },
            row("interruptions") { report in
                let verdicts: [RunReport.Verdict] = [.real, .mistaken, .unknown]
                let counts = verdicts.map { verdict in report.interruptions.count { $0.verdict == verdict } }
                return "\(report.interruptions.count) (\(counts[0]) true, \(counts[1]) false, \(counts[2]) unknown)"
            },
            row("pauses") { report in "\(report.pauses.count) (\(report.pauses.count { $0.resumed != nil }) resumed)" },
            row("ends of turns") { String($0.turnEnds.count) },
            row("silence before the end") { median($0.turnEnds.map { $0.decided - $0.speechEnd }) },
            row("caller waits for sound") { median($0.firstAudio.compactMap(\.wait)) },
            row("unknown replies") { report in
                let parts = report.unknown.map { unknown in
                    "\(unknown.whole + unknown.partial) \(unknown.kind)"
                        + (unknown.partial > 0 ? " (\(unknown.partial) in part)" : "")
                }
                return parts.isEmpty ? "0" : parts.joined(separator: ", ")
            },
        ]
    }

    /// Both runs side by side.
    static func diff(_ first: RunReport, _ second: RunReport, names: (String, String)) -> [String] {
        let rows = summary(first, second)
        let width = (rows.map { $0.first.count } + [names.0.count]).max() ?? 0
        let label = (rows.map { $0.name.count }).max() ?? 0
        var lines = ["\(padded("", label))  \(padded(names.0, width))  \(names.1)"]
        lines += rows.map { "\(padded($0.name, label))  \(padded($0.first, width))  \($0.second)" }
        let diff = RunDiff(first, second)
        lines += ["", diff.isEqual ? "The two runs are equal." : "  \(padded(names.0, 9))  \(names.1)"]
        lines += diff.lines.map { line in
            switch line {
            case .both(let a, let b):
                "\(line.isShifted ? "~" : " ") \(padded(seconds(a.at), 9))  \(padded(seconds(b.at), 9))  \(text(a, b))"
            case .first(let a): "< \(padded(seconds(a.at), 9))  \(padded("", 9))  \(text(a))"
            case .second(let b): "> \(padded("", 9))  \(padded(seconds(b.at), 9))  \(text(b))"
            }
        }
        if !diff.isEqual { lines += ["", "<  only in the first    >  only in the second    ~  at another time"] }
        return lines
    }

    /// What happened; where details differ in another run, both.
    static func text(_ item: RunDiff.Item, _ other: RunDiff.Item? = nil) -> String {
        let changed = other.flatMap { $0.detail == item.detail ? nil : " → \($0.detail)" } ?? ""
        let parts = [item.text, item.detail + changed].filter { !$0.isEmpty }
        return parts.isEmpty ? item.kind : "\(item.kind): \(parts.joined(separator: ", "))"
    }

    private static func seconds(_ time: Duration) -> String { String(format: "%.2f s", time / .seconds(1)) }
    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }

    private static func median(_ times: [Duration]) -> String {
        times.isEmpty ? "–" : seconds(times.sorted()[times.count / 2])
    }
}

extension RunDiff.Line {
    /// Whether it happened in one of the runs only.
    var isChanged: Bool { if case .both = self { false } else { true } }

    /// Whether it happened at another time.
    var isShifted: Bool {
        guard case .both(let a, let b) = self else { return false }
        return max(a.at, b.at) - min(a.at, b.at) > RunDiff.tolerance
    }
}
