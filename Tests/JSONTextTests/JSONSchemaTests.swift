import TestSupport
import Testing

@testable import JSONText

@Suite("Arguments are checked by their JSON Schema")
struct JSONSchemaTests {
    private func mismatches(_ value: String, _ schema: String) throws -> [String] {
        try JSONSchema(JSON(reading: schema)).mismatches(of: JSON(reading: value))
    }

    private static let slot = """
        {"type": "object", "properties": {
          "slot": {"type": "string", "minLength": 2, "maxLength": 5},
          "seats": {"type": "integer", "minimum": 1, "maximum": 8},
          "kind": {"enum": ["first", "follow-up"]},
          "days": {"type": "array", "items": {"type": "string", "pattern": "^\\\\d{4}-\\\\d{2}-\\\\d{2}$"}, "maxItems": 2},
          "who": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"], "additionalProperties": false},
          "price": {"type": "number", "exclusiveMinimum": 0},
          "note": {"type": ["string", "null"]},
          "id": {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 3}]}
        }, "required": ["slot"], "additionalProperties": false}
        """

    @Test(arguments: [
        (#"{"slot": "9:30"}"#, []),
        (
            #"{"slot": "9:30", "seats": 3.0, "kind": "first", "days": ["2026-01-31"], "who": {"name": "A"}, "price": 0.5, "note": null, "id": 3}"#,
            []
        ),
        (#"{"slot": 9}"#, ["slot: must be a string"]),
        ("{}", ["slot: is missing"]),
        ("[]", ["the arguments: must be an object"]),
        (
            #"{"slot": "9:30", "solt": 1}"#,
            ["solt: is not known; known are slot, seats, kind, days, who, price, note, id"]
        ),
        (#"{"slot": "9"}"#, ["slot: must have at least 2 and at most 5 characters"]),
        (#"{"slot": "äöüßé😀"}"#, ["slot: must have at least 2 and at most 5 characters"]),
        (#"{"slot": "9:30", "seats": 2.5}"#, ["seats: must be a whole number"]),
        (#"{"slot": "9:30", "seats": 9}"#, ["seats: must be at least 1 and at most 8"]),
        (#"{"slot": "9:30", "seats": "3"}"#, ["seats: must be a whole number"]),
        (#"{"slot": "9:30", "kind": "second"}"#, [#"kind: must be one of "first", "follow-up""#]),
        (#"{"slot": "9:30", "days": ["2026-01-31", "tomorrow"]}"#, [#"days[1]: must match ^\d{4}-\d{2}-\d{2}$"#]),
        (
            #"{"slot": "9:30", "days": ["2026-01-31", "2026-01-31", "2026-01-31"]}"#,
            ["days: must have at most 2 entries"]
        ),
        (#"{"slot": "9:30", "who": {"nme": "A"}}"#, ["who.name: is missing", "who.nme: is not known; known are name"]),
        (#"{"slot": "9:30", "price": 0}"#, ["price: must be more than 0"]),
        (#"{"slot": "9:30", "note": 1}"#, ["note: must be a string or null"]),
        (#"{"slot": "9:30", "id": "ab"}"#, ["id: must have at least 3 characters"]),
        (#"{"slot": "9:30", "id": true}"#, ["id: must be a whole number"]),
    ])
    func table(value: String, expected: [String]) throws {
        #expect(try mismatches(value, Self.slot) == expected)
    }

    @Test(arguments: [
        ("{}", "1"), ("true", "[1]"), (#"{"const": {"a": 1, "b": [2]}}"#, #"{"b": [2.0], "a": 1.0}"#),
        (#"{"type": "number"}"#, "3"),
        (#"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#, "2"),
        (#"{"additionalProperties": {"type": "integer"}}"#, #"{"x": 1}"#),
        (#"{"oneOf": [{"type": "string"}, {"type": "null"}]}"#, "null"),
        (#"{"minimum": 3, "exclusiveMinimum": false}"#, "3"),
    ])
    func whatFits(schema: String, value: String) throws { #expect(try mismatches(value, schema) == []) }

    @Test(arguments: [
        ("false", "1"), (#"{"const": 1}"#, "true"), (#"{"const": 1}"#, #""1""#), (#"{"type": "integer"}"#, "1e300"),
        (#"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#, "4"),
        (#"{"additionalProperties": {"type": "integer"}}"#, #"{"x": "1"}"#),
        (#"{"minimum": 3, "exclusiveMinimum": true}"#, "3"), (#"{"enum": [[1], {"a": 1}]}"#, "[2]"),
        (#"{"minItems": 1}"#, "[]"),
    ])
    func whatDoesNot(schema: String, value: String) throws { #expect(try !mismatches(value, schema).isEmpty) }

    @Test(arguments: [
        ("1", "", "must be a schema: an object, true or false"),
        (#"{"type": "text"}"#, "type", "'text' is not one of object, array, string, number, integer, boolean, null"),
        (#"{"properties": {"a": {"items": {"type": 7}}}}"#, "properties.a.items.type", "must be a list of names"),
        (#"{"required": "a"}"#, "required", "must be a list of names"),
        (#"{"enum": []}"#, "enum", "must be a list of values"),
        (#"{"anyOf": [{"minimum": "1"}]}"#, "anyOf[0].minimum", "must be a number"),
        (#"{"minLength": -1}"#, "minLength", "must be a whole number from 0"),
    ])
    func schemasThatAreNone(schema: String, path: String, message: String) {
        #expect(throws: JSONSchema.Problem(path: path, message: message)) { try JSONSchema(JSON(reading: schema)) }
    }

    @Test func whatIsNotCheckedOrCannotBeIsKnown() throws {
        let schema = try JSONSchema(
            JSON(
                reading: #"""
                    {"$ref": "#/$defs/a", "title": "A", "properties": {"a": {"pattern": "(x|y)"}, "b": {"type": "string", "enum": [1]},
                     "c": {"minimum": 2, "maximum": 1}, "d": {"format": "date"}}, "if": {}}
                    """#))
        #expect(schema.unchecked == ["$ref", "properties.a.pattern", "if"])
        #expect(schema.unreachable == ["properties.b.enum", "properties.c.minimum"])
    }

    @Test func sizeIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: #"{"items": "#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
        }
        #expect(throws: Never.self) { try JSONSchema(JSON(reading: nested(JSONSchema.deepestLevel))) }
        #expect(throws: JSONSchema.Problem.self) { try JSONSchema(JSON(reading: nested(JSONSchema.deepestLevel + 1))) }
        func wide(_ count: Int) -> JSON {
            .object([("properties", .object((0..<count).map { ("p\($0)", .object([])) }))])
        }
        #expect(throws: Never.self) { try JSONSchema(wide(JSONSchema.mostSchemas - 1)) }
        #expect(throws: JSONSchema.Problem.self) { try JSONSchema(wide(JSONSchema.mostSchemas)) }
        let strings = try JSONSchema(JSON(reading: #"{"items": {"type": "string"}}"#))
        #expect(strings.mismatches(of: .array((0..<100).map { .int($0) })).count == JSONSchema.mostMismatches)
    }

    @Test("A value of the schema fits, and one with a slip does not", arguments: 0..<200)
    func property(seed: Int) throws {
        var random = Seeded(seed)
        let names = (0..<Int.random(in: 1...5, using: &random)).map { "n\($0)" }
        let kinds = names.map { _ in ["string", "integer", "boolean", "null"].randomElement(using: &random) ?? "null" }
        func value(_ kind: String) -> JSON {
            switch kind {
            case "string": .string("x")
            case "integer": .int(.random(in: -9...9, using: &random))
            case "boolean": .bool(true)
            default: .null
            }
        }
        let schema = try JSONSchema(
            .object([
                ("type", .string("object")),
                ("properties", .object(zip(names, kinds).map { ($0, .object([("type", .string($1))])) })),
                ("required", .array(names.map { .string($0) })), ("additionalProperties", .bool(false)),
            ]))
        var members = zip(names, kinds).map { ($0, value($1)) }
        members.shuffle(using: &random)
        #expect(schema.mismatches(of: .object(members)).isEmpty)
        let place = Int.random(in: members.indices, using: &random)
        var wrong = members
        wrong[place].1 = .array([])
        #expect(schema.mismatches(of: .object(wrong)).count == 1)
        var missing = members
        let name = missing.remove(at: place).0
        #expect(schema.mismatches(of: .object(missing)) == ["\(name): is missing"])
        #expect(schema.mismatches(of: .object(members + [("other", .null)])).count == 1)
    }
}

@Suite("Simple patterns")
struct SimplePatternTests {
    @Test(arguments: [
        (#"^\d{4}-\d{2}-\d{2}$"#, "2026-01-31", true), (#"^\d{4}-\d{2}-\d{2}$"#, "2026-1-31", false),
        (#"^\d{4}$"#, "12345", false), (#"\d{4}"#, "a12345", true), ("^a+b*c?$", "aab", true),
        ("^a+b*c?$", "bc", false),
        ("^[A-Z][a-z_-]{2,3}$", "Ab-", true), ("^[A-Z][a-z_-]{2,3}$", "Abcde", false), ("^[^0-9]+$", "ab", true),
        ("^[^0-9]+$", "a1", false), ("", "anything", true), ("^$", "", true), ("^$", "a", false), ("b$", "ab", true),
        ("b$", "ba", false), (#"^\+?[0-9 ]{3,}$"#, "+49 30", true), (#"^\w+@\w+\.\w+$"#, "a@b.c", true),
        ("^.$", "\n", false), ("^a{0}b$", "b", true), ("a.c", "xxabcx", true), (#"[\]\\]"#, "]", true),
    ])
    func matching(pattern: String, text: String, matches: Bool) {
        #expect(SimplePattern(pattern)?.matches(text) == matches)
    }

    @Test(arguments: [
        "(a)", "a|b", "a**", "*", "a{2,1}", "a{", "[a", "[]", "[z-a]", #"\b"#, #"\1"#, "a+?", "a{600}", "^a$b", "(?=a)",
    ])
    func patternsThatAreNotSimple(pattern: String) { #expect(SimplePattern(pattern) == nil) }

    @Test("Agrees with Swift's own engine", arguments: 0..<300)
    func property(seed: Int) throws {
        var random = Seeded(seed)
        let atoms = ["a", "b", ".", "[ab]", "[^a]", #"\d"#]
        let counts = ["", "", "*", "+", "?", "{2}", "{1,3}", "{2,}"]
        var pattern = Bool.random(using: &random) ? "^" : ""
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            pattern += (atoms.randomElement(using: &random) ?? "") + (counts.randomElement(using: &random) ?? "")
        }
        if Bool.random(using: &random) { pattern += "$" }
        let text = String(
            (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in "ab1".randomElement(using: &random) })
        let theirs = try Regex(pattern)
        #expect(SimplePattern(pattern)?.matches(text) == text.contains(theirs), "\(pattern) in \(text)")
    }

    @Test func aPatternThatTroublesOthersIsQuick() throws {
        let pattern = try #require(SimplePattern("^" + String(repeating: "a*", count: 200) + "b$"))
        #expect(!pattern.matches(String(repeating: "a", count: 2000)))
    }
}
