import CWebSockets
import Foundation

/// One connection of a server, on the service thread: requests one after the other, perhaps a WebSocket in the end.
final class ServerSession: Session {
    private enum Stage {
        /// Between requests. → collecting, answering, writing, upgrading.
        case idle
        /// The body is coming. → answering.
        case collecting(HTTPRequest, RequestBody, closing: Bool)
        /// The handler works; nothing is read meanwhile. → writing, streaming.
        case answering(isHead: Bool, closing: Bool)
        /// The answer leaves. → flushing.
        case writing(bytes: [UInt8], offset: Int, closing: Bool)
        /// The answer is written as it comes, `head` first. → flushing, or the end.
        case streaming(HTTPResponseWriter, head: [UInt8]?, closing: Bool)
        /// Its last part is with the library, or with the kernel. → idle, or the end.
        case flushing(closing: Bool)
        /// The handshake was accepted and the library answers it. → open.
        case upgrading(
            HTTPRequest, subprotocol: String?, maxMessageBytes: Int?,
            serve: @Sendable (WebSocketConnection) async -> Void)
        /// A WebSocket. The end follows.
        case open(WebSocketPeer)
    }

    private let id: UInt
    private unowned let loop: ServiceLoop
    private let service: ServerJobs
    private var socket: OpaquePointer?
    private var stage = Stage.idle
    private var stopping = false
    private var answersOnThisConnection = 0

    /// The part of an answer that is written at a time.
    private static let chunk = 64 << 10

    private init(id: UInt, loop: ServiceLoop, service: ServerJobs) {
        self.id = id
        self.loop = loop
        self.service = service
    }

    /// Takes over an accepted connection.
    static func adopt(_ descriptor: Int32, on loop: ServiceLoop) {
        guard let service = loop.jobs else { return }
        let id = loop.nextSession()
        loop.sessions[id] = ServerSession(id: id, loop: loop, service: service)
        var description = lws_adopt_desc_t()
        description.vh = loop.vhost
        description.type = lws_adoption_type(rawValue: LWS_ADOPT_SOCKET.rawValue | LWS_ADOPT_HTTP.rawValue)
        description.fd.sockfd = descriptor
        description.opaque = UnsafeMutableRawPointer(bitPattern: id)
        // On failure the library has closed the descriptor.
        if lws_adopt_descriptor_vhost_via_info(&description) == nil { loop.sessions[id] = nil }
    }

    func handle(
        _ reason: lws_callback_reasons, _ socket: OpaquePointer, _ input: UnsafeMutableRawPointer?, _ length: Int
    ) -> Int32 {
        self.socket = socket
        switch reason {
        case LWS_CALLBACK_HTTP: return requestCame(socket)
        case LWS_CALLBACK_HTTP_BODY: return bodyCame(socket, input, length)
        case LWS_CALLBACK_HTTP_BODY_COMPLETION:
            return bodyIsComplete(socket)
        case LWS_CALLBACK_HTTP_WRITEABLE: return write(socket)
        case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return confirmUpgrade(socket)
        case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
            if case .upgrading(_, nil, _, _) = stage { loop.subprotocolName.conceal() }
            return 0
        case LWS_CALLBACK_ESTABLISHED: return opened(socket)
        case LWS_CALLBACK_RECEIVE: return withPeer { $0.receive(socket, input, length) }
        case LWS_CALLBACK_RECEIVE_PONG: return withPeer { $0.receivePong() }
        case LWS_CALLBACK_TIMER: return withPeer { $0.periodIsOver(socket) }
        case LWS_CALLBACK_SERVER_WRITEABLE: return withPeer { $0.write(socket) }
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: return withPeer { $0.peerCloses(socket, input, length) }
        case LWS_CALLBACK_CLOSED:
            return withPeer {
                $0.ended(socket)
                return 0
            }
        default: return 0
        }
    }

    private func withPeer(_ body: (inout WebSocketPeer) -> Int32) -> Int32 {
        guard case .open(var peer) = stage else { return -1 }
        // Taken out for the while: two references would copy the fragments collected so far.
        stage = .idle
        defer { stage = .open(peer) }
        return body(&peer)
    }

    // MARK: - HTTP

