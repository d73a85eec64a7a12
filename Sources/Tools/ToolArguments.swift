import JSONText
import ProviderKit

/// The arguments of a call, read from what a model wrote and checked by the tool's schema.
struct ToolArguments: Sendable {
    /// The longest arguments that are read, in bytes.
    static let longest = 64 << 10

    /// Names and values, in the order of the model.
    let members: [(name: String, value: JSON)]

    /// Reads and checks arguments.
    /// - Parameter text: a JSON object; nothing stands for one without members, as some models write it.
    /// - Throws: `.invalidArguments`, which says for each place what to do.
    init(_ text: String, schema: JSONSchema) throws(ToolFailure) {
        guard text.utf8.count <= Self.longest else {
            throw ToolFailure(.invalidArguments, "the arguments have more than \(Self.longest) bytes: write fewer")
        }
        let json: JSON
        do {
            json = text.allSatisfy(\.isWhitespace) ? .object([]) : try JSON(reading: text)
        } catch {
            throw ToolFailure(.invalidArguments, "the arguments are no JSON: write one JSON object")
        }
        guard case .object(let members) = json else {
            throw ToolFailure(.invalidArguments, "the arguments must be a JSON object")
        }
        let mismatches = schema.mismatches(of: json)
        guard mismatches.isEmpty else {
            throw ToolFailure(.invalidArguments, "nothing was done; " + mismatches.joined(separator: "; "))
        }
        self.members = members.map { (name: $0.0, value: $0.1) }
    }

    /// All of them as one JSON object: what was checked, and not the model's own text.
    var json: JSON { .object(members.map { ($0.name, $0.value) }) }
}

extension JSON {
    /// A single value as it stands in an address; nil for null, lists and objects.
    var plainText: String? {
        switch self {
        case .string(let text), .plain(let text): text
        case .int(let number): String(number)
        case .double(let number): number == number.rounded() && abs(number) < 0x1p53 ? String(Int(number)) : text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
