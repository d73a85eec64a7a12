import CWebSockets

/// One connection of a client, on the service thread: the handshake, then the WebSocket.
final class ClientSession: Session {
    private enum Stage {
        /// → open, or the end with the promise broken.
        case connecting(status: Int?, body: [UInt8])
        case open(WebSocketPeer)
    }

    private let id: UInt
    private unowned let loop: ServiceLoop
    private let target: ClientTarget
    private let promise: Promise<WebSocketConnection>
    /// Kept alive until the connection is gone.
    private let owner: WebSocketClient
    private var socket: OpaquePointer?
    /// The subprotocol that the server chose.
    private var agreed: String?
    private var stage = Stage.connecting(status: nil, body: [])

    /// The most of a refusal's body that is kept.
    private static let largestRefusal = 16 << 10

    private init(
        id: UInt, loop: ServiceLoop, target: ClientTarget, promise: Promise<WebSocketConnection>, owner: WebSocketClient
    ) {
        self.id = id
        self.loop = loop
        self.target = target
        self.promise = promise
        self.owner = owner
    }

    static func open(
        _ target: ClientTarget, promise: Promise<WebSocketConnection>, owner: WebSocketClient, on loop: ServiceLoop
    ) {
        guard !promise.isSettled else { return }
        let id = loop.nextSession()
        let hasLongPath = target.hasLongPath
        loop.sessions[id] = ClientSession(id: id, loop: loop, target: target, promise: promise, owner: owner)
        let defaultPort = target.isSecure ? 443 : 80
        let name = target.host.contains(":") ? "[\(target.host)]" : target.host
        let hostHeader = target.port == defaultPort ? name : "\(name):\(target.port)"
        let offered = target.subprotocols.joined(separator: ", ")
        var info = lws_client_connect_info()
        info.context = loop.context
        info.port = Int32(target.port)
        var flags = LCCSCF_HTTP_NO_FOLLOW_REDIRECT.rawValue
        if target.isSecure { flags |= LCCSCF_USE_SSL.rawValue }
        info.ssl_connection = Int32(flags)
        info.ietf_version_or_minus_one = -1
        // The context's holds for a server's connections only.
        info.retry_and_idle_policy = UnsafePointer(loop.storage.noPings)
        info.opaque_user_data = UnsafeMutableRawPointer(bitPattern: id)
        let socket = target.host.withCString { address in
            (hasLongPath ? "/" : target.path).withCString { path in
                hostHeader.withCString { host in
                    offered.withCString { offered in
                        ContextStorage.protocolName.withCString { local in
                            info.address = address
                            info.path = path
                            info.host = host
                            info.protocol = target.subprotocols.isEmpty ? nil : offered
                            info.local_protocol_name = local
                            return lws_client_connect_via_info(&info)
                        }
                    }
                }
            }
        }
        if socket == nil {
            loop.sessions[id] = nil
            promise.fail(.connectionFailed, "can't connect to \(hostHeader)")
        }
    }

    func handle(
        _ reason: lws_callback_reasons, _ socket: OpaquePointer, _ input: UnsafeMutableRawPointer?, _ length: Int
    ) -> Int32 {
        self.socket = socket
        switch reason {
        case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: return appendHeaders(input, length)
        case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP: return answered(socket)
        case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ: return refusalCame(input, length)
        // The library must not reuse the connection: the refusal is its end.
        case LWS_CALLBACK_COMPLETED_CLIENT_HTTP: return -1
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
            failed(input, length)
            return 0
        case LWS_CALLBACK_CLIENT_ESTABLISHED: return opened(socket)
        case LWS_CALLBACK_CLIENT_RECEIVE: return withPeer { $0.receive(socket, input, length) }
        case LWS_CALLBACK_CLIENT_RECEIVE_PONG: return withPeer { $0.receivePong() }
        case LWS_CALLBACK_TIMER: return withPeer { $0.periodIsOver(socket) }
        case LWS_CALLBACK_CLIENT_WRITEABLE: return withPeer { $0.write(socket) }
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: return withPeer { $0.peerCloses(socket, input, length) }
        case LWS_CALLBACK_CLIENT_CLOSED:
            return withPeer {
                $0.ended(socket)
                return 0
            }
        default: return 0
        }
    }

