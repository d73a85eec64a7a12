import Foundation
import Network
import Synchronization

/// A server of files that behaves as a test tells it.
final class FileServer: ServerHandler {
    /// What a path does.
    enum Behaviour {
        /// The content; ranges are answered.
        case content([UInt8])
        /// As `content`, cut after so many bytes each time.
        case cut([UInt8], after: Int)
        /// As `content`, and ranges are not known.
        case whole([UInt8])
        case status(Int)
        case redirect(String)
    }

    /// A request: its path, and its `Range`.
    struct Request: Equatable {
        var path: String
        var range: String?
    }

    private let behaviours: Mutex<[String: Behaviour]>
    private let seen = Mutex<[Request]>([])

    init(_ behaviours: [String: Behaviour]) { self.behaviours = Mutex(behaviours) }

    /// What was asked for, in order.
    var requests: [Request] { seen.withLock { $0 } }

    func set(_ path: String, _ behaviour: Behaviour) { behaviours.withLock { $0[path] = behaviour } }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision { .refuse(.notFound) }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let range = request.headers["range"]
        seen.withLock { $0.append(Request(path: request.path, range: range)) }
        switch behaviours.withLock({ $0[request.path] }) {
        case .content(let bytes): return part(of: bytes, range)
        case .whole(let bytes): return HTTPResponse(status: 200, body: bytes)
        case .cut(let bytes, let count):
            let start = Self.start(of: range)
            let headers = start > 0 ? Self.contentRange(start, bytes.count) : []
            return .stream(status: start > 0 ? 206 : 200, headers: headers) { writer in
                _ = await writer.write(Array(bytes[start..<min(bytes.count, start + count)]))
                if start + count < bytes.count { writer.abort() }
            }
        case .status(let status): return HTTPResponse(status: status)
        case .redirect(let location):
            return HTTPResponse(status: 302, headers: [(name: "Location", value: location)])
        case nil: return .notFound
        }
    }

    private func part(of bytes: [UInt8], _ range: String?) -> HTTPResponse {
        let start = Self.start(of: range)
        guard start > 0 else { return HTTPResponse(status: 200, body: bytes) }
        guard start < bytes.count else { return HTTPResponse(status: 416) }
        return HTTPResponse(
            status: 206, headers: Self.contentRange(start, bytes.count), body: Array(bytes[start...]))
    }

    private static func start(of range: String?) -> Int {
        range.flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) } ?? 0
    }

    private static func contentRange(_ start: Int, _ count: Int) -> [(name: String, value: String)] {
        [(name: "Content-Range", value: "bytes \(start)-\(count - 1)/\(count)")]
    }

    /// Runs `body` with the server at an address such as `http://127.0.0.1:1234`.
    func serve(_ body: (String) async throws -> Void) async throws {
        var limits = NetworkLimits()
        limits.extraHeaders.append("range")
        let server = try NetworkServer(host: "127.0.0.1", port: 0, limits: limits, handler: self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            defer { group.cancelAll() }
            try await body("http://127.0.0.1:\(server.port)")
            await server.stop()
        }
    }
}
