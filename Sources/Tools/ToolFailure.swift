import ProviderKit

/// Why a call ends without a result. The message is for the model; it holds no secret and no argument.
struct ToolFailure: Error, Equatable, Sendable {
    var kind: ToolOutcome.Failure
    var message: String

    init(_ kind: ToolOutcome.Failure, _ message: String) {
        self.kind = kind
        self.message = message
    }

    var outcome: ToolOutcome { .failed(kind, message) }
}
