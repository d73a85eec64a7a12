import Foundation
import Testing

@testable import Dialects
@testable import Session

/// `schemas/bridge.asyncapi.json` says what is really read and written.
struct AsyncAPITests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "schemas/bridge.asyncapi.json")

    /// With `PARLEY_WRITE_SCHEMAS` in the environment the file is written anew.
    @Test func theDocumentIsCurrent() throws {
        if ProcessInfo.processInfo.environment["PARLEY_WRITE_SCHEMAS"] != nil {
            try BridgeCatalog.asyncAPI.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(text == BridgeCatalog.asyncAPI, "run this test with PARLEY_WRITE_SCHEMAS=1 to write the file anew")
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let document = try #require(try Self.object(BridgeCatalog.asyncAPI))
        var references: [String] = []
        Self.collect(document, into: &references)
        #expect(references.count > 2 * (BridgeCatalog.fromServer.count + BridgeCatalog.fromClient.count))
        for reference in references {
            var place: Any? = document
            for part in reference.split(separator: "/").dropFirst() { place = (place as? [String: Any])?[String(part)] }
            #expect(place != nil, "\(reference)")
        }
    }

    @Test func everyTypeThatIsReadIsInIt() {
        #expect(Set(BridgeCatalog.fromClient.map(\.name)) == BridgeDecoder.knownTypes)
        #expect(Set(BridgeCatalog.fromClient.map(\.name)).count == BridgeCatalog.fromClient.count)
    }

    /// Every message that is written has the fields of the table, in kind, and no others.
    @Test func everyEventThatIsWrittenIsInIt() throws {
        let messages = Dictionary(uniqueKeysWithValues: BridgeCatalog.fromServer.map { ($0.name, $0) })
        var encoder = BridgeEncoder()
        var texts = Samples.events.map { encoder.encode($0) }
        texts += [encoder.recordingStarted, encoder.recordingStopped]
        texts.append(encoder.encode(.resumed(ResponseID(1), nil, rest: "")))
        texts.append(encoder.encode(.created(Samples.session(vad: nil, voice: nil))))
        var written: Set<String> = []
        for text in texts {
            let object = try #require(try Self.object(text))
            let type = try #require(object["type"] as? String)
            written.insert(type)
            let message = try #require(messages[type], "\(type) is in no table")
            var body = object
            body["type"] = nil
            for fault in Self.differences(body, .object(message.fields), path: type) { Issue.record("\(fault)") }
        }
        // The server writes this one itself.
        #expect(written.union(["server.draining"]) == Set(messages.keys))
    }

    private static func object(_ text: String) throws -> [String: Any]? {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    }

    private static func collect(_ value: Any, into references: inout [String]) {
        switch value {
        case let object as [String: Any]:
            if let reference = object["$ref"] as? String { references.append(reference) }
            for value in object.values { collect(value, into: &references) }
        case let values as [Any]: for value in values { collect(value, into: &references) }
        default: break
        }
    }

    private static func differences(_ value: Any, _ kind: BridgeCatalog.Kind, path: String) -> [String] {
        switch (kind, value) {
        case (.object(let fields), let object as [String: Any]):
            let unknown = Set(object.keys).subtracting(fields.map(\.name)).map { "\(path).\($0) is in no table" }
            return unknown
                + fields.flatMap { field in
                    let place = "\(path).\(field.name)"
                    guard let value = object[field.name] else { return field.isOptional ? [] : ["\(place) is missing"] }
                    return differences(value, field.kind, path: place)
                }
        case (.named(let kind), let object as [String: Any]):
            return object.flatMap { differences($1, kind, path: "\(path).\($0)") }
        case (.nullable, is NSNull): return []
        case (.nullable(let kind), _): return differences(value, kind, path: path)
        case (.list(let kind), let values as [Any]):
            return values.flatMap { differences($0, kind, path: path + "[]") }
        case (.choice(let names), let name as String): return names.contains(name) ? [] : ["\(path): \(name)"]
        case (.text, is String), (.base64, is String), (.integer, is Int), (.number, is NSNumber), (.boolean, is Bool):
            return []
        default: return ["\(path) is of another kind"]
        }
    }
}
