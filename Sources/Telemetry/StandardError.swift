import Glibc

extension Log {
    /// A log on standard error: text when a person looks at it, JSON lines when a program reads it.
    public static func standardError(level: Level = .info) -> Log {
        Log(level: level, format: isatty(STDERR_FILENO) == 1 ? .text : .jsonLines, write: writeToStandardError)
    }

    /// One `write` a line, so that lines of two threads are not mixed; a reader that is gone is no reason to fail.
    private static func writeToStandardError(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                let written = write(STDERR_FILENO, start, rest.count)
                if written < 0 && errno == EINTR { continue }
                if written <= 0 { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
