/// A value that must never be seen: an API key, a token. Printing, dumping or interpolating it gives `<redacted>`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    /// Wraps `value`; from here on only `withValue` shows it.
    public init(_ value: String) {
        self.value = value
    }

    /// Hands the bare value to `body`, at the one place that needs it.
    public func withValue<Result>(_ body: (String) throws -> Result) rethrows -> Result { try body(value) }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }

    /// Always `<redacted>`.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` and string reflection find nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
