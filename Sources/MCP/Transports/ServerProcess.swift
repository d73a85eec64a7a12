import CSpawn
import Glibc
import Synchronization

/// A program that is spoken to line by line, on its standard input and output. What it says on its standard error is
/// dropped. Methods block, except `kill`.
///
/// The child inherits no descriptor but its three own, and leads a process group, so that programs that it starts end with
/// it. Both pipes are sockets: a child that dies early means an error here instead of a SIGPIPE.
final class ServerProcess: Sendable {
    private enum State {
        /// → reaped.
        case running(pid_t)
        /// No exit.
        case reaped
    }

    private let state: Mutex<State>
    private let input: Int32
    private let output: Int32
    private let writing = Mutex(())

    /// Starts `program` (looked up in PATH).
    init(
        _ program: String, _ arguments: [String], environment: [String: String]
    ) throws(MCPFailure) {
        var inputs: [Int32] = [-1, -1]
        var outputs: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &inputs) == 0 else { throw .unreachable("no sockets left") }
        guard socketpair(AF_UNIX, kind, 0, &outputs) == 0 else {
            inputs.forEach { close($0) }
            throw .unreachable("no sockets left")
        }
        let (code, pid) = Self.spawn([program] + arguments, environment, input: inputs[1], output: outputs[1])
        close(inputs[1])
        close(outputs[1])
        guard code == 0 else {
            close(inputs[0])
            close(outputs[0])
            throw .unreachable("its program cannot be started: \(String(cString: strerror(code)))")
        }
        state = Mutex(.running(pid))
        input = inputs[0]
        output = outputs[0]
    }

    deinit {
        kill()
        wait()
        close(input)
        close(output)
    }

    private static func spawn(
        _ words: [String], _ environment: [String: String], input: Int32, output: Int32
    ) -> (code: Int32, pid: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The child starts with no signal blocked or ignored, whatever the server does with its own.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &variables)
        return (code, pid)
    }

    /// Writes one line, for at most `milliseconds`. A child that does not take it all in that time is ended, because what
    /// it would read next would be no message.
    /// - Returns: false when it was not written.
    func write(_ line: [UInt8], within milliseconds: Int) -> Bool {
        writing.withLock { _ in
            let isWritten = writeAll(line + [UInt8(ascii: "\n")], within: milliseconds)
            if !isWritten { kill() }
            return isWritten
        }
    }

    private func writeAll(_ bytes: [UInt8], within milliseconds: Int) -> Bool {
        var rest = bytes[...]
        var patience = milliseconds / 50
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if sent >= 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN {
                var descriptor = pollfd(fd: input, events: Int16(POLLOUT), revents: 0)
                patience -= 1
                guard patience > 0, poll(&descriptor, 1, 50) >= 0 || errno == EINTR else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Waits for the next bytes of the child's output; nil when it has ended.
    func read(upTo count: Int) -> [UInt8]? {
        while true {
            var received = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                received = Glibc.read(output, buffer.baseAddress, count)
                filled = max(0, received)
            }
            if received > 0 { return bytes }
            if received == 0 || errno != EINTR { return nil }
        }
    }

    /// Ends the child and what it started, now. May be called from anywhere and more than once; never touches another
    /// process.
    func kill() {
        state.withLock { state in
            guard case .running(let pid) = state else { return }
            _ = Glibc.kill(-pid, SIGKILL)
            // It may have left its group.
            _ = Glibc.kill(pid, SIGKILL)
        }
        // A program that left the group may hold the other end: the reader stops all the same.
        shutdown(output, Int32(SHUT_RDWR))
    }

    /// Waits for the end of a child that was killed, and reaps it.
    func wait() {
        guard case .running(let pid) = state.withLock({ $0 }) else { return }
        // Look without reaping first: while the lock is not held the number must go on meaning this child.
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        state.withLock { state in
            guard case .running = state else { return }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state = .reaped
        }
    }
}
