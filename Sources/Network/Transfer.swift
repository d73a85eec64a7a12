import CCurl
import Foundation

/// One request and its answer, on the service thread: what libcurl is told, and what it hands back.
final class Transfer {
    let id: UInt
    let handle: UnsafeMutableRawPointer
    /// When the headers must be here.
    let deadline: ContinuousClock.Instant
    /// The server's name, for errors.
    let place: String
    private let promise: Promise<HTTPAnswer>
    private unowned let loop: TransferLoop
    private let lines: UnsafeMutablePointer<curl_slist>?
    private var head = AnswerHead()
    /// Where the body goes; nil until the headers are here.
    private var store: AnswerBuffer.Store?
    private let mayConnect: (@Sendable ([UInt8]) -> Bool)?
    /// Whether an address was refused.
    private var isForbidden = false
    /// Whether the request has begun to leave.
    private var isSent = false
    /// libcurl's message about a certificate.
    private let detail: UnsafeMutablePointer<CChar>

    init(_ call: HTTPCall, id: UInt, handle: UnsafeMutableRawPointer, promise: Promise<HTTPAnswer>, loop: TransferLoop)
    {
        self.id = id
        self.handle = handle
        self.promise = promise
        self.loop = loop
        mayConnect = call.mayConnect
        deadline = .now + call.answerTimeout
        place = HTTPPlace(call.url)?.name ?? "the server"
        detail = .allocate(capacity: Int(CURL_ERROR_SIZE))
        detail.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        lines = Self.headerLines(of: call)
        setUp(call)
    }

    deinit {
        curl_slist_free_all(lines)
        detail.deallocate()
    }

