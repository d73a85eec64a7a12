import Foundation
import Synchronization

/// What a server does at a signal: a pure machine.
enum ServePhase {
    /// Engines are made ready and the port is opened; nobody can have a conversation yet.
    case starting
    /// The port is open.
    case serving
    /// Conversations get time to end.
    case draining

    /// What is to be done.
    enum Action: Equatable {
        case nothing
        /// The folder of projects is read.
        case rescan
        /// The server goes down and lets conversations end.
        case drain
        /// The process ends at once, as one that did what it was told: nothing is lost.
        case leave
        /// The process ends at once, by the signal.
        case die
    }

    /// Takes a signal: SIGHUP, SIGTERM or SIGINT.
    mutating func take(_ signal: Int32) -> Action {
        switch (self, signal) {
        case (.serving, SIGHUP): return .rescan
        // The folder is read on the way, or is no longer needed.
        case (_, SIGHUP): return .nothing
        case (.starting, _): return .leave
        case (.serving, _):
            self = .draining
            return .drain
        case (.draining, _): return .die
        }
    }
}

/// Where the handler of signals writes their numbers. The one global: a handler gets nothing but the number.
private let writingEnd = Atomic<Int32>(-1)

/// The signals of a server, from the moment that this is made. Made once a process.
///
/// A handler writes each signal into a pipe. A thread reads them: it needs none of the threads that conversations use.
final class ServerSignals: Sendable {
    private let phase = Mutex(ServePhase.starting)
    /// `rescan` as it comes, then `drain`. Bounded: of rescans that wait, one is enough.
    let actions: AsyncStream<ServePhase.Action>
    private let continuation: AsyncStream<ServePhase.Action>.Continuation
    private let farewell: @Sendable () -> Void

    /// Catches SIGHUP, SIGINT and SIGTERM from here on.
    /// - Parameter farewell: called before a signal ends the process.
    init(farewell: @escaping @Sendable () -> Void) {
        self.farewell = farewell
        (actions, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(8))
        let readingEnd = Self.catchSignals()
        // The thread lives as long as the process.
        Thread.detachNewThread { [self] in
            var number: UInt8 = 0
            while true {
                let count = read(readingEnd, &number, 1)
                if count == 1 { take(Int32(number)) } else if count == 0 || errno != EINTR { return }
            }
        }
    }

    /// The end of the pipe from which they can be read.
    private static func catchSignals() -> Int32 {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler must not wait; behind 64 KiB of signals one more says nothing new.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        writingEnd.store(ends[1], ordering: .releasing)
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGHUP, SIGINT, SIGTERM] {
            signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(writingEnd.load(ordering: .acquiring), &byte, 1)
                errno = before
            }
            sigaddset(&set, number)
        }
        // Who started the program may have blocked them.
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        return ends[0]
    }

    /// The port is open: from here on conversations may be there.
    func serve() { phase.withLock { $0 = .serving } }

    private func take(_ number: Int32) {
        switch phase.withLock({ $0.take(number) }) {
        case .nothing: break
        case .leave:
            farewell()
            // Not `exit`: engines that are being made ready must not lose the libraries under them.
            _exit(ExitCode.success)
        case .die:
            farewell()
            Self.die(by: number)
        case let action: continuation.yield(action)
        }
    }

    private static func die(by number: Int32) {
        signal(number, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
    }
}
