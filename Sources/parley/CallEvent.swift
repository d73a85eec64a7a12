import Foundation

/// One event of a call, as it is printed.
struct CallEvent {
    enum Format { case text, json }

    /// Since the call began.
    var seconds: Double
    var type: String
    var fields: [String: Any]

    /// `   1.04  response.created  response_id="resp_1"`, or an object with `at` (seconds) and all fields.
    func line(_ format: Format) -> String {
        switch format {
        case .json:
            var object = fields
            object["type"] = type
            object["at"] = (seconds * 1000).rounded() / 1000
            return Self.json(object)
        case .text:
            // `content` repeats `text`.
            let shown = fields.filter { $0.key != "type" && $0.key != "content" }.sorted { $0.key < $1.key }
            let details = shown.map { "\($0.key)=\(Self.json($0.value))" }.joined(separator: " ")
            return String(format: "%7.2f", seconds) + "  \(type)  \(details)"
        }
    }

    private static func json(_ value: Any) -> String {
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: value, options: options) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }
}
