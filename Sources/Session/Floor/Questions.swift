import ProjectModel
import ProviderKit

/// What members of a reply have asked the caller, and what became of it. Pure.
struct Questions: Sendable {
    /// One question.
    struct Open: Equatable, Sendable {
        var inquiry: Inquiry
        /// How often it was asked.
        var times: Int
        /// What the caller said, while a model reads it; nil: it is still awaited.
        var words: String?
        /// What the member goes on with when the caller has answered; nil: what the caller says is its answer.
        var resumes: Brief?
    }

    /// So often a caller is asked for what must be known; then it goes on without.
    static let mostTimes = 3

    /// By node.
    private(set) var open: [String: Open] = [:]

    /// How long the caller is waited for: as long as the most patient member does; nil when nothing is asked.
    var patience: Duration? { open.values.map(\.inquiry.patience).max() }

    /// A member has asked, for the first time or again.
    mutating func ask(_ node: String, _ inquiry: Inquiry, resuming brief: Brief? = nil) {
        open[node] = Open(inquiry: inquiry, times: (open[node]?.times ?? 0) + 1, resumes: brief)
    }

    /// A model reads what the caller said to that member.
    mutating func interpret(_ words: String, for node: String) { open[node]?.words = words }

    /// What the caller said to that member, of which a model has told what it means; nil when none was asked.
    func interpreted(_ node: String) -> String? { open[node]?.words }

    /// That member waits no longer.
    mutating func close(_ node: String) { open[node] = nil }
}

extension Inquiry {
    /// As models are asked.
    var questions: [Question] {
        fields.map { field in
            Question(
                name: field.name, kind: Question.Kind(field.kind), text: field.description,
                isRequired: field.isRequired)
        }
    }
}

extension Question.Kind {
    fileprivate init(_ kind: Inquiry.Field.Kind) {
        switch kind {
        case .text: self = .text
        case .truth: self = .truth
        case .integer: self = .integer
        case .number: self = .number
        }
    }
}
