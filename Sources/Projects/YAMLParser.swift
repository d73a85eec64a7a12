import CYAML

/// What libyaml reports, as values. Marks are the beginning of each event.
enum YAMLEvent: Equatable {
    case documentStart, documentEnd, streamEnd
    case alias(String)
    case scalar(String, isPlain: Bool, anchor: String?, tag: String?)
    case sequenceStart(anchor: String?, tag: String?)
    case sequenceEnd
    case mappingStart(anchor: String?, tag: String?)
    case mappingEnd
}

/// libyaml's event parser over one text: the only file of this target that touches C memory.
struct YAMLParser: ~Copyable {
    /// A syntax error. Nothing can be read after it.
    struct SyntaxError: Error, Equatable {
        var mark: Mark
        var message: String
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let bytes: [UInt8]

    /// A parser at the start of `bytes`, which are UTF-8 without NULs.
    init(_ bytes: [UInt8]) throws(SyntaxError) {
        self.bytes = bytes
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // libyaml keeps the pointer, so the bytes live in memory of our own until `deinit`.
        input = .allocate(capacity: max(1, bytes.count))
        _ = input.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            throw SyntaxError(mark: .start, message: "out of memory")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event and where it begins.
    mutating func next() throws(SyntaxError) -> (event: YAMLEvent, mark: Mark) {
        var event = yaml_event_t()
        repeat {
            guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        } while event.type == YAML_STREAM_START_EVENT
        defer { yaml_event_delete(&event) }
        return (Self.value(of: event), Self.mark(event.start_mark))
    }

    private static func value(of event: yaml_event_t) -> YAMLEvent {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return .scalar(
                text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, anchor: string(scalar.anchor),
                tag: string(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .sequenceStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .streamEnd
        }
    }

    private func syntaxError() -> SyntaxError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        switch state.error {
        case YAML_READER_ERROR:
            // A reader error has no mark, only an offset.
            return SyntaxError(
                mark: SourceText.mark(of: min(state.problem_offset, bytes.count), in: bytes), message: problem)
        default:
            let context = state.context.map { String(cString: $0) + " (line \(state.context_mark.line + 1)): " } ?? ""
            return SyntaxError(mark: Self.mark(state.problem_mark), message: context + problem)
        }
    }

    private static func mark(_ mark: yaml_mark_t) -> Mark { Mark(line: mark.line + 1, column: mark.column + 1) }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }
}
