import Foundation
import ModelFiles
import Network

/// One file on its way to the disk. What has come is kept under the content's name, so that a later try goes on there,
/// whatever its source.
struct Download {
    /// A download that brought something is continued this often when its connection breaks.
    private static let mostTries = 5

    let client: WebClient
    /// Where what has come lies.
    let path: String
    /// In bytes.
    let size: Int
    let sha256: String
    /// Told of bytes that are here: positive, and negative when they were for nothing.
    let received: @Sendable (Int) -> Void

    /// Gets the file from `address`. When it returns, the file at `path` is whole and has the right SHA-256.
    /// - Throws: `.unreachable`, `.notThere`, `.wrongContent`, `.inaccessible`, `.cancelled`. After `.wrongContent` nothing is
    ///   kept.
    func run(from address: String) async throws(FetchError) {
        if present == size, try isRight() {
            received(size)
            return
        }
        var kept = present
        if kept >= size { discard(&kept) }
        let resumed = kept > 0
        received(kept)
        var tries = 0
        while kept < size {
            let before = kept
            do {
                try await transfer(from: address, kept: &kept)
            } catch {
                tries += 1
                if case .wrongContent = error.code { discard(&kept) }
                guard error.code == .unreachable, kept > before, tries < Self.mostTries else {
                    received(-kept)
                    throw error
                }
            }
        }
        if try isRight() { return }
        discard(&kept)
        // Perhaps what an earlier run left behind was damaged: once more, from the beginning.
        if resumed { return try await run(from: address) }
        throw FetchError(
            .wrongContent,
            "\(host(of: address)) sent a file whose SHA-256 is not that of the list; nothing of it was kept")
    }

    /// How much is here.
    private var present: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func isRight() throws(FetchError) -> Bool {
        do {
            return try SHA256.ofFile(at: path) == sha256
        } catch {
            throw FetchError(.inaccessible, error.message)
        }
    }

    private func discard(_ kept: inout Int) {
        unlink(path)
        received(-kept)
        kept = 0
    }

    /// One request: writes what comes behind what is kept.
    private func transfer(from address: String, kept: inout Int) async throws(FetchError) {
        let range = kept > 0 ? [(name: "Range", value: "bytes=\(kept)-")] : []
        let answer = try await client.get(address, headers: range).answer
        switch answer.status {
        case 206 where kept > 0 && answer.headers["content-range"]?.hasPrefix("bytes \(kept)-") == true: break
        case 200: if kept > 0 { discard(&kept) }
        case 206, 416: throw otherSize(address)
        default: throw FetchError(.notThere, "\(host(of: address)) answered with status \(answer.status)")
        }
        let file = try OutputFile(path, continues: kept > 0)
        var pieces = answer.body.makeAsyncIterator()
        while let piece = try await next(&pieces) {
            guard kept + piece.count <= size else { throw otherSize(address) }
            try piece.span.withUnsafeBytes { bytes throws(FetchError) in try file.write(bytes) }
            kept += piece.count
            received(piece.count)
        }
        // Complete, and shorter: a connection that breaks is an error of its own.
        guard kept == size else { throw otherSize(address) }
    }

    private func otherSize(_ address: String) -> FetchError {
        FetchError(.wrongContent, "\(host(of: address)) has a file of another size than the \(size) bytes of the list")
    }

    private func next(_ pieces: inout HTTPBody.AsyncIterator) async throws(FetchError) -> [UInt8]? {
        do {
            return try await pieces.next()
        } catch {
            throw FetchError(network: error)
        }
    }
}
