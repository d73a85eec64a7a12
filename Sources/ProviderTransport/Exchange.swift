import Network
import ProviderKit
import Telemetry

/// Runs one attempt of `provider`: what the network throws becomes a `ProviderError`, or a `CancellationError` when the
/// task was cancelled. Everything else passes through.
public func attempt<Value>(of provider: String, _ body: () async throws -> Value) async throws -> Value {
    do {
        let value = try await body()
        // A stream that is cancelled may look like one that has ended.
        try Task.checkCancellation()
        return value
    } catch let error as NetworkError {
        try Task.checkCancellation()
        throw ProviderError(error, provider: provider)
    }
}

extension HTTPClient {
    /// Sends `call` and returns a successful answer.
    /// - Parameters:
    ///   - key: what must not be seen in an error.
    ///   - vendorCode: finds the machine-readable code in the JSON body of a refusal.
    /// - Throws: `ProviderError` for every status but 2xx and for a web page, `NetworkError`.
    public func open(
        _ call: HTTPCall, for provider: String, key: Secret?,
        vendorCode: (JSONValue) -> String? = { _ in nil }
    ) async throws -> HTTPAnswer {
        let answer = try await send(call)
        if (200..<300).contains(answer.status) {
            // A proxy's page, or one of a server that is something else.
            guard answer.headers["content-type"]?.lowercased().hasPrefix("text/html") != true else {
                throw ProviderError(.protocolViolation, provider: provider, message: "a web page came as the answer")
            }
            return answer
        }
        let body = (try? await answer.bytes(limit: 64 << 10)).flatMap { JSONValue($0) }
        throw ProviderError(
            status: answer.status, headers: answer.headers, vendorCode: body.flatMap(vendorCode), hiding: key,
            provider: provider)
    }

    /// Sends `call` and waits for the end of its answer; only whether it succeeds matters. Parameters are those of `open`.
    public func finish(
        _ call: HTTPCall, for provider: String, key: Secret?, vendorCode: (JSONValue) -> String? = { _ in nil }
    ) async throws(ProviderError) {
        do {
            _ = try await open(call, for: provider, key: key, vendorCode: vendorCode).bytes(limit: 64 << 10)
        } catch let error as ProviderError {
            throw error
        } catch let error as NetworkError {
            throw ProviderError(error, provider: provider)
        } catch {
            throw ProviderError(.unavailable, provider: provider, message: "the request was stopped")
        }
    }
}

/// `value` as one part of a URL's path or query.
public func percentEncoded(_ value: String) -> String {
    value.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            String(UnicodeScalar(byte))
        default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }.joined()
}
