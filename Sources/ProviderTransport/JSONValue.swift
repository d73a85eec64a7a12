import Foundation
import JSONText

/// A JSON value of any shape: for messages of which only a part is known, or whose keys differ from case to case.
public enum JSONValue: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A whole number; those beyond ±2⁵³, on which readers of JSON do not agree, may be read as `double`.
    case int(Int)
    /// Any other number; one that JSON cannot express is written as null.
    case double(Double)
    /// `"…"`
    case string(String)
    /// `[…]`
    case array([JSONValue])
    /// `{…}`; written in the order of the keys.
    case object([String: JSONValue])

    /// The value of a JSON text; nil when the text is something else, is not UTF-8 or nests too deeply.
    public init?(_ text: some Sequence<UInt8>) {
        // A `Decodable` would try one type after the other, at each value: some four times the work.
        guard let value = try? JSONReader.foundationValue(from: text) else {
            return nil
        }
        self.init(foundation: value)
    }

    /// What `JSONSerialization` made of a value.
    private init(foundation value: Any) {
        switch value {
        case let value as String: self = .string(value)
        case let value as [String: Any]: self = .object(value.mapValues(JSONValue.init(foundation:)))
        case let value as [Any]: self = .array(value.map(JSONValue.init(foundation:)))
        case let value as NSNumber: self.init(number: value)
        default: self = .null
        }
    }

    private init(number: NSNumber) {
        if number.objCType.pointee == CChar(UInt8(ascii: "c")) {
            self = .bool(number.boolValue)
        } else {
            self = (number as? Int).map(JSONValue.int) ?? .double(number.doubleValue)
        }
    }

    /// The JSON text in UTF-8, without white space.
    public var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // No number is left that the encoder refuses, so this fails never.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }

    /// The JSON text, without white space.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The member `key` of an object; nil when there is none, and when it is null.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self, let member = members[key], member != .null else { return nil }
        return member
    }

    /// The element `index` of an array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text, if it is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The truth value, if it is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The whole number, if it is one.
    public var int: Int? { if case .int(let value) = self { value } else { nil } }
    /// The number, whole or not.
    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
    /// The elements, if it is an array.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members, if it is an object.
    public var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
}

extension JSONValue: Codable {
    /// Reads whatever is there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if container.decodeNil() {
            self = .null
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a JSON value")
        }
    }

    /// Writes the value as it is.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .double(let value): if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; of a repeated key the last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
