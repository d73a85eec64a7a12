import Foundation
import ProviderTransport

/// A parameter of a tool that its server wants in a header, too, so that what stands before the server can look at it.
/// The protocol without sessions has these (`x-mcp-header`).
struct MirroredParameter: Equatable {
    /// Where the parameter is among the arguments.
    var path: [String]
    /// The header, without `Mcp-Param-`.
    var header: String

    /// The longest list; further ones are not mirrored.
    static let most = 32

    /// The parameters of a schema that are to be mirrored, in the order of their paths. An annotation that breaks the rules
    /// is passed over: the server decides about the call.
    static func all(in schema: JSONValue) -> [MirroredParameter] {
        var found: [MirroredParameter] = []
        collect(schema, [], &found)
        var names: Set<String> = []
        return Array(found.filter { names.insert($0.header.lowercased()).inserted }.prefix(most))
    }

    private static func collect(_ schema: JSONValue, _ path: [String], _ found: inout [MirroredParameter]) {
        if !path.isEmpty, let header = schema["x-mcp-header"]?.string, isToken(header),
            ["string", "integer", "boolean"].contains(schema["type"]?.string)
        {
            found.append(MirroredParameter(path: path, header: header))
        }
        for (name, property) in (schema["properties"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            collect(property, path + [name], &found)
        }
    }

    /// The header for a call with these arguments; nil when they lack the parameter.
    func header(for arguments: JSONValue) -> (name: String, value: String)? {
        var value = arguments
        for name in path {
            guard let next = value[name] else { return nil }
            value = next
        }
        switch value {
        case .string(let text): return ("Mcp-Param-\(header)", Self.plain(text))
        case .int(let number): return ("Mcp-Param-\(header)", String(number))
        case .bool(let truth): return ("Mcp-Param-\(header)", truth ? "true" : "false")
        default: return nil
        }
    }

    /// `text` as it may stand in a header: encoded unless it is printable ASCII without space at its ends.
    static func plain(_ text: String) -> String {
        let isPrintable = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        let isPlain = isPrintable && !text.isEmpty && text.first != " " && text.last != " " && !text.hasPrefix("=?")
        return isPlain ? text : "=?base64?\(Data(text.utf8).base64EncodedString())?="
    }

    private static func isToken(_ name: String) -> Bool {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        return !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: marks.contains(byte)
                }
            }
    }
}
