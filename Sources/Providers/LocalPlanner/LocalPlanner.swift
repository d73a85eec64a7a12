import ProviderKit

/// The offline language model: writes an answer from the parts of a brief, without a key and without a network.
///
/// It is there to try a project with, and says so aloud, once in a conversation. The same brief gives the same text. It
/// reads and writes English: words of other languages are taken over as they stand, in English sentences. Every answer
/// is bounded: a plan has at most two sentences and no answer more than `maximumLength` characters, whatever the
/// brief holds; a routing answer is a candidate's name as it stands. An agent on whose answer conditions about the request
/// hang says which of them hold.
public struct LocalPlanner: LanguageModel {
    /// No answer is longer, in characters.
    public static let maximumLength = 1600

    /// `Local/Planner`.
    public let name = "Local/Planner"

    /// A planner; it holds nothing.
    public init() {}

    /// Writes the answer word by word; of the messages of the request it is only read whether it was said before who speaks.
    public func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        for piece in Self.pieces(of: Self.answer(to: request.brief, after: request.messages)) {
            try Task.checkCancellation()
            try await emit(.text(piece))
        }
    }

    /// The whole answer to `brief`, in a conversation of which `messages` tell what was said before.
    public static func answer(to brief: Brief, after messages: [ChatMessage] = []) -> String {
        if case .plan = brief.task, let finding = brief.finding {
            return String(Lookup(brief, finding).text.prefix(maximumLength))
        }
        return switch brief.task {
        case .plan:
            String(
                (confession(brief, after: messages)
                    + Plan(
                        brief, saysWhoSpeaks: brief.isFirst && brief.parents.isEmpty && !hasSaidWhoSpeaks(messages)
                    ).text).prefix(maximumLength))
        case .ask(let questions): String(Inquiry.question(questions).prefix(maximumLength))
        case .fill(let questions): Inquiry.answers(to: questions, in: brief.callerWords)
        case .summarize: String(Summary(brief).text.prefix(maximumLength))
        case .judge(let condition): Judgement.holds(condition, for: brief) ? "yes" : "no"
        case .route(let candidates): Judgement.best(of: candidates, for: brief.callerWords)
        case .screen(let rules): Judgement.violated(of: rules, by: brief.callerWords)
        // It writes the same again: its first draft is its best.
        case .critique: #"{"good": true, "flaws": []}"#
        // The caller's own words are looked up, once.
        case .study: #"{"questions": [], "clarify": ""}"#
        case .choose(let drafts): String(max(1, drafts.count))
        case .merge(let drafts): String((drafts.last ?? "").prefix(maximumLength))
        case .assign(let candidates, let order):
            Division.tasks(for: brief.callerWords, among: candidates, order: order)
        case .next(let agenda): Lead.next(agenda)
        case .score: "I cannot judge that: no language model is set."
        case .invent: ""
        }
    }

    /// What the agent cannot do here, in a sentence with a space behind it; empty once it has been said.
    private static func confession(_ brief: Brief, after messages: [ChatMessage]) -> String {
        let lack = brief.lack ?? (messages.contains { $0.picture != nil } ? "look at images" : nil)
        guard let lack else { return "" }
        let sentence = "I cannot \(lack) here."
        let isSaid = messages.contains { $0.role == .assistant && $0.content.contains(sentence) }
        return isSaid ? "" : sentence + " "
    }

    /// A conversation of which the beginning is left out has heard it then.
    private static func hasSaidWhoSpeaks(_ messages: [ChatMessage]) -> Bool {
        messages.contains { message in
            switch message.role {
            case .assistant: message.content.contains("offline planner")
            case .system: message.content.contains("Earlier parts of the conversation are left out")
            default: false
            }
        }
    }

    /// One piece a word, each with the space before it.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            pieces.append(index == 0 ? String(word) : " " + word)
        }
        return pieces.filter { !$0.isEmpty }
    }
}
