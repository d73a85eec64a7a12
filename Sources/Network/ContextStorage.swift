import CWebSockets
import Foundation

/// The C memory that a libwebsockets context points into, for as long as it lives.
struct ContextStorage {
    enum Role { case server, client }

    /// The name of the protocol that every connection has; it is never seen on the wire.
    static let protocolName = "parley"

    /// Buffers for data that the library reads, and for a client's handshake.
    static let bufferSize: UInt32 = 16 << 10

    /// Room for the pointer to the loop, found from every callback.
    let owner: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let timer: UnsafeMutablePointer<lws_sorted_usec_list_t>
    private let names: UnsafeMutablePointer<CChar>
    private let protocols: UnsafeMutablePointer<lws_protocols>
    /// All zeros: turns the library's own pings off, which without it come each 300 s. Ours are `WebSocketPeer`'s.
    let noPings: UnsafeMutablePointer<lws_retry_bo_t>
    private let role: Role
    private let limits: NetworkLimits

    init(role: Role, limits: NetworkLimits, subprotocolName: SubprotocolName) {
        self.role = role
        self.limits = limits
        owner = .allocate(capacity: 1)
        owner.initialize(to: nil)
        timer = .allocate(capacity: 1)
        timer.initialize(to: lws_sorted_usec_list_t())
        let text = Array(Self.protocolName.utf8CString)
        names = .allocate(capacity: text.count)
        names.initialize(from: text, count: text.count)
        protocols = .allocate(capacity: 3)
        protocols.initialize(repeating: lws_protocols(), count: 3)
        for index in 0..<2 {
            protocols[index].callback = serviceCallback
            // The most that one receive callback carries; each open WebSocket keeps a buffer of this size.
            protocols[index].rx_buffer_size = 4096
            // The most that one call of send(2) is given.
            protocols[index].tx_packet_size = 64 << 10
        }
        protocols[0].name = UnsafePointer(names)
        protocols[1].name = UnsafePointer(subprotocolName.text)
        noPings = .allocate(capacity: 1)
        noPings.initialize(to: lws_retry_bo_t())
    }

    /// The context and its one virtual host.
    func makeContext() -> (context: OpaquePointer, vhost: OpaquePointer)? {
        var info = lws_context_creation_info()
        info.port = role == .server ? parley_lws_port_no_listen_server : parley_lws_port_no_listen
        info.protocols = UnsafePointer(protocols)
        info.user = UnsafeMutableRawPointer(owner)
        info.options = parley_lws_option_plain | (role == .client ? parley_lws_option_tls : 0)
        info.pt_serv_buf_size = Self.bufferSize
        info.max_http_header_data2 = UInt32(clamping: limits.maxHeaderBytes)
        info.max_http_header_pool2 = 1024
        info.timeout_secs = UInt32(clamping: limits.requestSeconds)
        info.timeout_secs_ah_idle = UInt32(clamping: limits.requestSeconds)
        info.connect_timeout_secs = UInt32(clamping: limits.connectSeconds)
        info.keepalive_timeout = Int32(clamping: limits.keepAliveSeconds)
        info.retry_and_idle_policy = UnsafePointer(noPings)
        // Two tables have an entry for each possible descriptor; without a bound a container's "unlimited" would
        // cost gigabytes.
        var files = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0, files.rlim_cur > 1 << 20 {
            info.fd_limit_per_thread = 1 << 16
        }
        // Read while the context is made, and not after it.
        let trusted = role == .client ? limits.trustedCertificates.flatMap { strdup($0) } : nil
        defer { Glibc.free(trusted) }
        return Self.protocolName.withCString { name in
            info.vhost_name = name
            info.client_ssl_ca_filepath = trusted.map { UnsafePointer($0) }
            guard TLSLibrary.isReady, let context = lws_create_context(&info) else { return nil }
            guard let vhost = lws_get_vhost_by_name(context, name) else {
                lws_context_destroy(context)
                return nil
            }
            return (context, vhost)
        }
    }

    func free() {
        owner.deallocate()
        timer.deallocate()
        names.deallocate()
        protocols.deallocate()
        noPings.deallocate()
    }
}

/// The name of the second protocol of a context, rewritten for each handshake.
///
/// libwebsockets answers a handshake with the name of the protocol that it bound, chosen by its name from a list fixed
/// at start. Ours are chosen by the application, request by request. A handshake is one uninterrupted run on the
/// service thread: `offer` puts the client's choice there just before the library looks it up, and `conceal` leaves an
/// empty name, for which no header is written.
///
/// Sendable: the service thread's alone, as the loop that owns it.
final class SubprotocolName: @unchecked Sendable {
    /// The longest token that libwebsockets compares, with its end.
    static let capacity = 64
    let text: UnsafeMutablePointer<CChar>

    init() {
        text = .allocate(capacity: Self.capacity)
        text.initialize(repeating: 0, count: Self.capacity)
        offer("-")
    }

    deinit { text.deallocate() }

    /// False when the name is too long.
    @discardableResult
    func offer(_ name: String) -> Bool {
        let bytes = Array(name.utf8CString)
        guard bytes.count <= Self.capacity else { return false }
        text.update(from: bytes, count: bytes.count)
        return true
    }

    func conceal() { text[0] = 0 }
}

/// Every event of every connection comes here, on its context's thread.
private func serviceCallback(
    _ socket: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    switch reason {
    case LWS_CALLBACK_PROTOCOL_INIT, LWS_CALLBACK_PROTOCOL_DESTROY, LWS_CALLBACK_EVENT_WAIT_CANCELLED,
        LWS_CALLBACK_GET_THREAD_ID, LWS_CALLBACK_LOCK_POLL, LWS_CALLBACK_UNLOCK_POLL,
        LWS_CALLBACK_CHANGE_MODE_POLL_FD, LWS_CALLBACK_ADD_POLL_FD, LWS_CALLBACK_DEL_POLL_FD:
        return 0
    case LWS_CALLBACK_RAW_ADOPT, LWS_CALLBACK_RAW_RX:
        // `CONNECT` would turn a connection into a raw one: nothing here speaks that.
        return -1
    default: break
    }
    guard let socket, let context = lws_get_context(socket), let user = lws_context_user(context),
        let owner = user.assumingMemoryBound(to: UnsafeMutableRawPointer?.self).pointee
    else { return 0 }
    return Unmanaged<ServiceLoop>.fromOpaque(owner).takeUnretainedValue().handle(socket, reason, input, length)
}
