import Foundation
import ProjectModel
import Testing

@testable import Projects

/// `schemas/project.schema.json` and the loader say the same: of every file of the corpus, and of every key.
@Suite("Schema and loader agree")
struct SchemaAgreementTests {
    @Test("on the verdict about every file, as an independent validator sees it")
    func verdicts() throws {
        let names = TestFiles.corpus("valid") + TestFiles.corpus("invalid")
        let paths = names.map(TestFiles.corpusPath) + [TestFiles.advisor.path()]
        let lines = try validate(paths)
        try #require(lines.count == paths.count)
        for (path, line) in zip(paths, lines) {
            let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            let isValid = !path.contains("/invalid/") || text.contains("\n# schema: valid\n")
            #expect(line.hasPrefix(isValid ? "valid \(path)" : "invalid \(path)"), "\(line)")
        }
    }

    @Test("on every provider in every place that names a model, as the table of providers has it")
    func providers() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parley-providers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = [
            "x", "Planner", "Moonshine", "PocketSphinx", "Hibari", "Flite", "eSpeak", "SmartTurn", "gpt-realtime",
            "omni-realtime", "hub/realtime",
        ]
        let directory = VendorDirectory(ProjectLoader.vendors)
        var expected: [String: Bool] = [:]
        for (place, roles) in Self.places {
            for provider in [ModelProvider.local] + directory.vendors.map(\.name) {
                for name in names {
                    let model = ModelReference(provider: provider, model: name)
                    let text = place.replacingOccurrences(of: "MODEL", with: model.description)
                    let path = folder.appending(path: "\(expected.count).yaml").path()
                    try text.write(toFile: path, atomically: true, encoding: .utf8)
                    // On model hubs Qwen is whoever published a language model.
                    let isForeign = roles.contains(.languageModel) && directory.isPublished(model)
                    let isValid = isForeign || roles.contains { directory.serves(model, as: $0) }
                    expected[path] = isValid
                    let result = ProjectLoader.load(text: text, name: "x")
                    #expect((result.project != nil) == isValid, "\(text)\n\(result.rendered)")
                }
            }
        }
        let paths = expected.keys.sorted()
        let lines = try validate(paths)
        try #require(lines.count == paths.count)
        for (path, line) in zip(paths, lines) {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(line.hasPrefix("valid") == expected[path], "\(line)\n\(text)")
        }
    }

    /// Every place that names a model, and what it may be there.
    private static let places: [(text: String, roles: [ModelRole])] = [
        ("base_config: {llm_config: {model: MODEL}}\n\(orchestrator)\n\(agents)", [.languageModel]),
        (
            "\(orchestrator)\nutility_agents: [{agent_class: PlanningAgent, agent_name: A, config: "
                + "{llm_config: {model: [MODEL]}}}]", [.languageModel, .speechToSpeech]
        ),
        ("audio_config: {asr: {model: MODEL}}\n\(orchestrator)\n\(agents)", [.recognizer]),
        (
            "audio_config: {asr: {end_of_turn: {judge: MODEL}}}\n\(orchestrator)\n\(agents)", [.endOfTurnJudge]
        ),
        ("audio_config: {tts: {model: [MODEL]}}\n\(orchestrator)\n\(agents)", [.synthesizer]),
        (
            "orchestrator: {agent_list: [{agent_name: A}], speech_config: {model: MODEL}}\n\(agents)",
            [.synthesizer]
        ),
    ]
    private static let orchestrator = "orchestrator: {agent_list: [{agent_name: A}]}"
    private static let agents = "utility_agents: [{agent_class: PlanningAgent, agent_name: A}]"

    /// One line a file, from the JSON Schema validator of PyPI.
    private func validate(_ paths: [String]) throws -> [String] {
        let environment = ProcessInfo.processInfo.environment
        let python = environment["PARLEY_PYTHON"] ?? TestFiles.root.appending(path: ".dev/venv/bin/python").path()
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "no Python at \(python): run ./dev test, or name one with Tests/requirements.txt in PARLEY_PYTHON")
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments =
            [TestFiles.root.appending(path: "Tests/Tools/schema_check.py").path(), TestFiles.schema.path()] + paths
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "schema_check.py failed; see its message above")
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("on every key: its type, range, choices, default, and whether it must be there")
    func keys() throws {
        let schema = try Schema(contentsOf: TestFiles.schema)
        // This file has every block, so that the loader asks for every key.
        let context = LoadContext(file: "everything.yaml")
        _ = ProjectLoader.read(try TestFiles.corpusBytes("valid/everything.yaml"), name: "x", in: context)
        let requests = Dictionary(grouping: context.requests, by: \.path)
        let declared = schema.properties()
        #expect(Set(requests.keys).subtracting(declared.keys).sorted() == [], "the loader reads what the schema lacks")
        #expect(Set(declared.keys).subtracting(requests.keys).sorted() == [], "the schema has what the loader ignores")
        for (path, property) in declared {
            let asked = try #require(requests[path])
            #expect(asked.count == 1, "\(path) is asked for in two ways")
            let request = asked[0]
            #expect(schema.types(of: property).isSuperset(of: types(of: request.kind)), "\(path)")
            #expect(schema.isRequired(path) == request.isRequired, "\(path)")
            #expect(json(property["default"]) == request.defaultValue, "\(path)")
            switch request.kind {
            case .integer(let range):
                #expect(property["minimum"] as? Int == range.lowerBound, "\(path)")
                #expect(property["maximum"] as? Int == range.upperBound, "\(path)")
            case .number(let range):
                #expect(property["minimum"] as? Double == range.lowerBound, "\(path)")
                #expect(property["maximum"] as? Double == range.upperBound, "\(path)")
            case .numberAbove(let low, let high):
                #expect(property["exclusiveMinimum"] as? Double == low, "\(path)")
                #expect(property["maximum"] as? Double == high, "\(path)")
            case .choice(let names):
                #expect(property["enum"] as? [String] == names, "\(path)")
            case .booleanOr(let words):
                let choices = property["enum"] as? [Any] ?? []
                #expect(choices.compactMap { $0 as? String } == words && choices.count == words.count + 2, "\(path)")
            case .textList(let longest):
                #expect(property["minItems"] == nil && property["maxItems"] as? Int == longest, "\(path)")
            case .texts(let longest):
                #expect(property["minItems"] as? Int == 1, "\(path)")
                #expect(property["maxItems"] as? Int == longest, "\(path)")
            case .text, .boolean, .block, .list, .anything: break
            }
        }
    }

    private func types(of kind: KeyRequest.Kind) -> Set<String> {
        switch kind {
        case .text, .choice: ["string"]
        case .texts: ["string", "array"]
        case .boolean: ["boolean"]
        case .booleanOr: ["boolean", "string"]
        case .integer: ["integer"]
        case .number, .numberAbove: ["number"]
        case .block: ["object"]
        case .list, .textList: ["array"]
        case .anything: []
        }
    }

    private func json(_ value: Any?) -> String? {
        switch value {
        case let text as String: "\"\(text)\""
        case let list as [Any]: "[" + list.compactMap { json($0) }.joined(separator: ", ") + "]"
        case let number as NSNumber where CFBooleanLike.isBoolean(number): number.boolValue ? "true" : "false"
        case let number as NSNumber: plain(number.doubleValue)
        default: nil
        }
    }
}

