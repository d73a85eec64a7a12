import JSONText

/// A structured log: a value that is handed to whoever needs one, never a global.
///
/// A message is a literal and a key is a literal, so neither can carry a caller's words; what varies goes into typed
/// fields, whose text is for names and identifiers and is cut at `Log.Value.maximumLength`.
public struct Log: Sendable {
    /// How much a line matters.
    public enum Level: Int, Comparable, Sendable, CaseIterable {
        case debug
        case info
        case warning
        case error

        /// The level that `name` names, such as `warning`; nil for a name that is none.
        public init?(name: String) {
            guard let level = Level.allCases.first(where: { $0.name == name }) else { return nil }
            self = level
        }

        /// The level's name as it is printed.
        public var name: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }

        /// Orders levels from `debug` up to `error`.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// How a line is written.
    public enum Format: Sendable {
        /// For people: `07:42:00.125 info    conversation opened project=demo`.
        case text
        /// For programs: one JSON object a line.
        case jsonLines

        /// The format that `name` names, `text` or `json`; nil for a name that is none.
        public init?(name: String) {
            switch name {
            case "text": self = .text
            case "json": self = .jsonLines
            default: return nil
            }
        }
    }

    /// Fields in the order in which they are printed.
    public typealias Fields = KeyValuePairs<StaticString, Value>

    private let level: Level
    private let format: Format
    private let context: [(key: StaticString, value: Value)]
    private let now: @Sendable () -> WallTime
    private let write: @Sendable (String) -> Void

    /// A log that hands whole lines, each with its line feed, to `write`.
    /// - Parameters:
    ///   - level: lines below it are dropped before their fields are made.
    ///   - format: how lines are written.
    ///   - now: what the time is; a test hands in its own.
    ///   - write: takes one line; called from any thread.
    public init(
        level: Level = .info, format: Format, now: @escaping @Sendable () -> WallTime = { WallTime.now() },
        write: @escaping @Sendable (String) -> Void
    ) {
        self.init(level: level, format: format, context: [], now: now, write: write)
    }

    private init(
        level: Level, format: Format, context: [(key: StaticString, value: Value)],
        now: @escaping @Sendable () -> WallTime, write: @escaping @Sendable (String) -> Void
    ) {
        self.level = level
        self.format = format
        self.context = context
        self.now = now
        self.write = write
    }

    /// A log that drops everything.
    public static let none = Log(level: .error, format: .text, write: { _ in })

    /// The same log with `fields` on every line.
    public func with(_ fields: Fields) -> Log {
        Log(
            level: level, format: format, context: context + fields.map { (key: $0.key, value: $0.value) }, now: now,
            write: write)
    }

    /// For whoever looks for a fault in Parley itself.
    public func debug(_ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        log(.debug, message, fields())
    }

    /// For what an operator expects to happen.
    public func info(_ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        log(.info, message, fields())
    }

    /// For what works all the same and should be looked at.
    public func warning(_ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        log(.warning, message, fields())
    }

    /// For what failed.
    public func error(_ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        log(.error, message, fields())
    }

    /// Writes one line at `level`.
    public func log(_ level: Level, _ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        if level < self.level { return }
        write(line(level, message, fields()))
    }

    /// The line as it would be written, with its line feed.
    func line(_ level: Level, _ message: StaticString, _ fields: Fields) -> String {
        let all = context + fields.map { (key: $0.key, value: $0.value) }
        return switch format {
        case .text: textLine(level, message, all)
        case .jsonLines: jsonLine(level, message, all)
        }
    }

    private func textLine(
        _ level: Level, _ message: StaticString, _ fields: [(key: StaticString, value: Value)]
    ) -> String {
        let padding = String(repeating: " ", count: 8 - level.name.count)
        var line = "\(now().timeOfDay) \(level.name)\(padding)\(message)"
        for field in fields { line += " \(field.key)=\(field.value.asText)" }
        return line + "\n"
    }

    private func jsonLine(
        _ level: Level, _ message: StaticString, _ fields: [(key: StaticString, value: Value)]
    ) -> String {
        var line = "{\"time\":\"\(now().description)\",\"level\":\"\(level.name)\",\"message\":"
        line += JSON.quoted("\(message)")
        for field in fields { line += ",\(JSON.quoted("\(field.key)")):\(field.value.asJSON)" }
        return line + "}\n"
    }
}
