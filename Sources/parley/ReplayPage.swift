import AudioCore
import Foundation
import Session

/// Two runs of a conversation as one HTML page that needs nothing else.
struct ReplayPage {
    /// One run, as it is called and what came of it.
    struct Run {
        var name: String
        var timeline: RunTimeline
        var report: RunReport
    }

    private struct Chart: Encodable {
        struct Run: Encodable {
            var name: String
            var timeline: RunTimeline
        }

        var runs: [Run]
        var wave: RunTimeline.Track
    }

    /// The conversation, for the heading.
    var title: String
    /// What was changed, each as `key=value`.
    var changes: [String]
    var first: Run
    var second: Run
    /// The loudness of the caller's audio, 0…1; empty where there is none.
    var wave = RunTimeline.Track()

    /// The page.
    /// - Throws: what `JSONEncoder` throws.
    func html() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let chart = Chart(runs: [first, second].map { .init(name: $0.name, timeline: $0.timeline) }, wave: wave)
        // Words must not end the element that holds them.
        let json = String(decoding: try encoder.encode(chart), as: UTF8.self).replacing("<", with: "\\u003c")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>\(Self.escaped(title)): replay</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            \(heading)
            \(chartSection)
            <h2>What was said</h2>
            \(transcript)
            <h2>What happened</h2>
            \(events)
            </main>
            <script type="application/json" id="data">\(json)</script>
            <script>
            \(Self.script)
            </script>
            </body>
            </html>

            """
    }

    private var heading: String {
        let list = changes.map { "<code>\(Self.escaped($0))</code>" }.joined(separator: " ")
        let isEqual = RunDiff(first.report, second.report).isEqual
        let rows = ReplayText.summary(first.report, second.report).map { row in
            let isSame = row.first == row.second
            return "<tr\(isSame ? "" : " class=\"changed\"")><td>\(row.name)</td><td class=\"num\">\(row.first)</td>"
                + "<td class=\"num\">\(row.second)</td></tr>"
        }
        return """
            <h1>\(Self.escaped(title))</h1>
            <p>\(changes.isEmpty ? "Nothing was changed." : "Changed: \(list)") \
            \(isEqual ? "The two runs are equal." : "The two runs differ.")</p>
            <table class="summary"><thead><tr><th></th><th>\(Self.escaped(first.name))</th>\
            <th>\(Self.escaped(second.name))</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table>
            """
    }

    private var chartSection: String {
        let keys = [
            ("caller", "caller has the floor"), ("lock", "lockout"), ("grace", "grace period"),
            ("speech", "speech probability"), ("count", "positive frames in the window"),
        ]
        let legend = keys.map { "<span class=\"key\"><i style=\"background: var(--\($0.0))\"></i>\($0.1)</span>" }
        return """
            <div class="bar"><button id="in">Zoom in</button><button id="out">Zoom out</button><button id="all">Whole call</button>
            \(legend.joined(separator: "\n"))
            <span class="key" id="keys">⏎ end of turn  ❚❚ paused  ▶ resumed  ✕ interrupted  ? unknown</span></div>
            <svg id="chart" tabindex="0" role="img" aria-describedby="readout help" \
            aria-label="Both runs on one time axis: floor, speech probability, counting frames"></svg>
            <div id="readout" aria-live="polite">Point at the chart, or use the arrow keys, to read values.</div>
            <p id="help" class="quiet">Keys: ← → move, with Shift to the next event; + − zoom; 0 shows all; Home, End. \
            Drag to scroll.</p>
            """
    }

    private var transcript: String {
        let both = first.timeline.transcript.map { (0, $0) } + second.timeline.transcript.map { (1, $0) }
        let sorted = both.enumerated().sorted { ($0.element.1.from, $0.offset) < ($1.element.1.from, $1.offset) }.map(
            \.element)
        var rows: [(at: Double, cells: [RunTimeline.Span?])] = []
        for (run, said) in sorted {
            if run == 1, let index = rows.lastIndex(where: { Self.isSame($0.cells[0], said) && $0.cells[1] == nil }) {
                rows[index].cells[1] = said
            } else {
                rows.append((said.from, run == 0 ? [said, nil] : [nil, said]))
            }
        }
        let lines = rows.map { row in
            let isSame = row.cells[0] != nil && row.cells[1] != nil
            return "<tr data-t=\"\(row.at)\"\(isSame ? "" : " class=\"changed\"")>"
                + "<td class=\"t\">\(Self.seconds(row.at))</td>"
                + row.cells.map { "<td>\($0.map(Self.speech) ?? "")</td>" }.joined() + "</tr>"
        }
        return table(["", first.name, second.name], lines)
    }

    private static func isSame(_ said: RunTimeline.Span?, _ other: RunTimeline.Span) -> Bool {
        guard let said else { return false }
        return said.text == other.text && said.agent == other.agent && abs(said.from - other.from) < 0.1
    }

    private static func speech(_ said: RunTimeline.Span) -> String {
        let who = said.agent.isEmpty ? "Caller" : escaped(said.agent)
        let isUnknown = said.text.contains("(unknown)")
        return "<b class=\"who\">\(who)</b> <span\(isUnknown ? " class=\"unknown\"" : "")>\(escaped(said.text))</span>"
    }

    private var events: String {
        let lines = RunDiff(first.report, second.report).lines.map { line in
            let (a, b): (RunDiff.Item?, RunDiff.Item?) =
                switch line {
                case .both(let a, let b): (a, b)
                case .first(let a): (a, nil)
                case .second(let b): (nil, b)
                }
            let kind = line.isChanged ? "changed" : line.isShifted ? "later" : ""
            let item = a ?? b
            let cells = [a, b].map { "<td class=\"t\">\($0.map { Self.seconds($0.at.seconds) } ?? "–")</td>" }
            return "<tr data-t=\"\(item?.at.seconds ?? 0)\" class=\"\(kind)\">\(cells.joined())"
                + "<td>\(item.map { Self.escaped(ReplayText.text($0, a == nil ? nil : b)) } ?? "")</td></tr>"
        }
        return table([first.name, second.name, ""], lines)
    }

    private func table(_ heads: [String], _ lines: [String]) -> String {
        let head = heads.map { "<th>\(Self.escaped($0))</th>" }.joined()
        return "<table><thead><tr>\(head)</tr></thead>\n<tbody>\(lines.joined(separator: "\n"))</tbody></table>"
    }

    private static func seconds(_ time: Double) -> String { String(format: "%.2f s", time) }

    /// Text as HTML.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
