import ModelFiles

/// A zip archive on the disk, as far as wheels need it: no encryption, no archive of 4 GiB and more.
struct ZipArchive {
    /// Where a member lies.
    private struct Entry {
        let isDeflated: Bool
        let compressedSize: Int
        /// The offset of the member's own head.
        let offset: Int
    }

    private let path: String

    init(_ path: String) { self.path = path }

    /// Hands the content of a member on, piece by piece.
    /// - Throws: `.wrongContent` for what is no zip archive, or has no such member; what `take` throws.
    func read(_ name: String, _ take: (UnsafeRawBufferPointer) throws(FetchError) -> Void) throws(FetchError) {
        do {
            let file = try InputFile(path)
            let entry = try entry(name, in: file)
            try content(of: entry, in: file, take)
        } catch let error as FetchError {
            throw error
        } catch {
            throw FetchError(.wrongContent, "\(name) cannot be read from the archive \(path): \(error)")
        }
    }

    private func content(
        of entry: Entry, in file: borrowing InputFile, _ take: (UnsafeRawBufferPointer) throws(FetchError) -> Void
    ) throws {
        let head = try file.bytes(at: entry.offset, count: 30)
        guard head.count == 30, head.number(at: 0, bytes: 4) == 0x0403_4B50 else { throw damaged }
        var position = entry.offset + 30 + head.number(at: 26, bytes: 2) + head.number(at: 28, bytes: 2)
        var left = entry.compressedSize
        var inflater = Inflater(.none)
        while left > 0 {
            let piece = try file.bytes(at: position, count: min(left, 64 << 10))
            guard !piece.isEmpty else { throw damaged }
            position += piece.count
            left -= piece.count
            let content = entry.isDeflated ? try inflater.inflate(piece) : piece
            try content.span.withUnsafeBytes { bytes throws(FetchError) in try take(bytes) }
        }
        guard !entry.isDeflated || inflater.isComplete else { throw damaged }
    }

    /// Looks a member up in the directory at the archive's end.
    private func entry(_ name: String, in file: borrowing InputFile) throws -> Entry {
        // The end record has 22 bytes and a comment of at most 65,535.
        let tailStart = max(0, file.size - 22 - 65_535)
        let tail = try file.bytes(at: tailStart, count: file.size - tailStart)
        guard
            let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
                tail.number(at: $0, bytes: 4) == 0x0605_4B50
            })
        else { throw damaged }
        let directory = try file.bytes(
            at: tail.number(at: end + 16, bytes: 4), count: min(tail.number(at: end + 12, bytes: 4), file.size))
        var at = 0
        while at + 46 <= directory.count, directory.number(at: at, bytes: 4) == 0x0201_4B50 {
            let nameEnd = at + 46 + directory.number(at: at + 28, bytes: 2)
            guard nameEnd <= directory.count else { break }
            if directory[(at + 46)..<nameEnd].elementsEqual(name.utf8) {
                let method = directory.number(at: at + 10, bytes: 2)
                guard method == 0 || method == 8 else { throw damaged }
                return Entry(
                    isDeflated: method == 8, compressedSize: directory.number(at: at + 20, bytes: 4),
                    offset: directory.number(at: at + 42, bytes: 4))
            }
            at = nameEnd + directory.number(at: at + 30, bytes: 2) + directory.number(at: at + 32, bytes: 2)
        }
        throw FetchError(.wrongContent, "the archive \(path) has no member \(name)")
    }

    private var damaged: FetchError { FetchError(.wrongContent, "the archive \(path) is damaged") }
}

extension [UInt8] {
    /// A number of 2 or 4 bytes, the lowest first. The caller knows that the bytes are there.
    fileprivate func number(at offset: Int, bytes: Int) -> Int {
        self[offset..<(offset + bytes)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
