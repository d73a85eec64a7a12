import JSONText
import Projects

/// What the scenarios came to, as text for people and for programs.
public struct EvaluationReport: Equatable, Sendable {
    /// In the order in which they were run.
    public var results: [ScenarioResult]

    /// A report on these results.
    public init(_ results: [ScenarioResult]) { self.results = results }

    /// Whether all was as expected.
    public var passes: Bool { results.allSatisfy(\.passes) }

    private var failed: Int { results.count { !$0.passes } }

    /// For people: a line for each scenario, one for each finding below it, and a last one that counts.
    public var text: String {
        var lines: [String] = []
        for result in results {
            let size = "\(seconds(result.length)) s, \(result.expectations) expectations"
            lines.append("\(result.passes ? "ok  " : "FAIL")  \(result.name) (\(size))")
            lines += result.findings.map { "      \(place($0, in: result)): \($0.message)" }
        }
        lines.append("\(results.count) scenarios, \(failed) failed")
        return lines.joined(separator: "\n") + "\n"
    }

    /// For programs: one JSON object.
    public var json: JSON {
        .object([
            ("passed", .bool(passes)), ("scenarios", .array(results.map(json))),
        ])
    }

    /// For CI: JUnit's XML, one test case for each scenario.
    public var junit: String {
        let total = results.reduce(Duration.zero) { $0 + $1.length }
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuite name="parley eval" tests="\#(results.count)" failures="\#(failed)" time="\#(seconds(total))">"#,
        ]
        for result in results {
            let name = "classname=\"\(escaped(result.file))\" name=\"\(escaped(result.name))\""
            let head = "  <testcase \(name) time=\"\(seconds(result.length))\""
            guard let first = result.findings.first else {
                lines.append(head + "/>")
                continue
            }
            let all = result.findings.map { "\(place($0, in: result)): \($0.message)" }.joined(separator: "\n")
            lines += [
                head + ">", "    <failure message=\"\(escaped(first.message))\">\(escaped(all))</failure>",
                "  </testcase>",
            ]
        }
        return (lines + ["</testsuite>"]).joined(separator: "\n") + "\n"
    }

    private func json(_ result: ScenarioResult) -> JSON {
        .object([
            ("name", .string(result.name)), ("file", .string(result.file)), ("passed", .bool(result.passes)),
            ("seconds", .double(Double(result.length.wholeMilliseconds) / 1000)),
            ("expectations", .int(result.expectations)),
            (
                "findings",
                .array(
                    result.findings.map { finding in
                        .object([
                            ("line", .int(finding.place.line)), ("column", .int(finding.place.column)),
                            ("message", .string(finding.message)),
                        ])
                    })
            ),
        ])
    }

    private func place(_ finding: Finding, in result: ScenarioResult) -> String {
        "\(result.file):\(finding.place.line):\(finding.place.column)"
    }

    /// With one decimal.
    private func seconds(_ length: Duration) -> String {
        let tenths = length.wholeMilliseconds / 100
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// As XML may hold it. Control characters are not allowed there, however they are written.
    private func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            default: escaped += scalar.isAllowedInXML ? String(scalar) : "\u{FFFD}"
            }
        }
        return escaped
    }
}

extension Unicode.Scalar {
    fileprivate var isAllowedInXML: Bool {
        self == "\t" || value >= 0x20 && !(0x7F...0x9F).contains(value) && value & 0xFFFE != 0xFFFE
    }
}
