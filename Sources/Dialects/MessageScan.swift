import JSONText

/// One look at a client's message: whether it is a JSON object, and where its audio is.
///
/// Most messages are audio, so nothing is copied on the way. The cost has a bound: of what is not audio, `largestRest` bytes
/// are looked at. What the other fields mean is left to the reader.
struct MessageScan {
    /// What a message is.
    enum Verdict: Equatable {
        /// `input_audio_buffer.append` with its audio, in base64.
        case audio(JSONCursor.Slice)
        /// Another object, or one whose fields need a closer look.
        case other
        /// Not one JSON object.
        case malformed
        /// An object that nests too deeply.
        case tooDeep
        /// What is not audio is larger than `largestRest`.
        case tooLarge
    }

    /// What a message may have beside audio or a picture, in bytes.
    static let largestRest = 64 << 10

    /// The fields that make a message audio, and the picture of typed words.
    private enum Field: UInt8 { case command, type, audio, data, chunk, image }

    /// Whose members are looked at.
    private enum Owner { case message, data }

    private let text: UnsafeBufferPointer<UInt8>
    private var cursor: JSONCursor
    private var command: JSONCursor.Slice?
    private var type: JSONCursor.Slice?
    private var audio: JSONCursor.Slice?
    private var chunk: JSONCursor.Slice?
    private var image: JSONCursor.Slice?
    /// A bit for each field that was there.
    private var seen: UInt8 = 0
    /// A field is there twice, or its value is of the wrong kind. Then the reader has to say what the message is.
    private var isOdd = false

    private let rest: Int

    private init(_ text: UnsafeBufferPointer<UInt8>, rest: Int) {
        (self.text, self.rest) = (text, rest)
        cursor = JSONCursor(text, reach: rest)
    }

    /// What the message is.
    /// - Parameter rest: what it may have beside audio or a picture, in bytes.
    static func verdict(on text: UnsafeBufferPointer<UInt8>, rest: Int = largestRest) -> Verdict {
        var scan = MessageScan(text, rest: rest)
        do throws(JSONCursor.Failure) {
            try scan.members(of: .message, depth: 1)
            return try scan.cursor.isAtEnd() ? scan.verdict : .malformed
        } catch {
            switch error {
            case .malformed: return .malformed
            case .tooDeep: return .tooDeep
            case .outOfReach: return .tooLarge
            }
        }
    }

    private var verdict: Verdict {
        let isAppend = (command ?? type)?.says("input_audio_buffer.append", in: text) ?? false
        if isAppend && !isOdd, let base64 = chunk ?? audio { return .audio(base64) }
        let isTyped = (command ?? type)?.says("input_text", in: text) ?? false
        let picture = isTyped && !isOdd ? image?.range.count ?? 0 : 0
        return text.count - picture > rest ? .tooLarge : .other
    }

    private mutating func members(of owner: Owner, depth: Int) throws(JSONCursor.Failure) {
        try cursor.enterObject(depth: depth)
        if try cursor.take("}") { return }
        repeat {
            let key = try cursor.string()
            try cursor.expect(":")
            if let field = field(key, of: owner) {
                try value(of: field)
            } else {
                try cursor.skipValue(depth: depth + 1)
            }
        } while try cursor.take(",")
        try cursor.expect("}")
    }

    private func field(_ key: JSONCursor.Slice, of owner: Owner) -> Field? {
        switch owner {
        case .message:
            if key.says("type", in: text) { return .type }
            if key.says("audio", in: text) { return .audio }
            if key.says("data", in: text) { return .data }
            if key.says("image", in: text) { return .image }
            return key.says("command", in: text) ? .command : nil
        case .data: return key.says("chunk", in: text) ? .chunk : nil
        }
    }

    private mutating func value(of field: Field) throws(JSONCursor.Failure) {
        if seen & 1 << field.rawValue != 0 { isOdd = true }
        seen |= 1 << field.rawValue
        switch (field, try cursor.next()) {
        // As if it were not there.
        case (_, UInt8(ascii: "n")): try cursor.skipValue(depth: 2)
        case (.data, UInt8(ascii: "{")): try members(of: .data, depth: 2)
        case (.command, UInt8(ascii: "\"")): command = try cursor.string()
        case (.type, UInt8(ascii: "\"")): type = try cursor.string()
        case (.audio, UInt8(ascii: "\"")): audio = try cursor.longString()
        case (.chunk, UInt8(ascii: "\"")): chunk = try cursor.longString()
        case (.image, UInt8(ascii: "\"")): image = try cursor.longString()
        default:
            isOdd = true
            try cursor.skipValue(depth: field == .chunk ? 3 : 2)
        }
    }
}
