import Foundation

/// A file that is written from its beginning, or on from its end.
struct OutputFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Opens the file, and makes it if there is none.
    /// - Parameter continues: keeps what is in the file and writes behind it.
    init(_ path: String, continues: Bool) throws(FetchError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (continues ? O_APPEND : O_TRUNC), 0o644)
        guard descriptor >= 0 else { throw Self.error(path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes all of `bytes`.
    func write(_ bytes: UnsafeRawBufferPointer) throws(FetchError) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.write(descriptor, start, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.error(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Waits until the content is on the disk.
    func synchronize() throws(FetchError) {
        guard fsync(descriptor) == 0 else { throw Self.error(path) }
    }

    private static func error(_ path: String) -> FetchError {
        FetchError(.inaccessible, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
