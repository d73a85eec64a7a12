/// Names for conversations.
enum ConversationID {
    /// A name that nobody guesses: `conv_` and 128 random bits in hexadecimal.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = [generator.next(), generator.next()].map { (half: UInt64) in
            let hex = String(half, radix: 16)
            return String(repeating: "0", count: 16 - hex.count) + hex
        }
        return "conv_" + digits.joined()
    }
}
