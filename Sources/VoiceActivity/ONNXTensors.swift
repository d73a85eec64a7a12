/// The float tensors that an ONNX file carries as initialisers, found by name.
///
/// Reads just enough of the protobuf wire format: ModelProto.graph (7) → GraphProto.initializer (5) → TensorProto
/// dims (1), data_type (2), name (8), raw_data (9). Anything else is skipped by its wire type.
struct ONNXTensors {
    /// One tensor: its shape, and where its little-endian floats lie in the file.
    private struct Entry {
        var shape: [Int] = []
        var type = 0
        var name = ""
        var data = 0..<0
    }

    private let file: UnsafeRawBufferPointer
    private var entries: [String: Entry] = [:]

    /// Indexes the initialisers of `file`, which must stay valid as long as this value is used.
    init(reading file: UnsafeRawBufferPointer) throws(SileroError) {
        self.file = file
        var model = ProtobufFields(file, in: 0..<file.count)
        while let field = try model.next() {
            guard field.number == 7 else { continue }
            var graph = ProtobufFields(file, in: field.content)
            while let member = try graph.next() {
                guard member.number == 5 else { continue }
                let entry = try Self.entry(ProtobufFields(file, in: member.content), file)
                entries[entry.name] = entry
            }
        }
    }

    private static func entry(
        _ fields: ProtobufFields, _ file: UnsafeRawBufferPointer
    ) throws(SileroError) -> Entry {
        var fields = fields
        var entry = Entry()
        while let field = try fields.next() {
            switch field.number {
            case 1 where field.isBytes:
                var packed = ProtobufFields(file, in: field.content)
                while !packed.isAtEnd { entry.shape.append(Int(truncatingIfNeeded: try packed.varint())) }
            case 1: entry.shape.append(Int(truncatingIfNeeded: field.value))
            case 2: entry.type = Int(truncatingIfNeeded: field.value)
            case 8: entry.name = String(decoding: file[field.content], as: UTF8.self)
            case 9: entry.data = field.content
            default: break
            }
        }
        return entry
    }

    /// The elements of the tensor `name`, row-major.
    func floats(_ name: String, shape: [Int]) throws(SileroError) -> [Float] {
        guard let entry = entries[name] else {
            throw SileroError(code: .missingTensor, message: "The network's file has no tensor \(name).")
        }
        let count = shape.reduce(1, *)
        guard entry.type == 1, entry.shape == shape, entry.data.count == 4 * count else {
            throw SileroError(
                code: .unexpectedShape,
                message: "Tensor \(name) is \(entry.shape) of element type \(entry.type) in \(entry.data.count) bytes; "
                    + "expected \(shape) of type 1 (float) in \(4 * count) bytes.")
        }
        return (0..<count).map { index in
            let bits = file.loadUnaligned(fromByteOffset: entry.data.lowerBound + 4 * index, as: UInt32.self)
            return Float(bitPattern: UInt32(littleEndian: bits))
        }
    }
}

/// The fields of one protobuf message, one after another.
private struct ProtobufFields {
    struct Field {
        var number: Int
        /// The number, for fields that are one.
        var value: UInt64 = 0
        /// Where the content lies in the file, for fields made of bytes.
        var content = 0..<0
        var isBytes = false
    }

    private let file: UnsafeRawBufferPointer
    private var offset: Int
    private let end: Int

    init(_ file: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.file = file
        offset = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { offset >= end }

    mutating func next() throws(SileroError) -> Field? {
        guard !isAtEnd else { return nil }
        let start = offset
        let key = try varint()
        var field = Field(number: Int(truncatingIfNeeded: key >> 3))
        switch key & 7 {
        case 0: field.value = try varint()
        case 1: try skip(8)
        case 5: try skip(4)
        case 2:
            let length = try varint()
            guard length <= UInt64(end - offset) else { throw malformed("a field runs past the end", at: start) }
            field.content = offset..<offset + Int(length)
            field.isBytes = true
            offset += Int(length)
        default: throw malformed("unknown wire type \(key & 7)", at: start)
        }
        return field
    }

    mutating func varint() throws(SileroError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard offset < end else { throw malformed("a number is cut off", at: start) }
            let byte = file[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw malformed("a number is longer than ten bytes", at: start)
    }

    private mutating func skip(_ count: Int) throws(SileroError) {
        guard end - offset >= count else { throw malformed("a field runs past the end", at: offset) }
        offset += count
    }

    private func malformed(_ what: String, at offset: Int) -> SileroError {
        SileroError(code: .malformedFile, message: "The network's file is damaged at byte \(offset): \(what).")
    }
}
