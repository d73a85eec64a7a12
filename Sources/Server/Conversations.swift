import Network
import Persistence
import Session
import Synchronization
import Telemetry

/// What is kept of conversations, besides their words. Where it cannot be kept, that is counted, and the conversation goes on.
struct Conversations: Sendable {
    private let store: (any ConversationStore)?
    private let metrics: Metrics

    init(store: (any ConversationStore)?, metrics: Metrics) {
        (self.store, self.metrics) = (store, metrics)
    }

    /// A conversation begins.
    func began(_ conversation: ConversationRecord) async {
        do throws(StoreError) { try await store?.began(conversation) } catch { failed(error) }
    }

    /// A conversation is over.
    func ended(_ id: String, closeCode: Int, turns: Int) async {
        let end = ConversationRecord.End(
            time: WallTime.now().millisecondsSince1970, closeCode: closeCode, turns: turns)
        do throws(StoreError) { try await store?.ended(id, end) } catch { failed(error) }
    }

    /// The newest conversations of `tenant`.
    func list(of tenant: String, project: String?, most: Int) async throws(StoreError)
        -> [ConversationRecord]
    {
        try await store?.conversations(of: tenant, project: project, most: most) ?? []
    }

    private func failed(_ error: StoreError) {
        metrics.counter(
            "parley_conversation_records_failed_total",
            help: "Conversations of which the store did not keep a record.",
            labels: ["reason": error.code.rawValue]
        ).increment()
    }
}

/// Counts the responses of one conversation.
final class TurnCount: Sendable {
    private let count = Atomic(0)

    /// So many so far.
    var value: Int { count.load(ordering: .relaxed) }

    /// The client is told something.
    func take(_ event: ConversationEvent) {
        if case .responseStarted = event { count.add(1, ordering: .relaxed) }
    }
}
