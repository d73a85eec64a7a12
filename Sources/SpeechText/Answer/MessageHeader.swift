/// The head of a message in a template, between the token that begins it and the message's text: `assistant`,
/// `assistant to=functions.price`, `analysis`, `commentary json`.
struct MessageHeader: Sendable {
    /// A head is at most this many scalars long.
    static let longest = 64

    enum Kind: Sendable {
        /// A token said that a message begins: whose it is comes.
        case role
        /// A message ended: the head of the next one may come, without a token.
        case perhapsRole
        /// The channel's name comes.
        case channel
    }

    /// Whose message begins.
    enum Message: Equatable, Sendable {
        /// The model's answer.
        case answer
        /// Somebody else's.
        case other
        /// The model's, in a channel that is not spoken.
        case hidden
    }

    /// What one more scalar makes of it.
    enum Step: Equatable {
        case more
        /// The head is over; `rest` is text of the message.
        case ends(Message, rest: [Unicode.Scalar])
        /// It is no head, but text.
        case text
    }

    let kind: Kind
    private(set) var scalars: [Unicode.Scalar] = []

    init(_ kind: Kind) { self.kind = kind }

    private static let own: Set<String> = ["assistant", "model", "bot", "ai"]
    private static let others: Set<String> = [
        "user", "human", "system", "developer", "tool", "ipython", "observation", "environment", "function",
    ]

    /// Takes the next scalar.
    mutating func append(_ scalar: Unicode.Scalar) -> Step {
        scalars.append(scalar)
        let isFull = scalars.count >= Self.longest
        if kind == .channel {
            if scalar == "\n" || isFull { return .ends(message ?? .hidden, rest: []) }
            return .more
        }
        let word = word
        let rest = scalars.drop { $0 == " " }.dropFirst(word.count)
        if scalar == "\n", kind == .role { return message.map { .ends($0, rest: []) } ?? .text }
        guard let next = rest.first else {
            let isOpen = word.isEmpty || Self.own.union(Self.others).contains { $0.hasPrefix(word) }
            if isOpen { return isFull ? .text : .more }
            // `assistantHello`: the head and the text in one.
            guard kind == .role, let first = word.unicodeScalars.last, scalar.properties.isUppercase,
                let message = Self.message(String(word.dropLast())), first.isWordScalar
            else { return .text }
            return .ends(message, rest: [scalar])
        }
        guard let message else { return .text }
        let recipient = rest.drop { $0 == " " }.text
        let isRecipient = next == " " && ("to=".hasPrefix(recipient) || recipient.hasPrefix("to="))
        if isRecipient, !isFull { return .more }
        return kind == .role ? .ends(message, rest: Array(rest)) : .text
    }

    /// Whose message begins, as far as it was told; nil when it is no head.
    var message: Message? {
        let word = word
        if kind == .channel { return word == "final" ? .answer : .hidden }
        return word.isEmpty ? .answer : Self.message(word)
    }

    private var word: String {
        scalars.drop { $0.isSpace }.prefix { $0.isWordScalar }.map(\.lowercased).text
    }

    private static func message(_ word: String) -> Message? {
        if own.contains(word) { return .answer }
        return others.contains(word) ? .other : nil
    }
}
