import CPostgreSQL
import Foundation

/// A connection of libpq that never blocks longer than it may.
final class PostgresLink {
    private let handle: OpaquePointer

    init(_ address: PostgresAddress, _ patience: PostgresPatience) throws(PostgresError) {
        // `dbname` may be a URL. What stands behind it wins, except for what begins with fallback.
        let options = [
            ("dbname", address.url), ("fallback_application_name", "parley"), ("client_encoding", "UTF8"),
            ("tcp_user_timeout", "10000"),
        ]
        let started = Self.withPointers(options.map(\.0)) { keys in
            Self.withPointers(options.map(\.1)) { PQconnectStartParams(keys, $0, 1) }
        }
        guard let started else { throw PostgresError(.unreachable) }
        handle = started
        // Only codes: the messages name users, hosts and databases.
        PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
        parley_hush(handle)
        // What is thrown from here on leads to `deinit`.
        try connect(patience)
    }

    deinit { PQfinish(handle) }

    var serverVersion: Int32 { PQserverVersion(handle) }

    /// Whether the connection stands, as far as this side knows.
    var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Whether it waits for a statement, outside of a transaction.
    var isIdle: Bool {
        // An idle server says nothing, unless it leaves.
        isAlive && PQtransactionStatus(handle) == PQTRANS_IDLE
            && !PostgresPatience.isReady(PQsocket(handle), .reading, within: 0)
    }

    // MARK: - Statements

    /// Rows come one by one.
    func send(_ sql: String, _ parameters: [String?]) throws(PostgresError) {
        let isSent = Self.withPointers(parameters) {
            PQsendQueryParams(handle, sql, Int32(parameters.count), nil, $0, nil, nil, 0) == 1
        }
        guard isSent, PQsetSingleRowMode(handle) == 1 else { throw PostgresError(.lost) }
    }

    func sendPreparation(of sql: String) throws(PostgresError) {
        if PQsendPrepare(handle, "", sql, 0, nil) != 1 { throw PostgresError(.lost) }
    }

    /// Asks about what was prepared last.
    func sendDescription() throws(PostgresError) {
        if PQsendDescribePrepared(handle, "") != 1 { throw PostgresError(.lost) }
    }

    /// Waits for all results of what was sent.
    /// - Parameter each: gets those with rows or columns.
    /// - Returns: why the server refuses the statement; nil when it does not. The next one can be sent in either case.
    func results(
        _ patience: PostgresPatience, each: (OpaquePointer) throws(PostgresError) -> Void = { _ in }
    ) throws(PostgresError) -> PostgresError? {
        try flush(patience)
        var refusal: PostgresError?
        while let result = try next(patience) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK, PGRES_COMMAND_OK: try each(result)
            case PGRES_EMPTY_QUERY: refusal = PostgresError(.statement(state: "42601"), "the statement is empty")
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw PostgresError(.statement(state: "0A000"), "COPY is not done here")
            default: refusal = refusal ?? failure(of: result)
            }
        }
        return refusal
    }

    /// One value as text; nil for NULL.
    static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> String? {
        if PQgetisnull(result, row, column) == 1 { return nil }
        guard let bytes = PQgetvalue(result, row, column) else { return nil }
        let count = Int(PQgetlength(result, row, column))
        return bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
            String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }

    // MARK: - Parts

    private func connect(_ patience: PostgresPatience) throws(PostgresError) {
        guard PQstatus(handle) != CONNECTION_BAD else { throw refusal() }
        var awaited = PGRES_POLLING_WRITING
        while awaited != PGRES_POLLING_OK {
            switch awaited {
            case PGRES_POLLING_READING: try patience.wait(for: PQsocket(handle), .reading)
            case PGRES_POLLING_WRITING: try patience.wait(for: PQsocket(handle), .writing)
            default: throw refusal()
            }
            awaited = PQconnectPoll(handle)
        }
        guard PQsetnonblocking(handle, 1) == 0 else { throw PostgresError(.lost) }
        // From here on messages are about statements, and are told to those who wrote them.
        PQsetErrorVerbosity(handle, PQERRORS_TERSE)
    }

    /// Why there is no connection. A server's refusal ends with its SQLSTATE; what libpq itself says has none.
    private func refusal() -> PostgresError {
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let last = message.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        let isState =
            last.utf8.count == 5 && last.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        if isState, last.utf8.contains(where: { (0x30...0x39).contains($0) }) {
            let error = PostgresError(state: last, message: "")
            if case .statement = error.kind { return PostgresError(.refused) }
            return error
        }
        return PostgresError(PQconnectionNeedsPassword(handle) == 1 ? .refused : .unreachable)
    }

    private func flush(_ patience: PostgresPatience) throws(PostgresError) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                try patience.wait(for: PQsocket(handle), [.reading, .writing])
                if PostgresPatience.isReady(PQsocket(handle), .reading, within: 0) { try consume() }
            default: throw PostgresError(.lost)
            }
        }
    }

    private func next(_ patience: PostgresPatience) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try patience.wait(for: PQsocket(handle), .reading)
            try consume()
        }
        return PQgetResult(handle)
    }

    private func consume() throws(PostgresError) {
        // What the server said before it left is still there to be read.
        if PQconsumeInput(handle) == 0, PQisBusy(handle) == 1 { throw PostgresError(.lost) }
    }

    private func failure(of result: OpaquePointer) -> PostgresError {
        func field(_ code: UInt8) -> String? {
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        guard let state = field(UInt8(ascii: "C")) else { return PostgresError(.lost) }
        let message = field(UInt8(ascii: "M")) ?? ""
        return PostgresError(state: state, message: String(message.prefix(1000)))
    }

    /// The texts as C has lists of them: with a null pointer at the end, and in the place of nil.
    private static func withPointers<Value>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        let copies = texts.map { text in text.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
        return pointers.withUnsafeBufferPointer { buffer in
            // There is one element at least.
            buffer.baseAddress.map(body) ?? withUnsafePointer(to: nil, body)
        }
    }
}
