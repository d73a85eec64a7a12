import ONNXTable

/// An array of numbers with a shape, as models take and give them. Never changes once it is made.
public struct Tensor: Sendable {
    /// The type of the elements.
    public enum Element: Sendable { case float, int64, bool }

    /// The length of each dimension; none for a single number.
    public let shape: [Int]
    /// The type of the elements.
    public let element: Element
    let memory: TensorMemory

    init(shape: [Int], element: Element, memory: TensorMemory) {
        (self.shape, self.element, self.memory) = (shape, element, memory)
    }

    /// A tensor of `values` in row-major order; the lengths of `shape` multiply to their number.
    public init(_ values: [Float], shape: [Int]) { self.init(values, shape, .float) }

    /// A tensor of `values` in row-major order; the lengths of `shape` multiply to their number.
    public init(_ values: [Int64], shape: [Int]) { self.init(values, shape, .int64) }

    /// A tensor of `values` in row-major order; the lengths of `shape` multiply to their number.
    public init(_ values: [Bool], shape: [Int]) { self.init(values, shape, .bool) }

    private init<Value>(_ values: [Value], _ shape: [Int], _ element: Element) {
        precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count, "the shape fits the values")
        self.init(shape: shape, element: element, memory: values.withUnsafeBytes { TensorMemory(copying: $0) })
    }

    /// Its elements in row-major order; nil when they are no floats.
    public var floats: [Float]? { withFloats { Array($0) } }

    /// Its elements in row-major order; nil when they are no integers.
    public var int64s: [Int64]? {
        element == .int64 ? memory.with { Array($0.bindMemory(to: Int64.self)) } : nil
    }

    /// Its elements in row-major order; nil when they are no truth values.
    public var bools: [Bool]? {
        element == .bool ? memory.with { $0.map { $0 != 0 } } : nil
    }

    /// What `body` makes of the elements in row-major order, without a copy of them; nil when they are no floats.
    public func withFloats<Value>(_ body: (UnsafeBufferPointer<Float>) throws -> Value) rethrows -> Value? {
        element == .float ? try memory.with { try body($0.bindMemory(to: Float.self)) } : nil
    }
}

extension Tensor.Element {
    /// The library's number for it.
    var code: Int32 {
        switch self {
        case .float: Int32(ONNX_FLOAT)
        case .int64: Int32(ONNX_INT64)
        case .bool: Int32(ONNX_BOOL)
        }
    }

    init?(code: Int32) {
        switch Int(code) {
        case ONNX_FLOAT: self = .float
        case ONNX_INT64: self = .int64
        case ONNX_BOOL: self = .bool
        default: return nil
        }
    }
}

/// The memory of a tensor: our own, or that of a value which the library made and this releases.
final class TensorMemory: Sendable {
    private enum Owner {
        case ourselves
        /// The session stays, since its allocator made the value.
        case library(ModelSession, OpaquePointer)
    }

    // Written before anybody else sees it and never again, so all threads may read it.
    nonisolated(unsafe) let base: UnsafeMutableRawPointer
    let count: Int
    private nonisolated(unsafe) let owner: Owner

    init(copying bytes: UnsafeRawBufferPointer) {
        base = .allocate(byteCount: max(1, bytes.count), alignment: 64)
        count = bytes.count
        owner = .ourselves
        if let source = bytes.baseAddress { base.copyMemory(from: source, byteCount: bytes.count) }
    }

    /// Takes over `value`, whose elements are the `count` bytes at `base`.
    init(of value: OpaquePointer, made session: ModelSession, base: UnsafeMutableRawPointer, count: Int) {
        (self.base, self.count) = (base, count)
        owner = .library(session, value)
    }

    deinit {
        switch owner {
        case .ourselves: base.deallocate()
        case .library(let session, let value): onnx_release(session.pointer, value)
        }
    }

    func with<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }
}