    private func withPeer(_ body: (inout WebSocketPeer) -> Int32) -> Int32 {
        guard case .open(var peer) = stage else { return -1 }
        stage = .connecting(status: nil, body: [])
        defer { stage = .open(peer) }
        return body(&peer)
    }

    // MARK: - The handshake

    private func appendHeaders(_ input: UnsafeMutableRawPointer?, _ room: Int) -> Int32 {
        guard let input else { return -1 }
        let lines = target.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        let place = input.assumingMemoryBound(to: UnsafeMutablePointer<CChar>.self)
        let bytes = Array(lines.utf8)
        guard bytes.count < room else { return -1 }
        UnsafeMutableRawBufferPointer(start: place.pointee, count: room).copyBytes(from: bytes)
        place.pointee += bytes.count
        return target.hasLongPath ? insertPath(place, room - bytes.count) : 0
    }

    /// libwebsockets cuts a request line at 2048 bytes, so it was given `/` alone, and the rest is put in here: the
    /// request so far stands before `place`, from the beginning of the buffer on.
    private func insertPath(_ place: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>, _ room: Int) -> Int32 {
        // The library keeps 12 bytes of the buffer for itself.
        let written = Int(ContextStorage.bufferSize) - 12 - room
        let begin = Array("GET / HTTP/1.1\r\n".utf8)
        let rest = Array(target.path.utf8.dropFirst())
        guard written > begin.count, rest.count < room else { return -1 }
        let request = UnsafeMutableRawPointer(place.pointee - written)
        guard UnsafeRawBufferPointer(start: request, count: begin.count).elementsEqual(begin) else { return -1 }
        (request + 5 + rest.count).copyMemory(from: request + 5, byteCount: written - 5)
        (request + 5).copyMemory(from: rest, byteCount: rest.count)
        place.pointee += rest.count
        return 0
    }

    /// The answer's status and headers are there.
    private func answered(_ socket: OpaquePointer) -> Int32 {
        if promise.isSettled { return -1 }
        let status = Int(lws_http_client_http_response(socket))
        guard status != 101 else {
            agreed = RequestReader(socket: socket, limits: loop.limits).value(of: WSI_TOKEN_PROTOCOL)
            return 0
        }
        stage = .connecting(status: status, body: [])
        var start: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        // What came along of the body is handed to `refusalCame` from inside this call.
        _ = lws_http_client_read(socket, &start, &length)
        return -1
    }

    private func refusalCame(_ input: UnsafeMutableRawPointer?, _ length: Int) -> Int32 {
        guard case .connecting(let status, var body) = stage, let input, length > 0 else { return 0 }
        body.append(contentsOf: UnsafeRawBufferPointer(start: input, count: length).prefix(Self.largestRefusal))
        stage = .connecting(status: status, body: body)
        return 0
    }

    private func failed(_ input: UnsafeMutableRawPointer?, _ length: Int) {
        guard case .connecting(let status, let body) = stage else { return }
        let place = "\(target.host), port \(target.port)"
        if let status {
            promise.fail(.refused(status: status, body: body), "\(place) refused the WebSocket with \(status)")
        } else {
            let bytes = UnsafeRawBufferPointer(start: input, count: input == nil ? 0 : length)
            let detail = String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
            promise.fail(.connectionFailed, "can't connect to \(place)" + (detail.isEmpty ? "" : ": \(detail)"))
        }
    }

    private func opened(_ socket: OpaquePointer) -> Int32 {
        let connection = WebSocketConnection(
            loop: loop, session: id, subprotocol: agreed,
            remoteAddress: RequestReader(socket: socket, limits: loop.limits).remoteAddress())
        let peer = WebSocketPeer(connection: connection, limits: loop.limits)
        stage = .open(peer)
        peer.startPeriod(socket)
        loop.socketOpened()
        guard promise.settle(.success(connection)) else { return -1 }
        return 0
    }

    // MARK: - The socket

    func flush() {
        guard case .open(var peer) = stage, let socket else { return }
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
        switch stage {
        case .open(let peer): peer.connection.close(code: code, reason: reason)
        case .connecting:
            promise.fail(.cancelled, "the client was shut down")
            if let socket { lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, parley_lws_kill_soon) }
        }
    }

    func destroyed() {
        socket = nil
        switch stage {
        case .open(let peer):
            peer.ended(nil)
            loop.socketEnded()
        case .connecting: failed(nil, 0)
        }
        stage = .connecting(status: nil, body: [])
    }
}
