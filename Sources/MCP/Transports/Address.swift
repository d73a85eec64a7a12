import Foundation
import Network
import ProjectModel

/// Where a server is asked, and with which headers. It never shows itself: headers hold keys.
struct Address: Sendable {
    let url: String
    let headers: [(name: String, value: String)]
    let client: HTTPClient
    /// Which addresses may be connected to; nil: all.
    private let mayConnect: (@Sendable ([UInt8]) -> Bool)?

    /// - Throws: `MCPFailure` when the address is none.
    init(
        url: String, headers: [(name: String, value: String)], client: HTTPClient,
        mayConnect: (@Sendable ([UInt8]) -> Bool)? = nil
    ) throws(MCPFailure) {
        guard URLComponents(string: url)?.host?.isEmpty == false else {
            throw .unreachable("its address is not one of HTTP")
        }
        (self.url, self.headers, self.client) = (url, headers, client)
        self.mayConnect = mayConnect
    }

    /// A request to this address, or to another one of the same server.
    func call(
        _ method: String, url other: String? = nil, accept: String, extra: [(name: String, value: String)] = [],
        body: [UInt8] = [], limit: Duration
    ) -> HTTPCall {
        var all = headers
        all.append((name: "Accept", value: accept))
        if !body.isEmpty { all.append((name: "Content-Type", value: "application/json")) }
        var call = HTTPCall(method: method, url: other ?? url, headers: all + extra, body: body, answerTimeout: limit)
        call.mayConnect = mayConnect
        return call
    }

    /// Sends `call`.
    func send(_ call: HTTPCall) async throws(MCPFailure) -> HTTPAnswer {
        do { return try await client.send(call) } catch { throw MCPFailure(error) }
    }

    /// The address that `reference` means on a page of this one; nil when it is one of another server.
    func resolved(_ reference: String) -> String? {
        guard let base = URL(string: url), let target = URL(string: reference, relativeTo: base)?.absoluteURL,
            target.scheme == base.scheme, target.host == base.host, target.port == base.port
        else { return nil }
        return target.absoluteString
    }
}

extension HTTPAnswer {
    var isSuccess: Bool { (200..<300).contains(status) }

    var isEventStream: Bool { headers["content-type"]?.lowercased().hasPrefix("text/event-stream") == true }

    /// The whole body, at most one message long.
    func message() async throws(MCPFailure) -> [UInt8] {
        do { return try await bytes(limit: RPCMessage.longest) } catch { throw MCPFailure(error) }
    }

    /// What an answer that is no success says.
    func refusal() async -> MCPFailure {
        let body = (try? await bytes(limit: 64 << 10)) ?? []
        for case .response(_, .failure(let error)) in RPCMessage.messages(in: body) ?? [] {
            return .status(status, error)
        }
        return .status(status, nil)
    }
}

extension HTTPTool.Header {
    /// The value as it is sent: that of a variable for `ENV:NAME`.
    /// - Throws: `MCPFailure` when there is no such variable.
    func value(in environment: [String: String]) throws(MCPFailure) -> String {
        guard value.hasPrefix("ENV:") else { return value }
        let variable = String(value.dropFirst(4))
        guard let found = environment[variable], !found.isEmpty else {
            throw .unreachable("the environment variable \(variable) is not set")
        }
        return found
    }
}
