import Agents
import ProviderKit

/// What a client has put in and ordered, and what is still owed of it. Pure.
struct ClientDesk: Sendable {
    /// So many remarks wait for an answer, or stand as orders.
    static let mostRemarks = 64
    /// In Unicode scalars, all orders together.
    static let longestOrders = 32_000

    /// What the caller has said and was not answered, oldest first.
    private(set) var unanswered: [Remark] = []
    /// Orders that stand among what was said.
    private(set) var notes: [Remark] = []
    /// What is asked of all answers.
    var standing = AnswerOrders()
    /// An answer that is ordered, and waits until the caller is silent.
    private(set) var pending: ResponseOrder?
    /// What the answer that was begun last is an answer to.
    private(set) var asked: [Remark] = []
    /// The answer that was cut last, as it was played.
    var cut: (id: ResponseID, playout: Playout)?
    /// Whether the client knows by name what is said.
    private(set) var isUsed = false
    /// The answer that was begun last, if it was ordered.
    private(set) var current: (id: ResponseID, order: ResponseOrder)?

    /// What the caller has said and was not answered.
    var unansweredWords: String { unanswered.map(\.text).joined(separator: " ") }

    /// What is asked of that answer.
    func orders(of response: ResponseID) -> AnswerOrders {
        current.flatMap { $0.id == response ? $0.order.orders : nil } ?? standing
    }

    /// What was ordered as that answer; nil for one that was not ordered.
    func order(of response: ResponseID) -> ResponseOrder? { current.flatMap { $0.id == response ? $0.order : nil } }

    /// All orders to the models that write that answer.
    func instructions(of response: ResponseID) -> [String] {
        let notes = order(of: response)?.input?.filter { $0.speaker == .orders } ?? notes
        return ([orders(of: response).instructions] + notes.map(\.text)).filter { !$0.isEmpty }
    }

    /// The caller says something that is not answered yet.
    /// - Returns: false when there is no room for it.
    mutating func leave(_ remark: Remark) -> Bool {
        let scalars = unanswered.reduce(remark.text.unicodeScalars.count) { $0 + $1.text.unicodeScalars.count + 1 }
        guard unanswered.count < Self.mostRemarks, scalars <= CallerTurn.longest else { return false }
        unanswered.append(remark)
        return true
    }

    /// Orders among what is said.
    /// - Returns: false when there is no room for them.
    mutating func note(_ remark: Remark) -> Bool {
        let scalars = notes.reduce(remark.text.unicodeScalars.count) { $0 + $1.text.unicodeScalars.count }
        guard notes.count < Self.mostRemarks, scalars <= Self.longestOrders else { return false }
        notes.append(remark)
        return true
    }

    /// What the next answer is an answer to, beside what is unanswered.
    mutating func ask(_ remarks: [Remark]) { asked = isUsed ? remarks : [] }

    /// The client knows by name what is said from now on.
    mutating func use() { isUsed = true }

    /// Puts what the caller has said among what is not answered.
    /// - Returns: false when its place is not there.
    mutating func insert(_ remark: Remark) -> Bool {
        guard case .behind(let said) = remark.place,
            let index = unanswered.firstIndex(where: { $0.said == said.name })
        else { return false }
        unanswered.insert(remark, at: index + 1)
        return true
    }

    /// Forgets what was put in and is not answered.
    /// - Returns: whether it was there.
    mutating func forget(_ name: String) -> Bool {
        let count = unanswered.count + notes.count
        unanswered.removeAll { $0.said == name }
        notes.removeAll { $0.said == name }
        return unanswered.count + notes.count < count
    }

    /// Takes what was not answered.
    mutating func takeUnanswered() -> [Remark] {
        defer { unanswered = [] }
        return unanswered
    }

    /// An answer is ordered; the last order counts.
    mutating func order(_ order: ResponseOrder) { pending = order }

    /// Nothing is ordered any more.
    mutating func withdraw() { pending = nil }

    /// An answer of that name begins. One to the caller or to the client is to all that was not answered.
    mutating func begin(_ id: ResponseID, _ occasion: Answer.Occasion) {
        switch occasion {
        case .line, .silence: (current, asked) = (nil, [])
        case .words, .order, .answer:
            current = pending.map { (id, $0) }
            pending = nil
            if current?.order.takesConversation != false {
                asked = unanswered + asked
                unanswered = []
            }
        }
    }
}

extension Remark {
    /// Its name in the history.
    var said: String { name.contains("/") ? name : Said.remark(name).name }
}

extension ResponseOrder {
    /// Whether it answers what the caller has said in the conversation, which is answered then.
    var takesConversation: Bool { isKept && input == nil }
}
