import Dialects
import Network
import ProjectModel
import Session
import Telemetry

/// One bridge client: its socket on the one side, its conversation on the other.
struct BridgeConnection {
    let socket: WebSocketConnection
    let project: Project
    let engines: Engines
    let lead: Duration
    let id: String

    /// Holds the conversation until the client leaves, breaks the rules or `drained` says that the server goes down.
    func serve() async {
        let socket = socket
        let conversation = Conversation(id: id, project: project, engines: engines, lead: lead) { event in
            socket.send(BridgeEncoder.encode(event))
            if case .failure(let problem, let code) = event { socket.close(code: code, reason: problem.code) }
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await conversation.run() }
            for await message in socket.messages {
                switch message {
                case .text(let text): await conversation.post(BridgeDecoder.decode(Array(text.utf8)))
                case .binary(let bytes): await conversation.post(BridgeDecoder.decode(bytes))
                case .oversized: await conversation.post(.malformed(BridgeDecoder.oversized))
                }
            }
            conversation.end()
        }
    }
}
