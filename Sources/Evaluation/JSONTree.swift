import JSONText

/// A JSON value that can be compared.
enum JSONTree: Equatable, Sendable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    /// Reads a JSON text; nil when it is none.
    init?(text: some Sequence<UInt8>) {
        guard let value = try? JSONReader.decode(JSONTree.self, from: text) else { return nil }
        self = value
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONTree].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    /// The value under keys, and places in lists from 0; nil when the path leads nowhere.
    subscript(path: some Sequence<String>) -> JSONTree? {
        path.reduce(self as JSONTree?) { value, step in
            switch value {
            case .object(let members): members[step]
            case .array(let values): Int(step).flatMap { values.indices.contains($0) ? values[$0] : nil }
            default: nil
            }
        }
    }

    /// How many entries a list has, or how many keys an object; nil for anything else.
    var count: Int? {
        switch self {
        case .array(let values): values.count
        case .object(let members): members.count
        default: nil
        }
    }

    /// Whether `part` is found in it: objects may hold more keys, and each entry of a list must be found in an entry of its own.
    func holds(_ part: JSONTree) -> Bool {
        switch (self, part) {
        case (.object(let whole), .object(let part)):
            return part.allSatisfy { key, value in whole[key]?.holds(value) ?? false }
        case (.array(let whole), .array(let part)):
            var rest = whole
            for value in part {
                guard let index = rest.firstIndex(where: { $0.holds(value) }) else { return false }
                rest.remove(at: index)
            }
            return true
        default: return self == part
        }
    }
}
