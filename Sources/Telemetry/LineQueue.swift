/// Lines that wait to be written, bounded in number and in bytes. What does not fit is lost, and counted.
struct LineQueue {
    private let maximumLines: Int
    private let maximumBytes: Int
    private var lines: [String] = []
    private var bytes = 0
    private var lost = 0

    init(maximumLines: Int, maximumBytes: Int) {
        self.maximumLines = maximumLines
        self.maximumBytes = maximumBytes
    }

    /// Whether there is nothing to write: no line, and no loss to tell of.
    var isEmpty: Bool { lines.isEmpty && lost == 0 }

    /// Appends a line. False when it is lost.
    ///
    /// After one loss every line is lost until `takeAll`: the number of lost lines then stands where they are missing.
    mutating func add(_ line: String) -> Bool {
        let size = line.utf8.count
        guard lost == 0, lines.count < maximumLines, bytes + size <= maximumBytes else {
            lost += 1
            return false
        }
        lines.append(line)
        bytes += size
        return true
    }

    /// Takes all lines out, and how many were lost behind them.
    mutating func takeAll() -> (lines: [String], lost: Int) {
        defer { (lines, bytes, lost) = ([], 0, 0) }
        return (lines, lost)
    }
}
