/// The lines of a file of JSON Lines, whole ones only.
///
/// A process that was killed in the middle of a line leaves the line's beginning behind. It is no line, and is left out.
public struct JSONLines: Equatable, Sendable {
    /// The lines in order, without their line feeds.
    public let lines: [ArraySlice<UInt8>]
    /// How many bytes of a torn last line were left out.
    public let torn: Int

    /// Cuts the content of a file into lines.
    public init(_ bytes: [UInt8]) {
        let lineFeed = UInt8(ascii: "\n")
        let end = bytes.lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
        torn = bytes.count - end
        // Without the last line feed, behind which there is no line.
        let whole = bytes[..<max(end - 1, 0)]
        lines = end == 0 ? [] : whole.split(separator: lineFeed, omittingEmptySubsequences: false)
    }
}
