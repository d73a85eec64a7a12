import CCurl
import Foundation
import Synchronization

/// libcurl's multi handle, which holds the pool of connections, and the thread that serves it: one epoll for all sockets,
/// so that an event costs the same however many transfers are open.
///
/// Sendable: `mailbox` and `lastTransfer` are guarded; all else is touched by the creator before `start()`, and by the
/// service thread alone after it.
final class TransferLoop: @unchecked Sendable {
    typealias Command = Mailbox<TransferLoop>.Command

    let limits: NetworkLimits
    /// A file of certificates to trust instead of the system's.
    let trusted: String?
    private let mailbox: Mailbox<TransferLoop>
    private let lastTransfer = Atomic<UInt>(0)

    // The service thread's
    private let multi: UnsafeMutableRawPointer
    /// TLS sessions for quick handshakes, which belong to a transfer unless they are shared.
    private let share: UnsafeMutableRawPointer
    private let poll: Int32
    /// Readable when something is in the mailbox.
    private let bell: Int32
    private var transfers: [UInt: Transfer] = [:]
    /// When libcurl wants to be called although nothing happens.
    private var timer: ContinuousClock.Instant?
    /// No later than the first of the deadlines for an answer.
    private var nextDeadline: ContinuousClock.Instant?
    private var isFinishing = false

    /// Connections, of all hosts, past which the one that was idle longest is closed.
    private static let mostKeptConnections = 1024

