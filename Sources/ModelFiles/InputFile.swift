import Foundation

/// A file that is open for reading.
public struct InputFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Opens it.
    /// - Throws: `.missing` or `.inaccessible`.
    public init(_ path: String) throws(ModelFileError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// In bytes.
    public var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Reads the next bytes; 0 at the end.
    /// - Throws: `.inaccessible`.
    public func read(into buffer: inout [UInt8]) throws(ModelFileError) -> Int {
        let count = Foundation.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw Self.error(path) }
        return count
    }

    /// Up to `count` bytes from `offset` on; fewer at the end of the file.
    /// - Throws: `.inaccessible`.
    public func bytes(at offset: Int, count: Int) throws(ModelFileError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: max(count, 0))
        var filled = 0
        while filled < buffer.count {
            let got = buffer.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled, offset + filled)
            }
            guard got >= 0 else { throw Self.error(path) }
            if got == 0 { break }
            filled += got
        }
        return Array(buffer[..<filled])
    }

    private static func error(_ path: String) -> ModelFileError {
        ModelFileError(errno == ENOENT ? .missing : .inaccessible, "\(path): \(String(cString: strerror(errno)))")
    }
}
