// bench-http: what `Network` costs on loopback. The server is a process of its own, so that the CPU time is the client's.
import Foundation
import Network

struct Bench: ServerHandler {
    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard request.path == "/stream" else { return .json(Array("{\"text\":\"hello\"}".utf8)) }
        // Each line is the time at which it was written.
        return .stream { writer in
            for _ in 0..<200 {
                guard await writer.write(Array("\(Self.now())\n".utf8)) else { return }
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        .accept { socket in
            for await message in socket.messages { if case .binary(let bytes) = message { socket.send(bytes) } }
        }
    }
}

/// Seconds of CPU that this process has used.
func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Runs `work` in `width` tasks; each returns its times in nanoseconds.
func measure(
    _ name: String, width: Int, _ work: @escaping @Sendable () async throws -> [UInt64]
) async throws {
    let (cpu, start) = (processorTime(), Bench.now())
    let times = try await withThrowingTaskGroup(of: [UInt64].self) { group in
        for _ in 0..<width { group.addTask { try await work() } }
        return try await group.reduce(into: []) { $0 += $1 }.sorted()
    }
    let seconds = Double(Bench.now() - start) / 1e9
    let each = (processorTime() - cpu) / Double(times.count) * 1e6
    func micro(_ share: Double) -> Int { Int(times[min(Int(Double(times.count) * share), times.count - 1)] / 1000) }
    let title = name.padding(toLength: 32, withPad: " ", startingAt: 0)
    print(
        "\(title) \(width) at once: median \(micro(0.5)) µs, p99 \(micro(0.99)) µs, CPU \(Int(each)) µs each, "
            + "\(Int(Double(times.count) / seconds))/s")
}

func timed(_ count: Int, _ once: () async throws -> Void) async rethrows -> [UInt64] {
    var times: [UInt64] = []
    for _ in 0..<count {
        let start = Bench.now()
        try await once()
        times.append(Bench.now() - start)
    }
    return times
}

if CommandLine.arguments.dropFirst().first == "serve" {
    let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: Bench())
    try FileHandle.standardOutput.write(contentsOf: Data("\(server.port)\n".utf8))
    await server.run()
    exit(0)
}

let process = Process()
process.executableURL = URL(filePath: CommandLine.arguments[0])
process.arguments = ["serve"]
let output = Pipe()
process.standardOutput = output
try process.run()
defer { process.terminate() }
let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
let port = Int(line.trimmingCharacters(in: .newlines)) ?? 0
let client = try HTTPClient()
let sockets = try WebSocketClient()
for width in [1, 100] {
    try await measure("HTTP request", width: width) {
        try await timed(width == 1 ? 5000 : 200) {
            let call = HTTPCall(url: "http://127.0.0.1:\(port)/", body: Array("{\"text\":\"hello\"}".utf8))
            _ = try await client.send(call).bytes(limit: 1000)
        }
    }
    try await measure("line of a streamed answer", width: width) {
        let answer = try await client.send(HTTPCall(method: "GET", url: "http://127.0.0.1:\(port)/stream"))
        var times: [UInt64] = []
        for try await line in answer.lines { times.append(Bench.now() - (UInt64(line) ?? 0)) }
        return times
    }
    try await measure("WebSocket message there and back", width: width) {
        let socket = try await sockets.connect(url: "ws://127.0.0.1:\(port)/")
        var messages = socket.messages.makeAsyncIterator()
        let bytes = [UInt8](repeating: 1, count: 640)
        return await timed(width == 1 ? 5000 : 200) {
            socket.send(bytes)
            _ = await messages.next()
        }
    }
}
