import JSONText
import Recording

/// A journal that was read.
public struct Journal: Sendable {
    /// How a journal ends.
    public enum Ending: Equatable, Sendable {
        /// With its conversation.
        case closed
        /// Too early: the disk was too slow.
        case overrun
        /// It was not closed: the conversation goes on, the process was killed, or the disk was full.
        case open
    }

    /// A longer journal is not read, in bytes.
    public static let longest = 256 << 20
    /// A longer line is not read, in bytes.
    public static let longestLine = 16 << 20

    /// What it begins with.
    public let header: JournalHeader
    /// What happened, in order.
    public let entries: [JournalEntry]
    /// How it ends.
    public let ending: Ending

    /// When the last input came; the time since the conversation began.
    public var length: Duration { .nanoseconds(entries.last?.at ?? 0) }

    init(header: JournalHeader, entries: [JournalEntry], ending: Ending) {
        (self.header, self.entries, self.ending) = (header, entries, ending)
    }
}

/// Why a file is no journal that can be read. Its text never repeats what the file holds.
public struct JournalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, from 1; nil when it is about the whole file.
    public var line: Int?
    /// What is wrong.
    public var message: String

    /// The message with its line.
    public var description: String { (line.map { "line \($0): " } ?? "") + message }
}

/// Reads journals.
public enum JournalReader {
    private struct Format: Decodable { var format: Int }

    private struct End: Decodable {
        enum Way: String, Decodable { case closed, overrun }
        var ended: Way
    }

    /// Reads the content of a file. A torn last line, which a killed process leaves, is left out.
    public static func read(_ bytes: [UInt8]) throws(JournalError) -> Journal {
        guard bytes.count <= Journal.longest else {
            throw JournalError(message: "is longer than \(Journal.longest >> 20) MiB")
        }
        let lines = JSONLines(bytes).lines
        guard let first = lines.first else { throw JournalError(message: "is no journal: it has no header") }
        let header = try header(first)
        var entries: [JournalEntry] = []
        entries.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated().dropFirst() {
            let number = index + 1
            if let end = end(line) {
                guard number == lines.count else {
                    throw JournalError(line: number, message: "the journal ends here, but lines follow")
                }
                return Journal(header: header, entries: entries, ending: end)
            }
            entries.append(try entry(line, number: number, after: entries.last?.at ?? 0))
        }
        return Journal(header: header, entries: entries, ending: .open)
    }

    /// Reads the first line of a journal.
    public static func header(_ line: ArraySlice<UInt8>) throws(JournalError) -> JournalHeader {
        try checkLength(line, 1)
        guard let format = try? JSONReader.decode(Format.self, from: line) else {
            throw JournalError(line: 1, message: "is not the header of a journal")
        }
        guard format.format == JournalHeader.currentFormat else {
            throw JournalError(
                line: 1,
                message: "the journal has format \(format.format); this program reads \(JournalHeader.currentFormat)")
        }
        guard let header = try? JSONReader.decode(JournalHeader.self, from: line) else {
            throw JournalError(line: 1, message: "is not the header of a journal")
        }
        return header
    }

    private static func entry(
        _ line: ArraySlice<UInt8>, number: Int, after last: Int64
    ) throws(JournalError) -> JournalEntry {
        try checkLength(line, number)
        guard let entry = try? JSONReader.decode(JournalEntry.self, from: line) else {
            throw JournalError(line: number, message: "is not an entry of a journal")
        }
        guard entry.at >= last else { throw JournalError(line: number, message: "comes before the line above it") }
        return entry
    }

    private static func end(_ line: ArraySlice<UInt8>) -> Journal.Ending? {
        // Entries are many and longer.
        guard line.count < 64, let end = try? JSONReader.decode(End.self, from: line) else { return nil }
        return end.ended == .closed ? .closed : .overrun
    }

    private static func checkLength(_ line: ArraySlice<UInt8>, _ number: Int) throws(JournalError) {
        if line.count > Journal.longestLine {
            throw JournalError(line: number, message: "is longer than \(Journal.longestLine >> 20) MiB")
        }
    }
}
