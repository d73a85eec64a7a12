import JSONText
import Session

/// The members of one object that a client sends, and where it stands. What is wrong with a member is thrown with its place.
struct RealtimeFields {
    /// Where the object stands, such as `session.audio.input`; empty for the message itself.
    let place: String
    private let members: [(String, JSON)]

    /// - Throws: `invalid_type` for what is no object.
    init(_ value: JSON, at place: String) throws(BadInput) {
        guard case .object(let members) = value else { throw .field(place, "must be an object", code: "invalid_type") }
        (self.place, self.members) = (place, members)
    }

    /// Where the member of that name stands.
    func place(of name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    /// Refuses members with other names.
    /// - Throws: `unknown_parameter`.
    func check(only known: Set<String>) throws(BadInput) {
        for (name, _) in members where !known.contains(name) {
            // A name is repeated only if it can hold nothing but a name.
            let isPlain =
                name.utf8.count <= 64 && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            throw .field(place(of: isPlain ? name : "?"), "is not known here", code: "unknown_parameter")
        }
    }

    /// The member of that name, whatever it is; nil when it is not there.
    subscript(name: String) -> JSON? { members.last { $0.0 == name }?.1 }

    /// The member of that name; nil when it is not there, or null.
    func value(_ name: String) -> JSON? {
        guard let value = self[name], value != .null else { return nil }
        return value
    }

    /// Whether the member of that name is there, null or not.
    func has(_ name: String) -> Bool { self[name] != nil }

    /// A text of at most `longest` Unicode scalars.
    func string(_ name: String, longest: Int = 1024) throws(BadInput) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, "must be a string", code: "invalid_type") }
        guard text.unicodeScalars.count <= longest else {
            throw wrong(name, "may have \(longest) characters", code: "string_above_max_length")
        }
        return text
    }

    /// One of these texts.
    func choice(_ name: String, of known: [String]) throws(BadInput) -> String? {
        guard let text = try string(name) else { return nil }
        guard known.contains(text) else { throw wrong(name, "must be one of \(known.joined(separator: ", "))") }
        return text
    }

    func bool(_ name: String) throws(BadInput) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { throw wrong(name, "must be true or false", code: "invalid_type") }
        return flag
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(BadInput) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.number else { throw wrong(name, "must be a number", code: "invalid_type") }
        guard range.contains(number) else { throw wrong(name, "must be \(range.lowerBound)…\(range.upperBound)") }
        return number
    }

    func int(_ name: String, in range: ClosedRange<Int>) throws(BadInput) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .int(let number) = value else { throw wrong(name, "must be a whole number", code: "invalid_type") }
        guard range.contains(number) else { throw wrong(name, "must be \(range.lowerBound)…\(range.upperBound)") }
        return number
    }

    /// A list of at most `most` values.
    func list(_ name: String, most: Int) throws(BadInput) -> [JSON]? {
        guard let value = value(name) else { return nil }
        guard case .array(let values) = value else { throw wrong(name, "must be a list", code: "invalid_type") }
        guard values.count <= most else {
            throw wrong(name, "may have \(most) elements", code: "array_above_max_length")
        }
        return values
    }

    /// An object.
    func object(_ name: String) throws(BadInput) -> RealtimeFields? {
        guard let value = value(name) else { return nil }
        return try RealtimeFields(value, at: place(of: name))
    }

    /// What cannot be left out.
    func required(_ name: String, longest: Int = 1024) throws(BadInput) -> String {
        guard let text = try string(name, longest: longest) else {
            throw wrong(name, "is missing", code: "missing_required_parameter")
        }
        return text
    }

    /// Refuses a member that asks for something that is not had here.
    /// - Parameter instead: what the client can do.
    func refuse(_ name: String, unless isFine: (JSON) -> Bool = { _ in false }, _ instead: String) throws(BadInput) {
        guard let value = value(name), !isFine(value) else { return }
        throw wrong(name, instead, code: "unsupported_value")
    }

    /// What is wrong with the member of that name.
    func wrong(_ name: String, _ problem: String, code: String = "invalid_value") -> BadInput {
        .field(place(of: name), problem, code: code)
    }
}

extension BadInput {
    /// A field of a client's message cannot be used.
    static func field(_ place: String, _ problem: String, code: String = "invalid_value") -> BadInput {
        var input = BadInput(code: code, message: "'\(place)' \(problem)")
        input.subject = MessageSubject()
        input.subject?.field = place
        return input
    }
}