private enum CFBooleanLike {
    /// JSONSerialization makes numbers of true and false; only their encoding tells them apart.
    static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

/// A JSON Schema, walked as far as this one needs it: `$ref`, `properties`, `items`, `additionalProperties`, `oneOf`.
private struct Schema {
    typealias Object = [String: Any]

    private let root: Object

    init(contentsOf url: URL) throws {
        let data = try Data(contentsOf: url)
        root = try #require(JSONSerialization.jsonObject(with: data) as? Object)
    }

    /// Every property by its path, `[]` standing for any place in a list and `*` for any name.
    func properties() -> [String: Object] {
        var found: [String: Object] = [:]
        collect(root, path: "", into: &found)
        return found
    }

    func types(of property: Object) -> Set<String> {
        if let type = property["type"] as? String { return [type] }
        if let types = property["type"] as? [String] { return Set(types) }
        return []
    }

    func isRequired(_ path: String) -> Bool {
        let parent = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
        let key = path.split(separator: ".").last.map(String.init) ?? path
        return schemas(at: parent).contains { ($0["required"] as? [String] ?? []).contains(key) }
    }

    private func schemas(at path: String) -> [Object] {
        var current = [root]
        for part in path.split(separator: ".") {
            let name = part.replacingOccurrences(of: "[]", with: "")
            let found = current.map { part == "*" ? $0["additionalProperties"] : ($0["properties"] as? Object)?[name] }
            current = found.compactMap { $0 as? Object }.map(resolved)
            if part.hasSuffix("[]") {
                current = current.compactMap { $0["items"] as? Object }.map(resolved).flatMap(branches)
            }
        }
        return current
    }

    private func collect(_ schema: Object, path: String, into found: inout [String: Object]) {
        for branch in branches(schema) {
            for case (let key, let value as Object) in branch["properties"] as? Object ?? [:] {
                let place = path.isEmpty ? key : "\(path).\(key)"
                let property = resolved(value)
                found[place] = property
                collect(property, path: place, into: &found)
                if let items = property["items"] as? Object {
                    collect(resolved(items), path: place + "[]", into: &found)
                }
                if let named = property["additionalProperties"] as? Object {
                    collect(resolved(named), path: place + ".*", into: &found)
                }
            }
        }
    }

    private func branches(_ schema: Object) -> [Object] {
        let choices = (schema["oneOf"] as? [Object] ?? []).filter { $0["properties"] != nil }
        return [schema] + choices.map(resolved)
    }

    /// What a `$ref` points to, with what stands beside it.
    private func resolved(_ schema: Object) -> Object {
        guard let reference = schema["$ref"] as? String, let name = reference.split(separator: "/").last,
            let target = (root["$defs"] as? Object)?[String(name)] as? Object
        else { return schema }
        return target.merging(schema) { _, own in own }
    }
}
