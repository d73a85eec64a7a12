import CWebSockets
import Foundation

/// A listening TCP socket. It is ours, not libwebsockets': so that the reason of a failure is known, several service
/// threads can share a port (Debian's build has no thread pool of its own), and accepting can end before the rest.
struct Listener {
    let port: Int
    private let descriptor: Int32
    private let spare = SpareDescriptor()
    /// As libwebsockets knows it; nil once it no longer accepts.
    var socket: OpaquePointer?

    /// Binds and listens. `shared` lets other listeners of this process have the same port.
    init(host: String, port: Int, shared: Bool) throws(NetworkError) {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard (0...65_535).contains(port) else {
            throw NetworkError(.addressUnavailable, "\(port) is not a port: 0…65535, where 0 means any free one")
        }
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
            throw NetworkError(.addressUnavailable, "\(host) is not an address of this machine")
        }
        defer { freeaddrinfo(found) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(address.pointee.ai_family, kind, 0)
        guard descriptor >= 0 else { throw NetworkError(.noResources, "no socket: \(Self.text(errno))") }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if shared { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, size) }
        guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            listen(descriptor, 1024) == 0
        else {
            let reason = errno
            close(descriptor)
            throw Self.failure(reason, host: host, port: port)
        }
        self.descriptor = descriptor
        self.port = Self.boundPort(descriptor)
    }

    private static func failure(_ reason: Int32, host: String, port: Int) -> NetworkError {
        switch reason {
        case EADDRINUSE:
            NetworkError(.addressInUse, "port \(port) on \(host) is in use by another program")
        case EACCES: NetworkError(.permissionDenied, "port \(port) on \(host) needs more rights than this user has")
        case EADDRNOTAVAIL: NetworkError(.addressUnavailable, "\(host) is not an address of this machine")
        default: NetworkError(.noResources, "can't listen on \(host), port \(port): \(text(reason))")
        }
    }

    private static func text(_ reason: Int32) -> String { String(cString: strerror(reason)) }

    private static func boundPort(_ descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            getsockname(descriptor, raw.assumingMemoryBound(to: sockaddr.self), &length)
            // The port is at the same place in IPv4's and IPv6's form.
            return Int(UInt16(bigEndian: raw.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port))
        }
    }

    /// Hands the socket to the loop's context. Before the loop's thread starts.
    mutating func attach(to loop: ServiceLoop) -> Bool {
        var file = lws_sock_file_fd_type()
        file.filefd = descriptor
        socket = lws_adopt_descriptor_vhost(
            loop.vhost, LWS_ADOPT_RAW_FILE_DESC, file, ContextStorage.protocolName, nil)
        if socket == nil { close(descriptor) }
        return socket != nil
    }

    func closeUnattached() { close(descriptor) }

    /// Takes in every connection that waits. On the service thread.
    func acceptAll(on loop: ServiceLoop) {
        while true {
            let accepted = accept(descriptor, nil, nil)
            if accepted < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                // Out of descriptors: a backlog that can't be taken would keep the thread busy.
                guard errno == EMFILE || errno == ENFILE, spare.turnAway(from: descriptor) else { return }
                continue
            }
            guard loop.sessions.count < loop.limits.maxConnections else {
                close(accepted)
                continue
            }
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            var yes: Int32 = 1
            setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            ServerSession.adopt(accepted, on: loop)
        }
    }
}

/// A descriptor held back to take and close a connection when there is no other left.
///
/// Sendable: used by the service thread alone.
private final class SpareDescriptor: @unchecked Sendable {
    private var descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// False when nobody waited, or there is no spare.
    func turnAway(from listener: Int32) -> Bool {
        guard descriptor >= 0 else { return false }
        close(descriptor)
        let accepted = accept(listener, nil, nil)
        if accepted >= 0 { close(accepted) }
        descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        return accepted >= 0
    }
}
