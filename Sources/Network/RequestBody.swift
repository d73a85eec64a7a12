/// How the body of a request comes, as its headers have it.
enum BodyFraming {
    /// There is no body. `mustClose` if the library waits for one anyway.
    case none(mustClose: Bool)
    case sized(Int)
    case chunked
    /// It can't be told where the request ends.
    case wrong(HTTPResponse)

    init(of request: HTTPRequest) {
        func wrong(_ status: Int, _ code: String, _ message: String) -> BodyFraming {
            .wrong(.problem(status, code: code, message: message))
        }
        let mayHaveBody = ["POST", "PUT", "PATCH"].contains(request.method)
        if let encoding = request.headers["transfer-encoding"] {
            guard encoding.lowercased() == "chunked", mayHaveBody else {
                self = wrong(411, "length_required", "Send the body with a Content-Length, or in chunks.")
                return
            }
            guard request.headers["content-length"] == nil else {
                self = wrong(400, "bad_request", "A body has a Content-Length or comes in chunks, not both.")
                return
            }
            self = .chunked
            return
        }
        guard let declared = request.headers["content-length"] else {
            // The library waits for a body after these methods: without a length it has none and the connection no
            // second request.
            self = .none(mustClose: mayHaveBody)
            return
        }
        guard let size = Int(declared), size >= 0, declared.utf8.allSatisfy({ (48...57).contains($0) }) else {
            self = wrong(400, "bad_request", "Content-Length is not a number.")
            return
        }
        self = size == 0 ? .none(mustClose: false) : .sized(size)
    }
}

/// The part of a request's body that has arrived.
struct RequestBody {
    /// nil: it comes with a length, which the library counts down.
    private var chunks: ChunkDecoder?
    private var size = 0
    private var received = 0
    private let limit: Int
    private(set) var bytes: [UInt8] = []

    /// More than this of a body that is too large isn't even read and thrown away.
    static let largestDiscard = 64 << 20

    /// A body of `size` bytes; `limit` is the most that is kept of one in chunks.
    init(size: Int?, limit: Int) {
        self.limit = limit
        if let size { bytes.reserveCapacity(size) } else { chunks = ChunkDecoder() }
    }

    var isTooLarge: Bool { size > limit }

    enum Progress { case more, complete, wrong }

    mutating func add(_ input: UnsafeRawBufferPointer) -> Progress {
        received += input.count
        guard received <= Self.largestDiscard else { return .wrong }
        guard var decoder = chunks else {
            keep(input)
            return .more
        }
        defer { chunks = decoder }
        return decoder.decode(input) { keep($0) }
    }

    private mutating func keep(_ part: UnsafeRawBufferPointer) {
        size += part.count
        if isTooLarge { bytes = [] } else { bytes.append(contentsOf: part) }
    }
}

/// Takes the chunks of HTTP/1.1 apart, however they are cut into pieces.
struct ChunkDecoder {
    private enum State {
        /// → extra, sizeEnd.
        case size(Int, digits: Int)
        /// What may follow the size, to the end of the line. → sizeEnd.
        case extra(Int)
        /// → data, or trailer after the last chunk.
        case sizeEnd(Int)
        /// → dataEnd.
        case data(left: Int)
        /// → size.
        case dataEnd(needsCR: Bool)
        /// The lines after the last chunk, the empty one being the end. → trailer, done.
        case trailer(length: Int)
        case trailerEnd(isLast: Bool)
        case done
        case wrong
    }

    private var state = State.size(0, digits: 0)

    /// Hands the payload in `input` to `take`.
    mutating func decode(
        _ input: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void
    ) -> RequestBody.Progress {
        var place = 0
        while place < input.count {
            if case .data(let left) = state {
                let count = min(left, input.count - place)
                take(UnsafeRawBufferPointer(rebasing: input[place..<place + count]))
                place += count
                state = count == left ? .dataEnd(needsCR: true) : .data(left: left - count)
            } else {
                state = next(input[place])
                place += 1
            }
            if case .wrong = state { return .wrong }
        }
        if case .done = state { return .complete }
        return .more
    }

    private func next(_ byte: UInt8) -> State {
        let (cr, lf) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        switch state {
        case .size(let size, let digits):
            if let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 128 {
                // Seven digits are 256 MiB, more than any body that is taken.
                return digits < 7 ? .size(size << 4 | digit, digits: digits + 1) : .wrong
            }
            guard digits > 0 else { return .wrong }
            return byte == cr ? .sizeEnd(size) : [UInt8(ascii: ";"), 32, 9].contains(byte) ? .extra(size) : .wrong
        case .extra(let size): return byte == cr ? .sizeEnd(size) : byte == lf ? .wrong : state
        case .sizeEnd(let size): return byte != lf ? .wrong : size == 0 ? .trailer(length: 0) : .data(left: size)
        case .dataEnd(let needsCR):
            guard byte == (needsCR ? cr : lf) else { return .wrong }
            return needsCR ? .dataEnd(needsCR: false) : .size(0, digits: 0)
        case .trailer(let length):
            return byte == cr ? .trailerEnd(isLast: length == 0) : byte == lf ? .wrong : .trailer(length: length + 1)
        case .trailerEnd(let isLast): return byte != lf ? .wrong : isLast ? .done : .trailer(length: 0)
        case .data, .done, .wrong: return .wrong
        }
    }
}
