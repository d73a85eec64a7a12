import Glibc

/// The descriptors 0, 1 and 2.
enum StandardStreams {
    /// Opens those that are closed on `/dev/null`. Called before anything else is opened: a socket that became
    /// descriptor 2 would get the log.
    static func fillGaps() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free descriptor is the one that is missing.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
