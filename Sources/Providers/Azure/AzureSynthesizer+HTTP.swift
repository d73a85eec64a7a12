import Network
import ProviderKit
import ProviderTransport
import Telemetry

extension AzureSynthesizer {
    /// Speaks by one HTTP request. Cancelling aborts the transfer.
    func fetch(_ order: AzureOrder, _ emit: @Sendable (SynthesisPiece) async throws -> Void) async throws {
        let answer = try await request(order)
        var output = try order.output()
        var pieces = answer.body.makeAsyncIterator()
        while let bytes = try await next(&pieces) {
            try Task.checkCancellation()
            if let chunk = output.add(bytes) { try await emit(.audio(chunk)) }
        }
        try Task.checkCancellation()
        if let chunk = try output.finish() { try await emit(.audio(chunk)) }
    }

    /// The answer to the request, which is a success.
    private func request(_ order: AzureOrder) async throws -> HTTPAnswer {
        let answer = try await connector.authorized { header in
            let call = HTTPCall(
                url: endpoints.synthesisHTTP + "/cognitiveservices/v1",
                headers: [
                    (name: header.name, value: header.value.withValue { $0 }),
                    (name: "Content-Type", value: "application/ssml+xml"),
                    (name: "X-Microsoft-OutputFormat", value: order.format),
                    (name: "User-Agent", value: "Parley"),
                ],
                body: Array(order.ssml.utf8))
            let answer = try await http.send(call)
            // As a handshake does, so that a token that has run out is renewed here, too.
            if answer.status == 401 { throw NetworkError(.refused(status: 401, body: []), "refused") }
            return answer
        }
        guard answer.status == 200 else {
            throw ProviderError(status: answer.status, headers: answer.headers, provider: name)
        }
        return answer
    }

    /// The next bytes of the audio; apart from `emit`, so that what that throws is never taken for the network's.
    private func next(_ pieces: inout HTTPBody.AsyncIterator) async throws -> [UInt8]? {
        do { return try await pieces.next() } catch {
            try Task.checkCancellation()
            throw ProviderError(error, provider: name)
        }
    }
}
