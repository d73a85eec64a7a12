import ProviderKit
import Tables

extension TableError {
    /// What a model is told: what it wrote wrong, so that it can mend it, or that there is nothing to mend.
    var failure: ToolFailure {
        switch kind {
        case .query: ToolFailure(.invalidArguments, "nothing was done; \(message)")
        case .tooMuch: ToolFailure(.refused, message)
        case .cancelled: ToolFailure(.cancelled, "the call was taken back")
        case .missing, .outside, .foreign, .unreadable, .unreachable:
            ToolFailure(.unavailable, "the tables cannot be read: \(message)")
        }
    }
}
