import AudioCore
import Dialects
import Network
import ProjectModel
import ProviderKit
import Session
import Telemetry

/// One bridge client: its socket on the one side, its conversation on the other.
struct BridgeConnection {
    let socket: WebSocketConnection
    let project: Project
    let engines: Engines
    let lead: Duration
    let id: String
    let measures: ConversationMetrics
    let log: Log

    /// Holds the conversation until the client leaves, breaks the rules or the server goes down.
    func serve() async {
        let (socket, measures, log, prices) = (socket, measures, log, project.prices)
        let conversation = Conversation(id: id, project: project, engines: engines, lead: lead) { report in
            measures.count(report, prices: prices)
            guard case .failed(let code) = report.outcome else { return }
            log.warning(
                "a provider failed",
                [
                    "provider": .name(report.provider), "kind": .name(report.kind.rawValue),
                    "code": .name(code.description), "reason": .name(report.reason ?? ""), "retry": .int(report.retry),
                ])
        } emit: { event in
            measures.count(event)
            socket.send(BridgeEncoder.encode(event))
            if case .failure(let problem, let code) = event { socket.close(code: code, reason: problem.code) }
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await conversation.run() }
            for await message in socket.messages {
                let event = Self.event(message)
                if case .audio(let samples) = event { measures.received(.samples(samples.count, at: 16000)) }
                await conversation.post(event)
            }
            conversation.end()
        }
    }

    private static func event(_ message: WebSocketConnection.Message) -> ClientEvent {
        switch message {
        case .text(let text): BridgeDecoder.decode(Array(text.utf8))
        case .binary(let bytes): BridgeDecoder.decode(bytes)
        case .oversized: .malformed(BridgeDecoder.oversized)
        }
    }
}
