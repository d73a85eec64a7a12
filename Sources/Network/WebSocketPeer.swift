import CWebSockets

/// The service thread's side of an open WebSocket: puts fragments together, writes what is queued. The same for both
/// roles.
struct WebSocketPeer {
    let connection: WebSocketConnection
    private let limits: NetworkLimits
    private var message: PartialMessage?
    private var ending: WebSocketEnding?
    private var deadlineSet = false
    /// Periods of `NetworkLimits.pingSeconds` that ended since the peer was last heard.
    private var silentPeriods = 0
    private var pingIsDue = false

    /// Fragments so far.
    private struct PartialMessage {
        let isText: Bool
        var size = 0
        var bytes: [UInt8] = []
    }

    init(connection: WebSocketConnection, limits: NetworkLimits) {
        self.connection = connection
        self.limits = limits
    }

    /// The most that one writable event sends, so that one connection can't starve the others.
    private static let burst = 32

    mutating func receive(_ socket: OpaquePointer, _ input: UnsafeMutableRawPointer?, _ length: Int) -> Int32 {
        silentPeriods = 0
        var partial = message ?? PartialMessage(isText: lws_frame_is_binary(socket) == 0)
        message = nil
        partial.size += length
        if partial.size > limits.maxMessageBytes {
            partial.bytes = []
        } else if let input, length > 0 {
            partial.bytes.append(contentsOf: UnsafeRawBufferPointer(start: input, count: length))
        }
        guard lws_is_final_fragment(socket) != 0 else {
            message = partial
            return 0
        }
        guard let whole = whole(partial) else { return refuse(socket, code: 1007, reason: "invalid UTF-8") }
        if connection.receive(whole) { lws_rx_flow_control(socket, 0) }
        return 0
    }

    private func whole(_ partial: PartialMessage) -> WebSocketConnection.Message? {
        if partial.size > limits.maxMessageBytes { return .oversized(bytes: partial.size) }
        guard partial.isText else { return .binary(partial.bytes) }
        return String(validating: partial.bytes, as: UTF8.self).map { .text($0) }
    }

    /// Tells the peer what it did wrong; the value is for the library, which then closes.
    private mutating func refuse(_ socket: OpaquePointer, code: UInt16, reason: String) -> Int32 {
        ending = .protocolError(code: code)
        Self.setCloseReason(socket, code: code, reason: reason)
        return -1
    }

    /// A close frame came; `input` holds code and reason.
    mutating func peerCloses(_ socket: OpaquePointer, _ input: UnsafeMutableRawPointer?, _ length: Int) -> Int32 {
        let bytes = UnsafeRawBufferPointer(start: input, count: input == nil ? 0 : length)
        guard bytes.count != 1 else { return refuse(socket, code: 1002, reason: "half a code") }
        guard bytes.count >= 2 else {
            ending = .peer(code: nil, reason: "")
            return 0
        }
        guard let reason = String(validating: bytes.dropFirst(2), as: UTF8.self) else {
            return refuse(socket, code: 1007, reason: "invalid UTF-8")
        }
        ending = .peer(code: UInt16(bytes[0]) << 8 | UInt16(bytes[1]), reason: reason)
        return 0
    }

    mutating func write(_ socket: OpaquePointer) -> Int32 {
        if pingIsDue {
            pingIsDue = false
            // Messages follow when this has left. Nothing follows a close.
            lws_callback_on_writable(socket)
            return connection.isOpen && ending == nil ? Self.ping(socket) : 0
        }
        for _ in 0..<Self.burst {
            switch connection.nextOutgoing() {
            case .frame(var bytes, let isText):
                let padding = WebSocketConnection.framePadding
                let written = bytes.withUnsafeMutableBufferPointer { buffer -> Int32 in
                    guard let base = buffer.baseAddress else { return -1 }
                    return lws_write(
                        socket, base + padding, buffer.count - padding, isText ? LWS_WRITE_TEXT : LWS_WRITE_BINARY)
                }
                guard written >= 0 else { return -1 }
            case .close(let code, let reason):
                Self.setCloseReason(socket, code: code, reason: reason)
                return -1
            case nil: return 0
            }
            // A frame that the kernel didn't take whole waits in the library: go on when it has left.
            if lws_send_pipe_choked(socket) != 0 { break }
        }
        lws_callback_on_writable(socket)
        return 0
    }

    // MARK: - Signs of life

    /// Lets `periodIsOver` be called in time. The library's own timer for pings must not run: it writes the time over
    /// a pong that waits to be sent.
    func startPeriod(_ socket: OpaquePointer) {
        guard limits.pingSeconds > 0 else { return }
        lws_set_timer_usecs(socket, lws_usec_t(Int32(clamping: limits.pingSeconds)) * 1_000_000)
    }

    mutating func receivePong() -> Int32 {
        silentPeriods = 0
        return 0
    }

    /// Pings at the end of each period, also while messages come: a proxy may look at our direction alone.
    mutating func periodIsOver(_ socket: OpaquePointer) -> Int32 {
        silentPeriods += 1
        guard silentPeriods < 3 else {
            lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, parley_lws_kill_soon)
            return 0
        }
        pingIsDue = true
        lws_callback_on_writable(socket)
        startPeriod(socket)
        return 0
    }

    private static func ping(_ socket: OpaquePointer) -> Int32 {
        let padding = WebSocketConnection.framePadding
        // Not empty: the library keeps pongs without a payload for itself.
        var bytes = [UInt8](repeating: 0, count: padding) + Array("ping".utf8)
        let written = bytes.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return -1 }
            return lws_write(socket, base + padding, buffer.count - padding, LWS_WRITE_PING)
        }
        return written >= 0 ? 0 : -1
    }

    /// Something is queued, a message or the end.
    mutating func flush(_ socket: OpaquePointer) {
        if !connection.isOpen, !deadlineSet {
            deadlineSet = true
            // A peer that doesn't read never lets us write: cut it then. And let its close frame in.
            lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, Int32(clamping: limits.closeSeconds))
            lws_rx_flow_control(socket, 1)
        }
        lws_callback_on_writable(socket)
    }

    /// The socket is gone.
    func ended(_ socket: OpaquePointer?) {
        connection.end(ending ?? socket.flatMap(Self.libraryEnding) ?? .lost)
    }

    /// What the library itself found wrong and told the peer.
    private static func libraryEnding(_ socket: OpaquePointer) -> WebSocketEnding? {
        guard lws_get_close_length(socket) >= 2, let payload = lws_get_close_payload(socket) else { return nil }
        return .protocolError(code: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    }

    private static func setCloseReason(_ socket: OpaquePointer, code: UInt16, reason: String) {
        // 125 bytes of a control frame, less the code; cut between characters.
        var text = reason
        while text.utf8.count > 123 { text.removeLast() }
        var bytes = Array(text.utf8)
        bytes.withUnsafeMutableBufferPointer {
            lws_close_reason(socket, lws_close_status(rawValue: UInt32(code)), $0.baseAddress, $0.count)
        }
    }
}