    private static func headerLines(of call: HTTPCall) -> UnsafeMutablePointer<curl_slist>? {
        // An upload isn't announced first; nor is a type made up.
        var lines = curl_slist_append(nil, "Expect:")
        var hasType = false
        for (name, value) in call.headers {
            switch name.lowercased() {
            case "content-length", "transfer-encoding", "connection", "expect": continue
            case "content-type": hasType = true
            default: break
            }
            // How libcurl is told of a header without a value; with a colon it would leave it out.
            lines = curl_slist_append(lines, value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        return hasType ? lines : curl_slist_append(lines, "Content-Type:")
    }

    private func setUp(_ call: HTTPCall) {
        let owner = Unmanaged.passUnretained(self).toOpaque()
        parley_curl_set_pointer(handle, CURLOPT_PRIVATE, owner)
        parley_curl_set_pointer(handle, CURLOPT_URL, call.url)
        parley_curl_set_pointer(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        parley_curl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)
        parley_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, detail)
        parley_curl_set_callback(handle, CURLOPT_HEADERFUNCTION, headerCallback)
        parley_curl_set_pointer(handle, CURLOPT_HEADERDATA, owner)
        parley_curl_set_callback(handle, CURLOPT_WRITEFUNCTION, bodyCallback)
        parley_curl_set_pointer(handle, CURLOPT_WRITEDATA, owner)
        parley_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // The look-up of a name isn't waited for when its transfer is aborted: all others would wait with it.
        parley_curl_set_long(handle, CURLOPT_QUICK_EXIT, 1)
        parley_curl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        parley_curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        parley_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(call.connectTimeout.milliseconds, 1))
        if let stall = call.stallTimeout {
            // Slower than a byte a second is a stall. A transfer that is paused is not looked at.
            parley_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
            parley_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, max(stall.milliseconds / 1000, 1))
        }
        parley_curl_set_long(handle, CURLOPT_MAXAGE_CONN, loop.limits.idleConnectionSeconds)
        parley_curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        parley_curl_set_long(handle, CURLOPT_TCP_KEEPIDLE, 15)
        parley_curl_set_long(handle, CURLOPT_TCP_KEEPINTVL, 5)
        if let trusted = loop.trusted { parley_curl_set_pointer(handle, CURLOPT_CAINFO, trusted) }
        setMethod(call)
        parley_curl_set_prereq(handle, requestCallback)
        parley_curl_set_pointer(handle, CURLOPT_PREREQDATA, owner)
        if call.isSentOnce { parley_curl_set_long(handle, CURLOPT_FRESH_CONNECT, 1) }
        if mayConnect != nil {
            parley_curl_set_open_socket(handle, socketCallback)
            parley_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, owner)
            // A proxy would look names up itself.
            parley_curl_set_pointer(handle, CURLOPT_NOPROXY, "*")
        }
    }

    private func setMethod(_ call: HTTPCall) {
        if call.method == "HEAD" {
            parley_curl_set_long(handle, CURLOPT_NOBODY, 1)
        } else if !call.body.isEmpty || ["POST", "PUT", "PATCH"].contains(call.method) {
            parley_curl_set_long(handle, CURLOPT_POST, 1)
            parley_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, call.body.count)
            // Copied, as many bytes as was said; without any there is no address, and libcurl wants one.
            call.body.withUnsafeBytes { bytes in
                _ = "".withCString {
                    parley_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer($0))
                }
            }
        }
        if !["HEAD", "GET"].contains(call.method) || !call.body.isEmpty {
            parley_curl_set_pointer(handle, CURLOPT_CUSTOMREQUEST, call.method)
        }
    }

    // MARK: - Where it goes

    /// Whether the address may be connected to; none is one that can't be read.
    private func allows(_ count: Int32, _ bytes: [UInt8]) -> Bool {
        guard let mayConnect else { return true }
        if count > 0, mayConnect(Array(bytes.prefix(Int(count)))) { return true }
        isForbidden = true
        return false
    }

    fileprivate func mayOpen(_ address: UnsafePointer<curl_sockaddr>) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = parley_curl_address_bytes(address, &bytes)
        return allows(count, bytes)
    }

    /// A connection is there, a new one or a kept one, and the request would leave now.
    fileprivate func maySend(to address: UnsafePointer<CChar>?) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = address.map { parley_address_bytes($0, &bytes) } ?? 0
        isSent = allows(count, bytes)
        return isSent
    }

    // MARK: - What comes

    /// The headers are not here yet.
    var isWaiting: Bool { store == nil }

    /// A line of the head, or of the trailers after the body. False aborts.
    fileprivate func headerCame(_ line: UnsafeRawBufferPointer) -> Bool {
        guard isWaiting else { return true }
        switch head.add(line, limit: loop.limits.maxAnswerHeaderBytes) {
        case .more: return true
        case .tooLarge: return false
        case .complete(let status, let headers):
            let store = AnswerBuffer.Store()
            self.store = store
            let body = HTTPBody(buffer: AnswerBuffer(store, loop: loop, transfer: id))
            return promise.settle(.success(HTTPAnswer(status: status, headers: headers, body: body)))
        }
    }

    fileprivate func bodyCame(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let store else { return bytes.count }
        switch store.add(bytes, limit: loop.limits.maxUnreadBytes) {
        case .taken: return bytes.count
        case .pause: return Int(CURL_WRITEFUNC_PAUSE)
        case .abort: return 0
        }
    }

    // MARK: - The end

    /// The error for libcurl's result; nil for success.
    func failure(_ code: CURLcode) -> NetworkError? {
        guard code != CURLE_OK else { return nil }
        // The certificate's fault alone has a text worth its while that can't hold anything of the request.
        let said = code == CURLE_PEER_FAILED_VERIFICATION ? String(cString: detail) : ""
        let reason = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
        if isForbidden, !isSent { return NetworkError(.forbidden, "the address of \(place) may not be asked") }
        guard isWaiting else { return NetworkError(.connectionLost, "the answer of \(place) was cut: \(reason)") }
        if code == CURLE_OPERATION_TIMEDOUT { return NetworkError(.timedOut, "no connection to \(place) in time") }
        if code == CURLE_WRITE_ERROR {
            return NetworkError(.connectionFailed, "the headers of the answer of \(place) are too large")
        }
        return NetworkError(.connectionFailed, "no answer from \(place): \(reason)")
    }

    func ended(_ error: NetworkError?) {
        if let store {
            if let error { store.fail(error) } else { store.complete() }
        } else {
            var error = error ?? NetworkError(.connectionFailed, "\(place) sent no answer")
            error.isUnsent = !isSent
            promise.settle(.failure(error))
        }
    }
}

/// The head of an answer, line by line.
struct AnswerHead {
    private var status = 0
    private var headers: [String: String] = [:]
    private var size = 0

    enum Progress {
        case more, tooLarge
        case complete(status: Int, headers: [String: String])
    }

    mutating func add(_ line: UnsafeRawBufferPointer, limit: Int) -> Progress {
        size += line.count
        guard size <= limit else { return .tooLarge }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
            headers = [:]
        } else if let colon = text.firstIndex(of: ":") {
            let name = text[..<colon].lowercased()
            let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
            headers[name] = headers[name].map { "\($0), \(value)" } ?? value
        } else if text.allSatisfy(\.isNewline), status >= 200 {
            return .complete(status: status, headers: headers)
        }
        return .more
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(clamping: components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

private func headerCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
    guard let owner else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().headerCame(line) ? line.count : 0
}

private func bodyCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
    guard let owner else { return 0 }
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().bodyCame(piece)
}

private func socketCallback(
    _ owner: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let owner, let address, Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().mayOpen(address) else {
        return -1
    }
    let wanted = address.pointee
    return parley_open_socket(wanted.family, wanted.socktype, wanted.protocol)
}

private func requestCallback(
    _ owner: UnsafeMutableRawPointer?, _ address: UnsafeMutablePointer<CChar>?,
    _ ownAddress: UnsafeMutablePointer<CChar>?, _ port: Int32, _ ownPort: Int32
) -> Int32 {
    guard let owner else { return CURL_PREREQFUNC_ABORT }
    let maySend = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().maySend(to: address)
    return maySend ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
