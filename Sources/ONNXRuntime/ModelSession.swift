import Foundation
import ONNXTable
import ProviderKit

/// One model, loaded. Any number of threads may run it at the same time; each run computes on the thread that asked.
public final class ModelSession: Sendable {
    // The library lets sessions be run by many threads at once.
    nonisolated(unsafe) let pointer: OpaquePointer
    private let file: String
    private let provider: String

    /// Takes over `session`, which was loaded from `file`.
    init(_ session: OpaquePointer, file: String, provider: String) {
        (pointer, self.file, self.provider) = (session, file, provider)
    }

    deinit { onnx_unload(pointer) }

    /// Runs the model; blocks until it has computed. An output can be an input of the next run without a copy.
    /// - Parameters:
    ///   - inputs: the tensors, by the model's names for them.
    ///   - outputs: the names of what is wanted.
    ///   - stop: ends the run when it is raised, within some milliseconds; the run then fails.
    /// - Returns: the tensors of `outputs`, in this order.
    /// - Throws: `ProviderError` when the model has no such inputs or outputs, or takes other types or shapes.
    public func run(
        _ inputs: [String: Tensor], outputs: [String], stop: StopFlag? = nil
    ) throws(ProviderError) -> [Tensor] {
        guard let stop else { return try run(Array(inputs), outputs, stop: nil) }
        var made: OpaquePointer?
        if let reason = take(onnx_make_stop(pointer, &made)) { throw failed(reason) }
        guard let made else { throw failed("no memory") }
        defer { onnx_free_stop(pointer, made) }
        let running = Running(stop: made)
        return try stop.interrupting {
            onnx_raise_stop(self.pointer, running.stop)
        } during: { () throws(ProviderError) in
            try run(Array(inputs), outputs, stop: made)
        }
    }

    /// The library lets any thread stop a run.
    private struct Running: Sendable {
        nonisolated(unsafe) let stop: OpaquePointer
    }

    private func failed(_ reason: String) -> ProviderError {
        ProviderError(.rejected, provider: provider, message: "\(file) failed: \(reason.prefix(200))")
    }

    private func run(
        _ inputs: [(key: String, value: Tensor)], _ outputs: [String], stop: OpaquePointer?
    ) throws(ProviderError) -> [Tensor] {
        let inputNames = CStrings(inputs.map(\.key))
        let outputNames = CStrings(outputs)
        let shapes = inputs.flatMap { $0.value.shape.map(Int64.init) }
        var values = [OpaquePointer?](repeating: nil, count: outputs.count)
        let failure = shapes.withUnsafeBufferPointer { shapes in
            var start = 0
            let tensors = inputs.map { _, tensor in
                defer { start += tensor.shape.count }
                return onnx_tensor(
                    data: tensor.memory.base, bytes: tensor.memory.count, shape: shapes.baseAddress.map { $0 + start },
                    rank: tensor.shape.count, type: tensor.element.code)
            }
            return onnx_run(
                pointer, stop, inputNames.pointers, tensors, inputs.count, outputNames.pointers, outputs.count, &values)
        }
        // The library only borrows what the tensors own.
        withExtendedLifetime((inputs, inputNames, outputNames)) {}
        if let reason = take(failure) { throw failed(reason) }
        return try tensors(of: values.compactMap { $0 })
    }

    /// Wraps the values, each of which is released with its tensor, or at once when one of them is not understood.
    private func tensors(of values: [OpaquePointer]) throws(ProviderError) -> [Tensor] {
        var tensors: [Tensor] = []
        for (index, value) in values.enumerated() {
            var shape = [Int64](repeating: 0, count: 8)
            var tensor = onnx_tensor()
            let failure = shape.withUnsafeMutableBufferPointer {
                onnx_inspect(pointer, value, $0.baseAddress, $0.count, &tensor)
            }
            guard failure == nil, let base = tensor.data, let element = Tensor.Element(code: tensor.type) else {
                for rest in values[index...] { onnx_release(pointer, rest) }
                throw ProviderError(
                    .rejected, provider: provider,
                    message: "\(file) gave an output that is not understood (\(take(failure) ?? "no data"))")
            }
            tensors.append(
                Tensor(
                    shape: shape.prefix(tensor.rank).map(Int.init), element: element,
                    memory: TensorMemory(of: value, made: self, base: base, count: tensor.bytes)))
        }
        return tensors
    }
}

/// Strings as C takes a list of them, for as long as this lives.
private final class CStrings {
    private let owned: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { owned = strings.map { strdup($0) } }
    deinit { owned.forEach { free($0) } }

    /// The strings' places.
    var pointers: [UnsafePointer<CChar>?] { owned.map { UnsafePointer($0) } }
}
