import AudioCore
import Network
import ProjectModel
import ProviderKit
import Session
import SpeechText
import Telemetry

/// One client of any dialect: its socket on the one side, its conversation on the other.
struct ClientConnection {
    let socket: WebSocketConnection
    let dialect: any Dialect
    let project: Project
    let engines: Engines
    let lead: Duration
    let usesStandIns: Bool
    let forms: any SpokenForms
    let id: ConversationID
    let recorder: JournalRecorder?
    let measures: ConversationMetrics
    let turns: TurnCount
    let log: Log

    /// Holds the conversation until the client leaves, breaks the rules or the server goes down.
    func serve() async {
        let (socket, measures, turns, log, prices) = (socket, measures, turns, log, project.prices)
        let conversation = Conversation(
            id: id, project: project, engines: engines, lead: lead, wallClock: .now(in: project.orchestrator.timeZone),
            forms: forms, dialect: dialect, usesStandIns: usesStandIns, recorder: recorder
        ) { report in
            measures.count(report, prices: prices)
            guard case .failed(let code) = report.outcome else { return }
            log.warning(
                "a provider failed",
                [
                    "provider": .name(report.provider), "kind": .name(report.kind.rawValue),
                    "code": .name(code.description), "reason": .name(report.reason ?? ""), "retry": .int(report.retry),
                ])
        } observe: { observation in
            switch observation {
            case .told(let event):
                measures.count(event)
                turns.take(event)
            case .heard(let duration): measures.received(duration)
            case .audio: break
            }
        } send: { frame in
            switch frame {
            case .text(let text): socket.send(text)
            case .binary(let bytes): socket.send(bytes)
            case .close(let code, let reason): socket.close(code: code, reason: reason)
            case .oversized: break
            }
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await conversation.run() }
            for await message in socket.messages { await conversation.post(Frame(message)) }
            conversation.end()
        }
    }
}

extension Frame {
    fileprivate init(_ message: WebSocketConnection.Message) {
        self =
            switch message {
            case .text(let text): .text(text)
            case .binary(let bytes): .binary(bytes)
            case .oversized: .oversized
            }
    }
}
