import CWebSockets
import Foundation
import Synchronization

/// One libwebsockets context and the thread that serves it. Debian builds the library single-threaded: everything on a
/// context happens on its thread, and only `lws_cancel_service`, which ends the wait, may come from another.
///
/// Sendable: `mailbox` and `overflows` are guarded; all else is touched by the creator before `start()`, and by the
/// service thread alone after it.
final class ServiceLoop: @unchecked Sendable {
    typealias Command = Mailbox<ServiceLoop>.Command

    /// Sendable: the one call that the library allows from other threads; used only under the mailbox's lock.
    private struct Waker: @unchecked Sendable {
        let context: OpaquePointer
        func wake() { lws_cancel_service(context) }
    }

    let limits: NetworkLimits
    private let mailbox: Mailbox<ServiceLoop>
    private let overflows = Atomic(0)
    private let openSockets = Atomic(0)

    // The service thread's
    private(set) var context: OpaquePointer
    private(set) var vhost: OpaquePointer
    var sessions: [UInt: any Session] = [:]
    /// Those of `sessions` whose answer takes more than one write, or is streamed.
    var writers: [UInt: ServerSession] = [:]
    private var lastSession: UInt = 0
    var listener: Listener?
    /// A server's way to its handler. Set before `start()`.
    var jobs: ServerJobs?
    let subprotocolName: SubprotocolName
    let storage: ContextStorage
    private var deadline: ContinuousClock.Instant?
    private var hasThread = false

    /// Creates the context; no thread runs yet.
    init(role: ContextStorage.Role, limits: NetworkLimits) throws(NetworkError) {
        self.limits = limits
        lws_set_log_level(0, nil)
        subprotocolName = SubprotocolName()
        storage = ContextStorage(role: role, limits: limits, subprotocolName: subprotocolName)
        // The context needs `self` and `self` the context: it learns of us before its first callback matters.
        guard let made = storage.makeContext() else {
            throw NetworkError(.noResources, "libwebsockets could not create a context")
        }
        (context, vhost) = made
        let waker = Waker(context: made.context)
        mailbox = Mailbox { waker.wake() }
        storage.owner.pointee = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        if !hasThread {
            storage.owner.pointee = nil
            lws_context_destroy(context)
        }
        storage.free()
    }

    /// Starts the thread, which then keeps the loop alive until it ends.
    func start(name: String) {
        hasThread = true
        let thread = Thread { [self] in serve() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    // MARK: - From any thread

    /// Runs `command` on the service thread, soon. False when that has ended.
    @discardableResult
    func perform(_ command: @escaping Command) -> Bool { mailbox.perform(command) }

    /// Waits until the thread has ended.
    func ended() async { await mailbox.ended() }

    func countOverflow() { overflows.add(1, ordering: .relaxed) }

    var overflowCount: Int { overflows.load(ordering: .relaxed) }

    var socketCount: Int { openSockets.load(ordering: .relaxed) }

    // MARK: - The service thread

    func socketOpened() { openSockets.add(1, ordering: .relaxed) }

    func socketEnded() { openSockets.subtract(1, ordering: .relaxed) }

    func nextSession() -> UInt {
        lastSession += 1
        return lastSession
    }

    private func serve() {
        while !isFinished {
            guard lws_service(context, 0) >= 0 else { break }
            mailbox.drain(for: self)
            for writer in writers.values { writer.discardInput() }
        }
        mailbox.close()
        lws_context_destroy(context)
        for session in sessions.values { session.destroyed() }
        sessions = [:]
        writers = [:]
        mailbox.end()
    }

    private var isFinished: Bool {
        guard let deadline else { return false }
        return sessions.isEmpty || ContinuousClock.now >= deadline
    }

    func stopAccepting() {
        guard let socket = listener?.socket else { return }
        listener?.socket = nil
        lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, parley_lws_kill_now)
    }

    /// Closes what is open with `code`, and ends the thread when that is done or the time for it over.
    func finish(code: UInt16, reason: String) {
        stopAccepting()
        guard deadline == nil else { return }
        deadline = ContinuousClock.now + .seconds(limits.closeSeconds + 1)
        // The end comes with the last session, or with this timer.
        lws_sul_schedule(
            context, 0, storage.timer, { _ in }, lws_usec_t(limits.closeSeconds + 1) * 1_000_000 + 10_000)
        for session in Array(sessions.values) { session.shutDown(code: code, reason: reason) }
    }

    func handle(
        _ socket: OpaquePointer, _ reason: lws_callback_reasons, _ input: UnsafeMutableRawPointer?, _ length: Int
    ) -> Int32 {
        if reason == LWS_CALLBACK_RAW_RX_FILE {
            listener?.acceptAll(on: self)
            return 0
        }
        let id = UInt(bitPattern: lws_get_opaque_user_data(socket))
        guard let session = sessions[id] else { return 0 }
        if reason == LWS_CALLBACK_WSI_DESTROY {
            sessions[id] = nil
            session.destroyed()
            // The library may be about to wait for the next event; the end of the last session is none.
            if deadline != nil && sessions.isEmpty { lws_cancel_service(context) }
            return 0
        }
        return session.handle(reason, socket, input, length)
    }
}

/// What a service loop keeps for one connection. The service thread's alone.
protocol Session: AnyObject {
    func handle(
        _ reason: lws_callback_reasons, _ socket: OpaquePointer, _ input: UnsafeMutableRawPointer?, _ length: Int
    ) -> Int32
    /// Something is queued to send.
    func flush()
    /// The reader has caught up.
    func resumeReading()
    /// The connection is to be cut, now: not from inside one of its callbacks.
    func abort()
    /// The server or client stops.
    func shutDown(code: UInt16, reason: String)
    /// The connection is gone and the library forgets it.
    func destroyed()
}
