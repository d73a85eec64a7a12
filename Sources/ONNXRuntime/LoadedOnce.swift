import ProviderKit
import Synchronization

/// Something that takes long to load and is then shared: made with its first use, by one thread, while others wait for it.
/// If making it fails, the next use tries again.
public final class LoadedOnce<Value: Sendable>: Sendable {
    private let make: @Sendable () throws(ProviderError) -> Value
    private let loaded = Mutex<Value?>(nil)

    /// Something that `make` makes; nothing is loaded yet.
    public init(_ make: @escaping @Sendable () throws(ProviderError) -> Value) { self.make = make }

    /// The thing itself. Blocks while it is being made.
    /// - Throws: what `make` throws.
    public func value() throws(ProviderError) -> Value {
        let result = loaded.withLock { loaded -> Result<Value, ProviderError> in
            if let loaded { return .success(loaded) }
            do throws(ProviderError) {
                let value = try make()
                loaded = value
                return .success(value)
            } catch { return .failure(error) }
        }
        return try result.get()
    }
}
