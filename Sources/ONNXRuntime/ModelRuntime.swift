import Foundation
import ONNXTable
import ProviderKit
import Synchronization

/// ONNX Runtime, which runs models of neural networks. One for the process: all models share its environment.
///
/// The library is opened when the first model is loaded, so a machine without it can run everything else.
public final class ModelRuntime: Sendable {
    private struct Library: Sendable {
        // The library locks what it shares between threads.
        nonisolated(unsafe) let pointer: OpaquePointer
    }

    private let path: String
    private let library = Mutex<Library?>(nil)

    /// A runtime that opens nothing yet.
    /// - Parameter path: the shared library, `libonnxruntime.so`.
    public init(library path: String) { self.path = path }

    /// Loads a model; blocks for some tenths of a second. What failed is tried anew with the next call.
    /// - Parameters:
    ///   - model: its file, in ONNX or ORT format.
    ///   - content: what to load in place of what is in the file, for models that are changed before they are loaded.
    ///   - provider: who needs it, as projects name it: `Local/Moonshine`. Errors speak in its name.
    /// - Throws: `ProviderError` (rejected), which names the file and what to do.
    public func load(
        _ model: String, content: [UInt8]? = nil, for provider: String
    ) throws(ProviderError) -> ModelSession {
        let library = try open(for: provider)
        try Self.check(model, for: provider)
        var session: OpaquePointer?
        let failure =
            content.map { onnx_load(library.pointer, model, $0, $0.count, &session) }
            ?? onnx_load(library.pointer, model, nil, 0, &session)
        guard let session else { throw Self.unusable(model, failure, for: provider) }
        return ModelSession(session, file: model, provider: provider)
    }

    private func open(for provider: String) throws(ProviderError) -> Library {
        let opened = library.withLock { library -> Result<Library, ProviderError> in
            if let library { return .success(library) }
            do throws(ProviderError) { try Self.check(path, for: provider) } catch { return .failure(error) }
            var pointer: OpaquePointer?
            let failure = onnx_open(path, &pointer)
            guard let pointer else { return .failure(Self.unusable(path, failure, for: provider)) }
            let opened = Library(pointer: pointer)
            library = opened
            return .success(opened)
        }
        return try opened.get()
    }

    private static func check(_ file: String, for provider: String) throws(ProviderError) {
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw ProviderError(
                .rejected, provider: provider, message: "cannot read \(file); `parley models fetch` brings it")
        }
    }

    /// `failure` is a message of the library, which this frees.
    private static func unusable(
        _ file: String, _ failure: UnsafeMutablePointer<CChar>?, for provider: String
    ) -> ProviderError {
        let reason = take(failure) ?? "no reason given"
        return ProviderError(
            .rejected, provider: provider,
            message: "\(file) cannot be used; `parley models fetch` brings it anew (\(reason.prefix(200)))")
    }
}

/// The text of a message of the library, which is freed; nil when there is none.
func take(_ message: UnsafeMutablePointer<CChar>?) -> String? {
    guard let message else { return nil }
    defer { free(message) }
    return String(cString: message)
}
