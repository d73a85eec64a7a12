import Glibc

/// A file that did not exist before, open for writing. Closed with its owner.
struct NewFile: ~Copyable {
    private let descriptor: Int32
    /// The bytes that are whole: what a failed `append` left behind them is cut off.
    private(set) var length = 0

    /// Makes the file; only the server's own user may read it.
    init(path: String) throws(RecordingError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .creating(errno) }
    }

    /// Takes over a descriptor, for tests.
    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Writes all of `bytes` behind what is there, or nothing.
    mutating func append(_ bytes: [UInt8]) throws(RecordingError) {
        do {
            try write(bytes, at: length)
            length += bytes.count
        } catch {
            // What does not fit as a whole must not stay as a part. Where even that fails, the reader leaves it out.
            _ = ftruncate(descriptor, off_t(length))
            throw error
        }
    }

    /// Writes `bytes` over those from `offset` on.
    func write(_ bytes: [UInt8], at offset: Int) throws(RecordingError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written,
                    off_t(offset + written))
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { throw .writing(count < 0 ? errno : ENOSPC) }
            written += count
        }
    }

    /// Waits until the disk has it.
    func synchronize() throws(RecordingError) {
        // Pipes and devices cannot be synchronised, and need not be.
        if fdatasync(descriptor) < 0, errno != EINVAL, errno != EROFS { throw .writing(errno) }
    }
}
