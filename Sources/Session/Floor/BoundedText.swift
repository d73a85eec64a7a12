/// A text that grows up to a bound. Counting a long text with each token would add up, so the length is kept.
struct BoundedText: Sendable {
    private(set) var text = ""
    private(set) var isCut = false
    private var length = 0
    private let limit: Int

    /// - Parameter limit: the most characters that are kept.
    init(limit: Int) { self.limit = limit }

    /// Adds what there is room for.
    /// - Returns: what was added.
    mutating func append(_ piece: String) -> String {
        let count = piece.count
        if length + count <= limit {
            length += count
            text += piece
            return piece
        }
        isCut = true
        let rest = String(piece.prefix(limit - length))
        length = limit
        text += rest
        return rest
    }
}