    private func requestCame(_ socket: OpaquePointer) -> Int32 {
        guard case .idle = stage, let request = RequestReader(socket: socket, limits: loop.limits).read() else {
            return answerAtOnce(.problem(400, code: "bad_request", message: "The request can't be read."), socket)
        }
        // The library itself ends an HTTP/1.0 connection after the answer.
        let closing = request.headers["connection"]?.lowercased() == "close"
        let framing = BodyFraming(of: request)
        switch framing {
        case .wrong(let response): return answerAtOnce(response, socket)
        case .none(let mustClose):
            dispatch(request, socket, closing: closing || mustClose)
            return 0
        case .sized, .chunked: break
        }
        if wasReadAhead(socket) {
            let message = "Send a request with a body after the answer to the one before, or on a new connection."
            return answerAtOnce(.problem(400, code: "pipelined_body", message: message), socket)
        }
        if case .sized(let size) = framing {
            if size > loop.limits.maxBodyBytes { return refuseBody(size, socket) }
            stage = .collecting(request, RequestBody(size: size, limit: loop.limits.maxBodyBytes), closing: closing)
        } else {
            // The library knows nothing of chunks, nor where they end: this request is the connection's last.
            stage = .collecting(request, RequestBody(size: nil, limit: loop.limits.maxBodyBytes), closing: true)
        }
        return request.headers["expect"]?.lowercased() == "100-continue" ? send(HTTPResponse.goOn, socket) : 0
    }

    /// Whether the library has this request, or what follows it, in its own buffer of input read ahead. If the body and
    /// a byte more are there too, 4.1 goes round for ever, and the whole server with it: a request with a body must not
    /// come out of that buffer. There is no direct question for it, but the library says whether it would sleep; its
    /// answer changes with this connection's reading. When others have input waiting it doesn't, and we err safely.
    private func wasReadAhead(_ socket: OpaquePointer) -> Bool {
        guard lws_service_adjust_timeout(loop.context, 1, 0) == 0 else { return false }
        lws_rx_flow_control(socket, 0)
        defer { lws_rx_flow_control(socket, 1) }
        let othersWait = lws_service_adjust_timeout(loop.context, 1, 0) == 0
        return !othersWait || answersOnThisConnection > 0
    }

    private func refuseBody(_ size: Int, _ socket: OpaquePointer) -> Int32 {
        guard size <= RequestBody.largestDiscard else { return answerAtOnce(tooLarge, socket) }
        // The rest must be read, or the reset that follows unread data could overtake the answer.
        guard send(tooLarge, socket, isHead: false, closing: false) == 0 else { return -1 }
        return lws_http_transaction_completed(socket) == 0 ? 0 : -1
    }

    private var tooLarge: HTTPResponse {
        .problem(
            413, code: "content_too_large", message: "A body may have \(loop.limits.maxBodyBytes) bytes.")
    }

    private func bodyCame(_ socket: OpaquePointer, _ input: UnsafeMutableRawPointer?, _ length: Int) -> Int32 {
        guard case .collecting(let request, var body, let closing) = stage, let input, length > 0 else { return 0 }
        // Moved out temporarily, to avoid a copy-on-write.
        stage = .idle
        let progress = body.add(UnsafeRawBufferPointer(start: input, count: length))
        stage = .collecting(request, body, closing: closing)
        switch progress {
        case .more: return 0
        case .complete: return bodyIsComplete(socket)
        case .wrong:
            return answerAtOnce(.problem(400, code: "bad_request", message: "The body can't be read."), socket)
        }
    }

    private func bodyIsComplete(_ socket: OpaquePointer) -> Int32 {
        guard case .collecting(var request, let body, let closing) = stage else { return 0 }
        if body.isTooLarge { return answerAtOnce(tooLarge, socket) }
        request.body = body.bytes
        dispatch(request, socket, closing: closing)
        return 0
    }

    private func dispatch(_ request: HTTPRequest, _ socket: OpaquePointer, closing: Bool) {
        stage = .answering(isHead: request.method == "HEAD", closing: closing)
        // No second request until this one is answered, and as long as it takes.
        lws_rx_flow_control(socket, 0)
        lws_set_timeout(socket, NO_PENDING_TIMEOUT, 0)
        let version = RequestReader(socket: socket, limits: loop.limits).value(of: WSI_TOKEN_HTTP)
        service.respond(to: request, loop: loop, session: id, canChunk: version?.hasPrefix("HTTP/1.0") != true)
    }

