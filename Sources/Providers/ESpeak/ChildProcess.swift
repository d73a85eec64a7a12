import CSpawn
import Glibc
import Synchronization

/// A program run with text on its standard input and its standard output read by us. Methods block, except `kill`.
///
/// The child inherits no descriptor but its three own, both pipes are sockets (so that a child that dies early
/// means an error here instead of a SIGPIPE), and `wait` always reaps it.
final class ChildProcess: Sendable {
    /// What went wrong, without details that could hold a caller's words.
    struct Failure: Error {
        var reason: String
    }

    /// What the child's output brought.
    enum Output: Equatable, Sendable {
        case bytes([UInt8])
        case end
        case nothingYet
    }

    private enum State {
        /// Exits: reaped.
        case running(pid_t)
        /// No exit.
        case reaped(status: Int32)
    }

    /// Looks, 2 ms apart, that a child gets for leaving after its output has ended.
    private static let longestLeaving = 500

    private let state: Mutex<State>
    private let input: Int32
    private let output: Int32

    /// Starts `program` (looked up in PATH) with `arguments`.
    init(_ program: String, _ arguments: [String]) throws {
        var inputs: [Int32] = [-1, -1]
        var outputs: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &inputs) == 0 else { throw Failure(reason: "no sockets left") }
        guard socketpair(AF_UNIX, kind, 0, &outputs) == 0 else {
            inputs.forEach { close($0) }
            throw Failure(reason: "no sockets left")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputs[1], 0)
        posix_spawn_file_actions_adddup2(&actions, outputs[1], 1)
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
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, program, &actions, &attributes, &words, environ)
        close(inputs[1])
        close(outputs[1])
        guard code == 0 else {
            close(inputs[0])
            close(outputs[0])
            throw Failure(reason: String(cString: strerror(code)))
        }
        state = Mutex(.running(pid))
        input = inputs[0]
        output = outputs[0]
    }

    deinit {
        kill()
        _ = wait()
        close(input)
        close(output)
    }

    /// Writes all of `bytes` to the child and ends its input.
    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        try bytes.withUnsafeBytes { bytes in
            while offset < bytes.count {
                let rest = bytes[offset...]
                let sent = Glibc.send(
                    input, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if sent < 0 {
                    if errno == EINTR { continue }
                    throw Failure(reason: "it stopped reading")
                }
                offset += sent
            }
        }
        shutdown(input, Int32(SHUT_WR))
    }

    /// The next bytes of the child's output, waiting for them at most `milliseconds`.
    func read(upTo count: Int, within milliseconds: Int32) throws -> Output {
        var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        let ready = poll(&descriptor, 1, milliseconds)
        if ready == 0 || (ready < 0 && errno == EINTR) { return .nothingYet }
        if ready < 0 { throw Failure(reason: "its output cannot be waited for") }
        while true {
            var received = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                received = Glibc.read(output, buffer.baseAddress, count)
                filled = max(0, received)
            }
            if received > 0 { return .bytes(bytes) }
            if received == 0 { return .end }
            if errno != EINTR { throw Failure(reason: "its output cannot be read") }
        }
    }

    /// Ends the child now. May be called from anywhere and more than once; never touches another process.
    func kill() {
        state.withLock { state in
            if case .running(let pid) = state { _ = Glibc.kill(pid, SIGKILL) }
        }
    }

    /// Waits for the child's end and reaps it; its wait status, 0 for success.
    func wait() -> Int32 {
        guard case .running(let pid) = state.withLock({ $0 }) else {
            guard case .reaped(let status) = state.withLock({ $0 }) else { return -1 }
            return status
        }
        // Look without reaping first: while the lock is not held the number must go on meaning this child. A child that
        // has ended its output and then does not leave is sent away.
        var info = siginfo_t()
        var looks = 0
        while true {
            let last = looks >= Self.longestLeaving
            info.si_signo = 0
            let result = waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT | (last ? 0 : WNOHANG))
            if result == 0 && info.si_signo != 0 || result < 0 && errno != EINTR { break }
            looks += 1
            if looks == Self.longestLeaving { kill() } else if !last { usleep(2000) }
        }
        return state.withLock { state in
            guard case .running = state else { return -1 }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state = .reaped(status: status)
            return status
        }
    }
}
