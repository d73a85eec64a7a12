/// Two runs side by side: what happened in both, and what in one of them.
public struct RunDiff: Equatable, Sendable {
    /// Something that happened in a run.
    public struct Item: Equatable, Sendable {
        /// When it happened.
        public var at: Duration
        /// What kind of thing.
        public var kind: String
        /// What it is in this run.
        public var text: String
        /// More about it, which may differ where the thing is the same.
        public var detail = ""
    }

    /// One line: the same thing in both runs, or a thing of one.
    public enum Line: Equatable, Sendable {
        /// In both runs; times may differ.
        case both(Item, Item)
        /// In the first run only.
        case first(Item)
        /// In the second run only.
        case second(Item)
    }

    /// Times that differ by no more than this are the same.
    public static let tolerance: Duration = .milliseconds(50)
    /// Longer runs are not laid on each other beyond so many items.
    static let longest = 2000

    /// In order of time.
    public let lines: [Line]

    /// Whether the same happened at the same times.
    public var isEqual: Bool {
        lines.allSatisfy { line in
            guard case .both(let a, let b) = line else { return false }
            return Self.isSameTime(a, b)
        }
    }

    /// Lays one report on another.
    public init(_ first: RunReport, _ second: RunReport) {
        let (a, b) = (Array(first.items.prefix(Self.longest)), Array(second.items.prefix(Self.longest)))
        // Lengths of the longest common subsequences of the ends.
        var common = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                common[i][j] =
                    Self.isSame(a[i], b[j]) ? common[i + 1][j + 1] + 1 : max(common[i + 1][j], common[i][j + 1])
            }
        }
        var (lines, i, j): ([Line], Int, Int) = ([], 0, 0)
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, Self.isSame(a[i], b[j]) {
                lines.append(.both(a[i], b[j]))
                (i, j) = (i + 1, j + 1)
            } else if j == b.count || (i < a.count && common[i + 1][j] > common[i][j + 1]) {
                lines.append(.first(a[i]))
                i += 1
            } else if i == a.count || common[i + 1][j] < common[i][j + 1] {
                lines.append(.second(b[j]))
                j += 1
            } else if a[i].at <= b[j].at {
                lines.append(.first(a[i]))
                i += 1
            } else {
                lines.append(.second(b[j]))
                j += 1
            }
        }
        self.lines = lines
    }

    private static func isSame(_ a: Item, _ b: Item) -> Bool { a.kind == b.kind && a.text == b.text }

    static func isSameTime(_ a: Item, _ b: Item) -> Bool {
        max(a.at, b.at) - min(a.at, b.at) <= tolerance
    }
}

extension RunReport {
    /// Everything that happened, in order of time. Numbers of responses and utterances are left out: they shift.
    public var items: [RunDiff.Item] {
        var items: [RunDiff.Item] = []
        for end in turnEnds {
            let silence = (end.decided - end.speechEnd).tenths
            items.append(.init(at: end.decided, kind: "turn ends", text: "", detail: "after \(silence) s of silence"))
        }
        for answer in answers {
            items.append(.init(at: answer.at, kind: "answer to", text: quoted(answer.question)))
        }
        for sound in firstAudio {
            let wait = sound.wait.map { "\($0.tenths) s after the caller" } ?? ""
            items.append(.init(at: sound.at, kind: "first audio", text: "", detail: wait))
        }
        for pause in pauses {
            items.append(.init(at: pause.at, kind: "paused", text: ""))
            if let resumed = pause.resumed { items.append(.init(at: resumed, kind: "resumed", text: "")) }
        }
        for interruption in interruptions {
            items.append(
                .init(
                    at: interruption.at, kind: "interruption",
                    text:
                        "\(interruption.verdict.rawValue), by \(interruption.utterance == nil ? "typed words" : "speech")"
                ))
        }
        for answer in answers {
            let ended = answer.status ?? "still open"
            let words = answer.heard.map { "\($0.agent): \(quoted($0.text))" }.joined(separator: " ")
            items.append(
                .init(
                    at: answer.end ?? answer.at, kind: "heard", text: "\(words.isEmpty ? "nothing" : words) [\(ended)]")
            )
        }
        return items.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private func quoted(_ text: String) -> String { "“\(text)”" }
}

extension Duration {
    /// In seconds, with one digit.
    var tenths: String { decimals(1) }

    /// In seconds.
    /// - Parameter digits: behind the point: 0…3.
    func decimals(_ digits: Int) -> String {
        let scale = [1, 10, 100, 1000][min(max(digits, 0), 3)]
        let value = Int((self / .seconds(1) * Double(scale)).rounded())
        let (whole, rest) = abs(value).quotientAndRemainder(dividingBy: scale)
        let sign = value < 0 ? "-" : ""
        if scale == 1 { return sign + String(whole) }
        let text = String(rest)
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - text.count) + text
    }
}
