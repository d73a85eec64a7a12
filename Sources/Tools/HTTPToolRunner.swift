import Network
import ProjectModel
import ProviderKit

/// Carries calls out over HTTP.
struct HTTPToolRunner: Sendable {
    let client: HTTPClient
    /// So much of an answer is read.
    var mostBytes = AnswerText.mostBytes
    /// What an answer with a status of success comes to.
    var read: @Sendable (_ text: AnswerText, _ status: Int, _ secrets: [String]) -> ToolOutcome = {
        text, status, secrets in
        let result = text.result(without: secrets)
        return .result(result.isEmpty ? "{\"status\":\(status)}" : result)
    }

    /// Sends a request and tells what came of it. It is sent a second time, with the same key, if no connection came about
    /// the first time. Cancelling the task ends the wait.
    /// - Parameter timeout: for all of it.
    func run(_ request: HTTPToolRequest, timeout: Duration) async -> ToolOutcome {
        await withTaskGroup(of: ToolOutcome?.self) { group in
            group.addTask { await outcome(of: request) }
            group.addTask {
                // A task that is cancelled has no say.
                guard (try? await Task.sleep(for: timeout)) != nil else { return nil }
                return Self.overdue.outcome
            }
            defer { group.cancelAll() }
            for await outcome in group {
                if Task.isCancelled { break }
                if let outcome { return outcome }
            }
            return Self.cancelled.outcome
        }
    }

    private static let overdue = ToolFailure(
        .timedOut, "it did not answer in time; whether it was carried out is not known")
    private static let cancelled = ToolFailure(.cancelled, "the call was taken back")

    private func outcome(of request: HTTPToolRequest) async -> ToolOutcome {
        do throws(NetworkError) {
            let answer = try await answer(to: request.call)
            return await outcome(of: answer, request)
        } catch {
            return Self.failure(error).outcome
        }
    }

    private func answer(to call: HTTPCall) async throws(NetworkError) -> HTTPAnswer {
        do throws(NetworkError) {
            return try await client.send(call)
        } catch {
            guard error.code == .connectionFailed, error.isUnsent else { throw error }
            return try await client.send(call)
        }
    }

    private func outcome(of answer: HTTPAnswer, _ request: HTTPToolRequest) async -> ToolOutcome {
        do throws(NetworkError) {
            let (bytes, hasMore) = try await beginning(of: answer)
            let text: AnswerText
            do throws(ToolFailure) {
                text = try AnswerText(bytes, type: answer.headers["content-type"], hasMore: hasMore)
            } catch {
                if answer.status < 400 { return error.outcome }
                return .failed(.refused, "it answered with status \(answer.status)")
            }
            switch answer.status {
            case 200..<300: return read(text, answer.status, request.secrets)
            case ..<400:
                return .failed(.refused, "it answered with a redirect (\(answer.status)), which is not followed")
            default:
                let excerpt = text.excerpt(without: request.secrets)
                let said = excerpt.isEmpty ? "" : ": \(excerpt)"
                return .failed(.refused, "it answered with status \(answer.status)\(said)")
            }
        } catch {
            return Self.failure(error).outcome
        }
    }

    /// At most `mostBytes` of the body, and whether there is more.
    private func beginning(of answer: HTTPAnswer) async throws(NetworkError) -> (bytes: [UInt8], hasMore: Bool) {
        var bytes: [UInt8] = []
        var pieces = answer.body.makeAsyncIterator()
        while let piece = try await pieces.next() {
            bytes += piece
            if bytes.count > mostBytes { return (Array(bytes.prefix(mostBytes)), true) }
        }
        return (bytes, false)
    }

    private static func failure(_ error: NetworkError) -> ToolFailure {
        switch error.code {
        case .forbidden: ToolFailure(.forbidden, "its address is one of a private network, and may not be asked")
        case .cancelled: cancelled
        case .timedOut where error.isUnsent: ToolFailure(.unavailable, "it cannot be reached; nothing was sent")
        case .timedOut: overdue
        case _ where error.isUnsent: ToolFailure(.unavailable, "it cannot be reached; nothing was sent")
        default: ToolFailure(.unavailable, "its answer broke off; whether it was carried out is not known")
        }
    }
}
