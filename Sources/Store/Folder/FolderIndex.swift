import Memory
import ProviderKit

/// The full-text index of one folder, in memory. For one thread at a time.
final class FolderIndex {
    private let connection: SQLiteConnection
    /// The files that it was made of.
    let files: [FolderFiles.File]

    /// Reads the folder.
    /// - Throws: `MemoryError` when SQLite cannot make an index.
    init(_ folder: FolderFiles) throws(MemoryError) {
        connection = try SQLiteConnection(path: ":memory:", patience: 0)
        files = folder.list()
        // The words stand cut apart in `words`; what is told stands beside them. Endings of English words do not count.
        try connection.run(
            """
            CREATE VIRTUAL TABLE pieces USING fts5 (
                heading, words, text UNINDEXED, source UNINDEXED, title UNINDEXED,
                tokenize = "porter unicode61 remove_diacritics 2"
            )
            """)
        try connection.run("INSERT INTO pieces (pieces, rank) VALUES ('rank', 'bm25(2.0, 1.0)')")
        try connection.transaction { () throws(MemoryError) in try fill(folder) }
    }

    private func fill(_ folder: FolderFiles) throws(MemoryError) {
        var left = folder.limits.bytes
        for file in files where left > 0 {
            guard let bytes = folder.read(file, atMost: left) else { continue }
            left -= bytes.count
            let ending = file.path.split(separator: ".").last?.lowercased()
            let text = FolderText(bytes, isHTML: ending == "html" || ending == "htm")
            let heading = MemoryWords.of(text.title + " " + file.path).joined(separator: " ")
            for piece in text.pieces {
                try connection.run(
                    "INSERT INTO pieces (heading, words, text, source, title) VALUES (?, ?, ?, ?, ?)",
                    [
                        .text(heading), .text(MemoryWords.of(piece).joined(separator: " ")), .text(piece),
                        .text(file.path), .text(text.title),
                    ])
            }
        }
    }

    /// The pieces that fit a query best, the best first.
    func passages(for query: String, atMost most: Int) throws(MemoryError) -> [Passage] {
        var words = MemoryWords.ofQuery(query)
        // Where a question has words of its own, those that stand in every question find nothing but noise.
        let own = words.filter { !Self.commonWords.contains($0) }
        if !own.isEmpty { words = own }
        if words.isEmpty { return [] }
        // Every word is in quotes, so that none is an operator.
        let match = words.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: " OR ")
        return try connection.rows(
            "SELECT text, source, title, rank FROM pieces WHERE pieces MATCH ? ORDER BY rank LIMIT ?",
            [.text(match), .integer(Int64(min(most, Passage.most)))]
        ) { row in
            Passage(
                row.text(0) ?? "", source: row.text(1) ?? "", title: row.text(2) ?? "",
                score: (-row.double(3) * 1000).rounded() / 1000)
        }.compactMap(\.self)
    }

    private static let commonWords: Set = [
        "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "for", "with", "is", "are", "was", "be", "do",
        "does",
        "did", "can", "could", "would", "will", "i", "you", "we", "it", "me", "my", "your", "what", "when", "where",
        "who",
        "how", "which", "please", "tell", "about", "there", "have", "has", "that", "this",
    ]
}