    init(limits: NetworkLimits) throws(NetworkError) {
        self.limits = limits
        trusted = limits.trustedCertificates ?? ProcessInfo.processInfo.environment["SSL_CERT_FILE"]
        let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        let bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard TLSLibrary.isReady, curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = curl_multi_init(),
            let share = curl_share_init(), poll >= 0, bell >= 0
        else {
            if poll >= 0 { close(poll) }
            if bell >= 0 { close(bell) }
            throw NetworkError(.noResources, "no resources for an HTTP client")
        }
        self.multi = multi
        self.share = share
        self.poll = poll
        self.bell = bell
        mailbox = Mailbox { eventfd_write(bell, 1) }
        parley_curl_share(share, CURL_LOCK_DATA_SSL_SESSION)
        parley_curl_multi_set_callbacks(
            multi, watchCallback, timerCallback, Unmanaged.passUnretained(self).toOpaque())
        parley_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.mostKeptConnections)
        parley_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.maxConnections)
        var interest = epoll_event()
        interest.events = EPOLLIN.rawValue
        interest.data.fd = bell
        epoll_ctl(poll, EPOLL_CTL_ADD, bell, &interest)
    }

    /// Starts the thread, which keeps the loop alive until it ends.
    func start() {
        let thread = Thread { [self] in serve() }
        thread.name = "parley-http"
        thread.stackSize = 1 << 20
        thread.start()
    }

    // MARK: - From any thread

    /// Runs `command` on the service thread, soon. False when that has ended.
    @discardableResult
    func perform(_ command: @escaping Command) -> Bool { mailbox.perform(command) }

    /// Waits until the thread has ended.
    func ended() async { await mailbox.ended() }

    /// A number that no other transfer has.
    func nextTransfer() -> UInt { lastTransfer.add(1, ordering: .relaxed).newValue }

    /// Ends the thread.
    func finish() { perform { $0.isFinishing = true } }

    // MARK: - The service thread

    private func serve() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var running: Int32 = 0
        while !isFinishing {
            let count = epoll_wait(poll, &events, Int32(events.count), patience())
            for event in events.prefix(Int(max(count, 0))) {
                if event.data.fd == bell {
                    var rings: eventfd_t = 0
                    eventfd_read(bell, &rings)
                } else {
                    curl_multi_socket_action(multi, event.data.fd, Self.curlEvents(event.events), &running)
                }
            }
            mailbox.drain(for: self)
            if let due = timer, due <= .now {
                timer = nil
                curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
            }
            endFinished()
            endOverdue()
        }
        mailbox.close()
        for transfer in Array(transfers.values) {
            end(transfer, because: NetworkError(.cancelled, "the client was shut down"))
        }
        curl_multi_cleanup(multi)
        curl_share_cleanup(share)
        close(poll)
        close(bell)
        mailbox.end()
    }

    /// Milliseconds until something is due; −1: none is.
    private func patience() -> Int32 {
        guard let due = [timer, nextDeadline].compactMap(\.self).min() else { return -1 }
        let (seconds, attoseconds) = (due - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        // Rounded up, so as not to come back too early, for nothing.
        return Int32(clamping: min(seconds, 3600) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private static func curlEvents(_ events: UInt32) -> Int32 {
        var mask: Int32 = 0
        if events & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_ERR }
        return mask
    }

    fileprivate func watch(_ socket: curl_socket_t, for what: Int32) {
        var interest = epoll_event()
        interest.data.fd = socket
        if what == CURL_POLL_IN || what == CURL_POLL_INOUT { interest.events |= EPOLLIN.rawValue }
        if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { interest.events |= EPOLLOUT.rawValue }
        if what == CURL_POLL_REMOVE {
            epoll_ctl(poll, EPOLL_CTL_DEL, socket, &interest)
        } else if epoll_ctl(poll, EPOLL_CTL_MOD, socket, &interest) != 0 {
            epoll_ctl(poll, EPOLL_CTL_ADD, socket, &interest)
        }
    }

    fileprivate func call(after milliseconds: Int) {
        timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    // MARK: - Transfers

    /// Begins a transfer, unless its caller has given up.
    func open(_ call: HTTPCall, id: UInt, promise: Promise<HTTPAnswer>) {
        guard !promise.isSettled, !isFinishing else {
            promise.fail(.cancelled, "the client was shut down")
            return
        }
        // A new one each time: in 7.88 one that is used again remembers a header of the answer before, which is gone, and
        // an answer that begins with a folded header ends the process.
        guard let handle = curl_easy_init() else {
            promise.fail(.noResources, "no memory for a transfer")
            return
        }
        let transfer = Transfer(call, id: id, handle: handle, promise: promise, loop: self)
        transfers[id] = transfer
        parley_curl_set_pointer(handle, CURLOPT_SHARE, share)
        curl_multi_add_handle(multi, handle)
        nextDeadline = min(nextDeadline ?? transfer.deadline, transfer.deadline)
    }

    /// The reader has caught up.
    func resumeReading(_ id: UInt) {
        if let transfer = transfers[id] { curl_easy_pause(transfer.handle, CURLPAUSE_CONT) }
    }

    /// The answer is no longer wanted: closes its connection.
    func abort(_ id: UInt) {
        guard let transfer = transfers[id] else { return }
        end(transfer, because: NetworkError(.cancelled, "the transfer was aborted"))
    }

    private func endFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let owner = parley_curl_owner(handle)
            else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
            end(transfer, because: transfer.failure(message.pointee.data.result))
        }
    }

    private func endOverdue() {
        guard let nextDeadline, nextDeadline <= .now else { return }
        self.nextDeadline = nil
        for transfer in Array(transfers.values) where transfer.isWaiting {
            if transfer.deadline <= .now {
                end(transfer, because: NetworkError(.timedOut, "no answer from \(transfer.place) in time"))
            } else {
                self.nextDeadline = min(self.nextDeadline ?? transfer.deadline, transfer.deadline)
            }
        }
    }

    /// Takes the transfer out, which closes its connection unless it is complete.
    private func end(_ transfer: Transfer, because error: NetworkError?) {
        guard transfers.removeValue(forKey: transfer.id) != nil else { return }
        curl_multi_remove_handle(multi, transfer.handle)
        curl_easy_cleanup(transfer.handle)
        transfer.ended(error)
    }
}

private func watchCallback(
    _ handle: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ owner: UnsafeMutableRawPointer?,
    _ unused: UnsafeMutableRawPointer?
) -> Int32 {
    guard let owner else { return 0 }
    Unmanaged<TransferLoop>.fromOpaque(owner).takeUnretainedValue().watch(socket, for: what)
    return 0
}

private func timerCallback(
    _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ owner: UnsafeMutableRawPointer?
) -> Int32 {
    guard let owner else { return 0 }
    Unmanaged<TransferLoop>.fromOpaque(owner).takeUnretainedValue().call(after: milliseconds)
    return 0
}
