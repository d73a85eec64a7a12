import Foundation
import JSONText

/// What is wrong with a script, and where.
public struct ScriptError: Error, Sendable, Equatable, CustomStringConvertible {
    /// From the top: keys, and places in lists from 0.
    public var path: [Step]
    /// What is wrong, and what is allowed.
    public var message: String

    /// One step of a path.
    public enum Step: Sendable, Equatable {
        /// Into the value of a key.
        case key(String)
        /// Into an element of a list.
        case index(Int)
    }

    /// `rules[2].fault.status: …`
    public var description: String {
        let place = path.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return place.isEmpty ? message : "\(place): \(message)"
    }
}

extension DoublesScript: Decodable {
    /// Reads a script from JSON.
    public static func read(json: [UInt8]) throws(ScriptError) -> DoublesScript {
        do {
            return try JSONReader.decode(DoublesScript.self, from: json)
        } catch let error as DecodingError {
            throw ScriptError(error)
        } catch {
            throw ScriptError(path: [], message: "cannot be read")
        }
    }

    private enum Key: String, CodingKey, CaseIterable { case seed, rules }

    /// Reads a script; unknown keys and values that make no sense are errors.
    public init(from decoder: any Decoder) throws {
        try Strict.checkKeys(of: decoder, allowed: Key.allCases.map(\.rawValue))
        let container = try decoder.container(keyedBy: Key.self)
        seed = UInt64(try Strict.number(in: container, forKey: .seed, 0 ... .max) ?? 0)
        rules = try container.decodeIfPresent([Rule].self, forKey: .rules) ?? []
    }
}

extension Rule: Decodable {
    private enum Key: String, CodingKey, CaseIterable {
        case wire, skip, times, text, firstMs, betweenMs, jitterMs, finalMs, fault
    }

    /// Reads a rule; unknown keys and values that make no sense are errors.
    public init(from decoder: any Decoder) throws {
        try Strict.checkKeys(of: decoder, allowed: Key.allCases.map(\.rawValue))
        let container = try decoder.container(keyedBy: Key.self)
        if let name = try container.decodeIfPresent(String.self, forKey: .wire) {
            guard let wire = Wire(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .wire, in: container,
                    debugDescription: "there is no '\(name.prefix(40))'; there are: "
                        + Wire.allCases.map(\.rawValue).joined(separator: ", "))
            }
            self.wire = wire
        }
        func number(_ key: Key, _ range: ClosedRange<Int>) throws -> Int? {
            try Strict.number(in: container, forKey: key, range)
        }
        skip = try number(.skip, 0...1_000_000)
        times = try number(.times, 1...1_000_000)
        firstMs = try number(.firstMs, Strict.milliseconds) ?? 0
        betweenMs = try number(.betweenMs, Strict.milliseconds) ?? 0
        jitterMs = try number(.jitterMs, Strict.milliseconds) ?? 0
        finalMs = try number(.finalMs, Strict.milliseconds) ?? 0
        fault = try container.decodeIfPresent(Fault.self, forKey: .fault)
        if let one = try? container.decodeIfPresent(String.self, forKey: .text) {
            text = [one]
        } else if let list = try container.decodeIfPresent([String].self, forKey: .text) {
            guard !list.isEmpty else {
                throw DecodingError.dataCorruptedError(
                    forKey: .text, in: container, debugDescription: "the list is empty; give a text or several")
            }
            text = list
        }
    }
}

extension Fault: Decodable {
    private enum Key: String, CodingKey, CaseIterable {
        case status, retryAfter, cut, stall, malformed, lateFinal
    }

    /// Reads `silent`, or one of `{status: 429, retryAfter: 2}`, `{cut: 3}`, `{stall: 3}`, `{malformed: 3}` and
    /// `{lateFinal: 800}`.
    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard word == "silent" else {
                throw Strict.error(at: decoder, "there is no fault '\(word.prefix(40))'; \(Self.allowed)")
            }
            self = .silent
            return
        }
        try Strict.checkKeys(of: decoder, allowed: Key.allCases.map(\.rawValue))
        let container = try decoder.container(keyedBy: Key.self)
        let kinds = container.allKeys.filter { $0 != .retryAfter }
        guard kinds.count == 1, let kind = kinds.first else { throw Strict.error(at: decoder, Self.allowed) }
        if kind != .status, container.contains(.retryAfter) {
            throw Strict.error(at: decoder, "retryAfter goes with status only")
        }
        func number(_ range: ClosedRange<Int>) throws -> Int {
            guard let value = try Strict.number(in: container, forKey: kind, range) else {
                throw Strict.error(at: decoder, "\(kind.rawValue) needs a number")
            }
            return value
        }
        switch kind {
        case .status:
            let wait = try Strict.number(in: container, forKey: Key.retryAfter, 0...86_400)
            self = .status(try number(400...599), retryAfter: wait)
        case .cut: self = .cut(after: try number(0...1_000_000))
        case .stall: self = .stall(after: try number(0...1_000_000))
        case .malformed: self = .malformed(after: try number(0...1_000_000))
        case .lateFinal: self = .lateFinal(try number(Strict.milliseconds))
        case .retryAfter: throw Strict.error(at: decoder, Self.allowed)
        }
    }

    private static let allowed =
        "a fault is silent, or one of {status: 400…599, retryAfter: SECONDS}, {cut: PIECES}, {stall: PIECES}, "
        + "{malformed: PIECES}, {lateFinal: MILLISECONDS}"
}

/// Decoding that takes nothing that it does not know.
private enum Strict {
    /// Times in a script.
    static let milliseconds = 0...600_000

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static func checkKeys(of decoder: any Decoder, allowed: [String]) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        for key in container.allKeys where !allowed.contains(key.stringValue) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "there is no such key; there are: \(allowed.sorted().joined(separator: ", "))")
        }
    }

    static func number<Key: CodingKey>(
        in container: KeyedDecodingContainer<Key>, forKey key: Key, _ range: ClosedRange<Int>
    ) throws -> Int? {
        guard container.contains(key) else { return nil }
        guard let value = try? container.decode(Int.self, forKey: key), range.contains(value) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    static func error(at decoder: any Decoder, _ message: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: decoder.codingPath, debugDescription: message))
    }
}

extension ScriptError {
    /// What Foundation found, in our words.
    init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self.init(context.codingPath, "must be \(Self.name(of: type))")
        case .keyNotFound(let key, let context): self.init(context.codingPath, "\(key.stringValue) is missing")
        case .dataCorrupted(let context): self.init(context.codingPath, context.debugDescription)
        @unknown default: self.init(path: [], message: "cannot be read")
        }
    }

    private init(_ path: [any CodingKey], _ message: String) {
        self.init(
            path: path.map { key in key.intValue.map(Step.index) ?? .key(key.stringValue) }, message: message)
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is any FixedWidthInteger.Type: "a whole number"
        case is [any Sendable].Type, is [Rule].Type, is [String].Type, is [Any].Type: "a list"
        default: "a block of keys"
        }
    }
}