    /// The handler is ready.
    func answer(_ response: HTTPResponse) {
        guard case .answering(let isHead, let closing) = stage, let socket else { return }
        let ends = closing || stopping
        stage = .writing(bytes: response.wire(isHead: isHead, closing: ends), offset: 0, closing: ends)
        // While reading is off the library doesn't write either (4.1, HTTP only).
        lws_rx_flow_control(socket, 1)
        lws_callback_on_writable(socket)
    }

    /// The handler is ready, but for the body, which comes from `writer`.
    func stream(_ response: HTTPResponse, _ writer: HTTPResponseWriter) {
        guard case .answering(_, let closing) = stage, let socket else { return writer.over() }
        let ends = closing || stopping || !writer.isChunked
        let head = HTTPResponse.padded(response.head(closing: ends, isChunked: writer.isChunked))
        stage = .streaming(writer, head: head, closing: ends)
        // Else a client that goes away would not be seen before the next write.
        loop.writers[id] = self
        lws_rx_flow_control(socket, 1)
        lws_callback_on_writable(socket)
    }

    private func writeStream(
        _ writer: HTTPResponseWriter, head: [UInt8]?, closing: Bool, _ socket: OpaquePointer
    ) -> Int32 {
        if let head {
            stage = .streaming(writer, head: nil, closing: closing)
            guard send(head, socket) == 0 else { return -1 }
        }
        // One connection must not starve the others.
        for _ in 0..<16 {
            if lws_partial_buffered(socket) != 0 { break }
            switch writer.next() {
            case .piece(let piece): guard send(piece, socket) == 0 else { return -1 }
            case .wait:
                lws_set_timeout(socket, NO_PENDING_TIMEOUT, 0)
                return 0
            case .end(isCut: true): return -1
            case .end(isCut: false):
                stage = .flushing(closing: closing)
                writer.over()
                if writer.isChunked { guard send(HTTPResponse.lastChunk, socket) == 0 else { return -1 } }
                if lws_partial_buffered(socket) == 0 { return answered(socket, closing: closing) }
            }
        }
        lws_set_timeout(socket, PENDING_TIMEOUT_HTTP_CONTENT, Int32(clamping: loop.limits.requestSeconds))
        lws_callback_on_writable(socket)
        return 0
    }

    private func write(_ socket: OpaquePointer) -> Int32 {
        switch stage {
        case .streaming(let writer, let head, let closing):
            return writeStream(writer, head: head, closing: closing, socket)
        case .writing(let bytes, let offset, let closing):
            stage = .idle
            return write(bytes, from: offset, closing: closing, socket)
        case .flushing(let closing): return answered(socket, closing: closing)
        default: return 0
        }
    }

