import ProviderKit

/// What came of the trials of some agents, as a text in Markdown.
public enum EvaluationReport {
    /// How one answer was judged by one metric.
    public struct Mark: Equatable, Sendable {
        /// By what.
        public var criterion: Brief.Criterion
        /// nil: it could not be judged.
        public var score: Score?

        /// How one answer was judged.
        public init(criterion: Brief.Criterion, score: Score?) {
            self.criterion = criterion
            self.score = score
        }

        /// From 0, the worst, to 1, so that metrics of different scales can be compared.
        fileprivate var share: Double? {
            let span = Double(criterion.highest - criterion.lowest)
            return score.map { span > 0 ? ($0.value - Double(criterion.lowest)) / span : 1 }
        }
    }

    /// One trial.
    public struct Row: Equatable, Sendable {
        /// Who was asked.
        public var agent: String
        /// What it was asked.
        public var sample: String
        /// What it answered; nil: nothing.
        public var answer: String?
        /// How that was judged, in the order of the metrics.
        public var marks: [Mark]

        /// One trial.
        public init(agent: String, sample: String, answer: String?, marks: [Mark]) {
            self.agent = agent
            self.sample = sample
            self.answer = answer
            self.marks = marks
        }
    }

    /// What is shown of a sample, in Unicode scalars.
    static let longestSample = 120

    /// The report: a paragraph for each agent, in the order of the trials. An answer that was not judged counts in no average.
    public static func text(of rows: [Row]) -> String {
        var names: [String] = []
        for row in rows where !names.contains(row.agent) { names.append(row.agent) }
        return names.map { name in paragraph(on: name, rows.filter { $0.agent == name }) }.joined(separator: "\n\n")
    }

    private static func paragraph(on name: String, _ rows: [Row]) -> String {
        let answered = rows.count { $0.answer != nil }
        var lines = ["\(name): answered \(answered) of \(rows.count) samples."]
        for (index, mark) in (rows.first?.marks ?? []).enumerated() {
            let scores = rows.compactMap { $0.marks.indices.contains(index) ? $0.marks[index].score?.value : nil }
            lines.append("- " + line(mark.criterion, scores, of: rows.count))
        }
        if let worst = worst(of: rows) { lines.append(worst) }
        return lines.joined(separator: "\n")
    }

    private static func line(_ criterion: Brief.Criterion, _ scores: [Double], of count: Int) -> String {
        let metric = Prompt.oneLine(criterion.metric)
        if scores.isEmpty { return "\(metric): not scored." }
        let average = "\(number(scores.reduce(0, +) / Double(scores.count))) of \(criterion.highest)"
        let left = count - scores.count
        return "\(metric): \(average) on average" + (left > 0 ? ", \(left) of \(count) not scored." : ".")
    }

    /// The sample with the lowest marks; nil when nothing was judged, or when there is only one.
    private static func worst(of rows: [Row]) -> String? {
        var worst: (row: Row, share: Double)?
        for row in rows {
            let shares = row.marks.compactMap(\.share)
            if shares.isEmpty { continue }
            let share = shares.reduce(0, +) / Double(shares.count)
            if share < worst?.share ?? .infinity { worst = (row, share) }
        }
        guard rows.count > 1, let worst else { return nil }
        let marks = worst.row.marks.compactMap { mark in
            mark.score.map { score in
                "\(Prompt.oneLine(mark.criterion.metric)) \(number(score.value))"
                    + (score.reason.isEmpty ? "" : " (\(score.reason))")
            }
        }
        let sample = Prompt.oneLine(worst.row.sample).unicodeScalars
        let shown = String(sample.prefix(longestSample)) + (sample.count > longestSample ? "…" : "")
        return "- Weakest answer, to \"\(shown)\": \(marks.joined(separator: "; "))."
    }

    /// With one decimal, if it has any.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
