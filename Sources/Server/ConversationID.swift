import Session

/// Names for conversations.
extension ConversationID {
    /// A name that nobody guesses: `conv_` and 128 random bits in hexadecimal.
    static func make() -> ConversationID {
        var generator = SystemRandomNumberGenerator()
        let digits = [generator.next(), generator.next()].map { (half: UInt64) in
            let hex = String(half, radix: 16)
            return String(repeating: "0", count: 16 - hex.count) + hex
        }
        return ConversationID("conv_" + digits.joined())
    }
}