    private func write(_ bytes: [UInt8], from offset: Int, closing: Bool, _ socket: OpaquePointer) -> Int32 {
        let start = max(offset, WebSocketConnection.framePadding)
        let end = min(bytes.count, start + Self.chunk)
        let kind = end == bytes.count ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP
        let written = bytes.withUnsafeBufferPointer { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return -1 }
            // Declared mutable for WebSocket's masking; HTTP's bytes are only read.
            return lws_write(socket, UnsafeMutablePointer(mutating: base + start), end - start, kind)
        }
        guard written >= 0 else { return -1 }
        if end < bytes.count {
            stage = .writing(bytes: bytes, offset: end, closing: closing)
        } else if lws_partial_buffered(socket) != 0 {
            stage = .flushing(closing: closing)
        } else {
            return answered(socket, closing: closing)
        }
        loop.writers[id] = self
        lws_set_timeout(socket, PENDING_TIMEOUT_HTTP_CONTENT, Int32(clamping: loop.limits.requestSeconds))
        lws_callback_on_writable(socket)
        return 0
    }

    /// The answer has left: next request, or the end.
    private func answered(_ socket: OpaquePointer, closing: Bool) -> Int32 {
        stage = .idle
        loop.writers[id] = nil
        // An answer that was under way when the server began to stop did not know it: it must not leave an idle
        // connection behind, which would hold up the end.
        if closing || stopping { return -1 }
        answersOnThisConnection += 1
        return lws_http_transaction_completed(socket) == 0 ? 0 : -1
    }

    /// Throws away what comes while a long answer leaves, after which the connection ends. The library looks at no
    /// input then but is woken by it without end: a pipelined request behind an answer that isn't read would keep the
    /// thread busy.
    func discardInput() {
        guard let socket else { return }
        var scratch: [UInt8] = Array(repeating: 0, count: 4096)
        let count = recv(lws_get_socket_fd(socket), &scratch, scratch.count, Int32(MSG_DONTWAIT))
        // Now, since a timeout would be forgotten when the rest of the answer sets another.
        if count == 0 { lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, parley_lws_kill_now) }
        guard count > 0 else { return }
        switch stage {
        case .writing(let bytes, let offset, _): stage = .writing(bytes: bytes, offset: offset, closing: true)
        case .streaming(let writer, let head, _): stage = .streaming(writer, head: head, closing: true)
        case .flushing: stage = .flushing(closing: true)
        default: break
        }
    }

    /// Sends a small answer that needs no handler, and closes.
    private func answerAtOnce(_ response: HTTPResponse, _ socket: OpaquePointer) -> Int32 {
        _ = send(response, socket, isHead: false, closing: true)
        return -1
    }

    private func send(_ response: HTTPResponse, _ socket: OpaquePointer, isHead: Bool, closing: Bool) -> Int32 {
        send(response.wire(isHead: isHead, closing: closing), socket)
    }

    private func send(_ wire: [UInt8], _ socket: OpaquePointer) -> Int32 {
        let padding = WebSocketConnection.framePadding
        var bytes = wire
        let written = bytes.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return -1 }
            return lws_write(socket, base + padding, buffer.count - padding, LWS_WRITE_HTTP)
        }
        return written >= 0 ? 0 : -1
    }

    // MARK: - WebSocket

    private func confirmUpgrade(_ socket: OpaquePointer) -> Int32 {
        // After an upgrade to something unknown the library has answered and forgotten the headers, and asks us still.
        guard lws_hdr_total_length(socket, WSI_TOKEN_UPGRADE) > 0 else { return -1 }
        let reader = RequestReader(socket: socket, limits: loop.limits)
        guard let request = reader.read() else {
            return answerAtOnce(.problem(400, code: "bad_request", message: "The request can't be read."), socket)
        }
        if let problem = Handshake.problem(of: request) { return answerAtOnce(problem, socket) }
        guard !stopping else {
            let message = "The server is about to stop."
            return answerAtOnce(.problem(503, code: "stopping", message: message), socket)
        }
        switch service.handler.upgrade(request) {
        case .refuse(let response): return answerAtOnce(response, socket)
        case .accept(let wanted, let maxMessageBytes, let serve):
            let offered = request.offeredSubprotocols
            let chosen = wanted.flatMap { offered.contains($0) ? $0 : nil }
            if let named = chosen ?? offered.first { loop.subprotocolName.offer(named) }
            stage = .upgrading(request, subprotocol: chosen, maxMessageBytes: maxMessageBytes, serve: serve)
            return 0
        }
    }

    private func opened(_ socket: OpaquePointer) -> Int32 {
        guard case .upgrading(let request, let subprotocol, let maxMessageBytes, let serve) = stage else { return -1 }
        let connection = WebSocketConnection(
            loop: loop, session: id, subprotocol: subprotocol, remoteAddress: request.remoteAddress)
        var limits = loop.limits
        limits.maxMessageBytes = maxMessageBytes ?? limits.maxMessageBytes
        let peer = WebSocketPeer(connection: connection, limits: limits)
        stage = .open(peer)
        peer.startPeriod(socket)
        loop.socketOpened()
        service.serve(connection, with: serve)
        return 0
    }

    func flush() {
        guard let socket else { return }
        if case .streaming = stage { lws_callback_on_writable(socket) }
        guard case .open(var peer) = stage else { return }
        stage = .idle
        peer.flush(socket)
        stage = .open(peer)
    }

    func resumeReading() {
        if let socket { lws_rx_flow_control(socket, 1) }
    }

    func abort() {
        if let socket { lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, parley_lws_kill_now) }
    }

    func shutDown(code: UInt16, reason: String) {
        stopping = true
        switch stage {
        case .open(let peer): peer.connection.close(code: code, reason: reason)
        case .answering, .writing, .streaming, .flushing: break
        case .idle, .collecting, .upgrading:
            if let socket { lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, parley_lws_kill_soon) }
        }
    }

    func destroyed() {
        socket = nil
        loop.writers[id] = nil
        switch stage {
        case .open(let peer):
            peer.ended(nil)
            loop.socketEnded()
        case .streaming(let writer, _, _): writer.over()
        default: break
        }
        stage = .idle
    }
}
