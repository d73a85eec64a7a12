import Foundation
import ProviderKit
import ProviderTransport

/// A server that is a program of this machine: one message a line, on its standard input and output. It ends with this
/// value.
final class Stdio: Transport {
    private static let writingMilliseconds = 5_000

    private let process: ServerProcess
    private let pending: PendingRequests
    private let writer = BlockingWorkers(name: "mcp-stdio", count: 1, limit: 64)

    /// Starts the program.
    init(
        command: String, arguments: [String], environment: [String: String], onChange: @escaping @Sendable () -> Void
    ) throws(MCPFailure) {
        process = try ServerProcess(command, arguments, environment: environment)
        pending = PendingRequests(onChange: onChange)
        let thread = Thread { [process, pending] in Self.read(process, pending) }
        thread.name = "mcp-stdio-reader"
        thread.start()
    }

    deinit { process.kill() }

    /// What a server's program gets of our environment; keys are not among it. `extra` is for this program alone.
    static func environment(from ours: [String: String], extra: [(name: String, value: String)]) -> [String: String] {
        let common: Set = ["HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"]
        return ours.filter { common.contains($0.key) }.merging(extra.map { ($0.name, $0.value) }) { $1 }
    }

    var isOpen: Bool { pending.isOpen }

    func exchange(_ request: Outgoing, under agreement: Agreement?) async throws(MCPFailure) -> JSONValue {
        try await pending.result(of: request.id) { () async throws(MCPFailure) in try await write(request.message) }
    }

    func send(_ message: RPCMessage, under agreement: Agreement) async throws(MCPFailure) { try await write(message) }

    /// What the program says unasked is read anyway.
    func listen(under agreement: Agreement) {}

    func close() async {
        pending.end(.unreachable("the connection was closed"))
        process.kill()
        _ = try? await writer.run { [process] _ in process.wait() }
    }

    private func write(_ message: RPCMessage) async throws(MCPFailure) {
        let line = message.bytes
        do {
            let isWritten = try await writer.run { [process] _ in
                process.write(line, within: Self.writingMilliseconds)
            }
            guard isWritten else { throw MCPFailure.unreachable("its program stopped reading") }
        } catch let failure as MCPFailure {
            throw failure
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .unreachable("too many messages wait for its program")
        }
    }

    /// Reads until the program ends, on a thread of its own. Lines that are no message are passed over: some programs greet
    /// whoever starts them.
    private static func read(_ process: ServerProcess, _ pending: PendingRequests) {
        var lines = Lines()
        var failure = MCPFailure.unreachable("its program ended")
        reading: while let piece = process.read(upTo: 64 << 10) {
            guard let whole = lines.add(piece) else {
                failure = .unreadable("it sent a message of more than \(RPCMessage.longest) bytes")
                break reading
            }
            for line in whole {
                for reply in pending.take(line) { _ = process.write(reply.bytes, within: writingMilliseconds) }
            }
        }
        pending.end(failure)
        process.kill()
        process.wait()
    }
}

/// Cuts bytes into lines of at most one message's length.
struct Lines {
    private var rest: [UInt8] = []

    /// The lines that `piece` completes, without their ends; nil when a line is too long.
    mutating func add(_ piece: [UInt8]) -> [[UInt8]]? {
        var parts = piece.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let last = parts.removeLast()
        var lines: [[UInt8]] = []
        for part in parts {
            guard rest.count + part.count <= RPCMessage.longest else { return nil }
            lines.append(rest + part)
            rest = []
        }
        guard rest.count + last.count <= RPCMessage.longest else { return nil }
        rest += last
        return lines.filter { !$0.isEmpty }
    }
}
