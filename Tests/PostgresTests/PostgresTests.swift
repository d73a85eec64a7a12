import ProviderKit
import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// Addresses and errors, without a server.
@Suite struct PostgresAddressTests {
    @Test func anAddressIsAURLAndPrintsAsNothing() throws {
        let address = try PostgresAddress("postgresql://ada:canary@db.example:5433/shop?sslmode=require")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] { #expect(!text.contains("canary")) }
    }

    @Test(arguments: [
        "", "host=db user=ada password=canary", "mysql://canary@db/shop", "postgresql://canary@db:port:5/x?y",
        "postgres://db/shop?canary=1", "postgresql://db/%zzcanary",
    ])
    func whatIsNoneIsRefusedUnquoted(_ url: String) {
        #expect { try PostgresAddress(url) } throws: { error in
            (error as? PostgresError)?.kind == .address && !"\(error)".contains("canary")
        }
    }

    @Test(arguments: [
        ("08006", PostgresError.Kind.lost), ("28P01", .refused), ("3D000", .refused), ("53300", .unreachable),
        ("53200", .tooMuch), ("57014", .timeout), ("57P01", .lost), ("57P03", .unreachable),
        ("42601", .statement(state: "42601")),
    ])
    func statesHaveMeanings(_ state: String, _ kind: PostgresError.Kind) {
        #expect(PostgresError(state: state, message: "m").kind == kind)
    }

    @Test func nobodyAtHomeIsUnreachable() {
        #expect {
            try PostgresConnection(
                try PostgresAddress("postgresql://ada:canary@%2Fnowhere/shop"), PostgresPatience(for: .seconds(5)))
        } throws: { ($0 as? PostgresError)?.kind == .unreachable && !"\($0)".contains("canary") }
    }
}

/// Connections to a real server.
@Suite(.enabled(if: PostgresServer.shared != nil, "PostgreSQL is not installed"))
struct PostgresConnectionTests {
    private let address: PostgresAddress
    private let patience = PostgresPatience(for: .seconds(20))

    init() throws { address = try PostgresAddress(try #require(PostgresServer.shared).url()) }

    private func connection() throws -> PostgresConnection { try PostgresConnection(address, patience) }

    private func kind(_ body: () throws -> Void) -> PostgresError.Kind? {
        do { try body() } catch { return (error as? PostgresError)?.kind }
        return nil
    }

    @Test func valuesGoAndComeAsText() throws {
        let connection = try connection()
        let rows = try connection.rows(
            "SELECT $1::int + 1, $2::text, $3::text, 'é'", ["41", "a'b\"; DROP TABLE x", nil], within: patience)
        #expect(rows == [["42", "a'b\"; DROP TABLE x", nil, "é"]])
        let columns = try connection.columns(of: "SELECT 1 AS one, 'x'::text AS two", within: patience)
        #expect(columns == [.init(name: "one", type: 23), .init(name: "two", type: 25)])
        #expect(connection.isOpen)
    }

    @Test func aRefusedStatementLeavesTheConnection() throws {
        let connection = try connection()
        #expect(kind { try connection.execute("SELEC 1", within: patience) } == .statement(state: "42601"))
        #expect(kind { try connection.execute("SELECT 1; SELECT 2", within: patience) } == .statement(state: "42601"))
        #expect(kind { try connection.execute("", within: patience) } == .statement(state: "42601"))
        #expect(kind { _ = try connection.columns(of: "SELECT x", within: patience) } == .statement(state: "42703"))
        #expect(try connection.rows("SELECT 1", within: patience) == [["1"]])
        // It would wait for data that nobody sends.
        #expect(
            kind { try connection.execute("COPY pg_class TO STDOUT", within: patience) } == .statement(state: "0A000"))
        #expect(!connection.isOpen)
    }

    @Test func resultsHaveBounds() throws {
        let many = "SELECT g FROM generate_series(1, 100000) AS g"
        #expect(kind { _ = try connection().rows(many, mostRows: 10, within: patience) } == .tooMuch)
        #expect(
            kind { _ = try connection().rows("SELECT repeat('x', 2000)", mostBytes: 1000, within: patience) }
                == .tooMuch)
        #expect(
            kind { _ = try connection().rows("SELECT 1", Array(repeating: "1", count: 1001), within: patience) }
                == .tooMuch)
        var count = 0
        try connection().execute(many, within: patience) { _ in count += 1 }
        #expect(count == 100_000)
    }

    @Test func transactionsAreWholeAndMayBeReadOnly() throws {
        let connection = try connection()
        try connection.execute("CREATE TEMP TABLE t (n int)", within: patience)
        struct Stopped: Error {}
        #expect(throws: Stopped.self) {
            try connection.transaction(within: patience) {
                try connection.execute("INSERT INTO t VALUES (1)", within: patience)
                throw Stopped()
            }
        }
        try connection.transaction(within: patience) {
            try connection.execute("INSERT INTO t VALUES (2)", within: patience)
        }
        #expect(try connection.rows("SELECT n FROM t", within: patience) == [["2"]])
        let refused = kind {
            try connection.transaction(isReadOnly: true, within: patience) {
                try connection.execute("CREATE TABLE parley_written (n int)", within: patience)
            }
        }
        #expect(refused == .statement(state: "25006") && connection.isOpen)
    }

    @Test func whoIsSlowIsLeft() throws {
        let connection = try connection()
        let hurry = PostgresPatience(for: .milliseconds(50))
        #expect(kind { try connection.execute("SELECT pg_sleep(60)", within: hurry) } == .timeout)
        #expect(!connection.isOpen)
        #expect(kind { try connection.execute("SELECT 1", within: patience) } == .lost)
        // The server ends what nobody waits for.
        let other = try self.connection()
        let running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"
        while try other.rows(running, within: patience) != [["0"]] {}
    }

    @Test func theServersOwnBoundIsATimeout() throws {
        let connection = try connection()
        try connection.execute("SET statement_timeout = 20", within: patience)
        #expect(kind { try connection.execute("SELECT pg_sleep(60)", within: patience) } == .timeout)
        #expect(connection.isOpen)
    }

    @Test func aWrongPasswordIsRefusedWithoutASecret() throws {
        let server = try #require(PostgresServer.shared)
        for user in ["guest:wrong-canary", "guest", "nobody-canary:x"] {
            #expect {
                try PostgresConnection(try PostgresAddress(server.url(user: user)), patience)
            } throws: { ($0 as? PostgresError)?.kind == .refused && !"\($0)".contains("canary") }
        }
        let right = try PostgresAddress(server.url(user: "guest:guest-canary"))
        #expect(try PostgresConnection(right, patience).isOpen)
        let noDatabase = try PostgresAddress(server.url(database: "canary"))
        #expect(kind { _ = try PostgresConnection(noDatabase, patience) } == .refused)
    }

    @Test func aClientConnectsAnewWhenTheServerLeft() async throws {
        let client = PostgresClient(address, connections: 1)
        let own = "SELECT pg_backend_pid()::text"
        let patience = patience
        let first = try await client.run { connection, _ in try connection.rows(own, within: patience)[0][0] }
        let again = try await client.run { connection, _ in try connection.rows(own, within: patience)[0][0] }
        #expect(first == again)
        let other = try connection()
        _ = try other.rows("SELECT pg_terminate_backend($1::int, 20000)", [first], within: patience)
        let second = try await client.run { connection, _ in try connection.rows(own, within: patience)[0][0] }
        #expect(second != first)
    }

    /// The connection breaks off in the middle of a statement.
    @Test func aServerThatLeavesInTheMiddleIsTold() async throws {
        let client = PostgresClient(address, connections: 1)
        let patience = patience
        async let broken: PostgresError.Kind? = {
            do {
                try await client.run { connection, _ in try connection.execute("SELECT pg_sleep(61)", within: patience)
                }
                return nil
            } catch { return (error as? PostgresError)?.kind }
        }()
        let other = try connection()
        let end =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(61)' AND state = 'active'"
        while try other.rows(end, within: patience).isEmpty { await Task.yield() }
        #expect(await broken == .lost)
        let rows = try await client.run { connection, _ in try connection.rows("SELECT 1", within: patience) }
        #expect(rows == [["1"]])
    }

    /// A caller that goes ends the statement, and the next job has a connection.
    @Test func cancellingTheTaskEndsTheStatement() async throws {
        let client = PostgresClient(address, connections: 1)
        let started = StopFlag()
        let result = await withTaskGroup(of: PostgresError.self) { group in
            group.addTask {
                do {
                    try await client.run { connection, stop in
                        started.raise()
                        let patience = PostgresPatience(for: .seconds(60), stop: stop)
                        try connection.execute("SELECT pg_sleep(62)", within: patience)
                    }
                } catch { return error as? PostgresError ?? PostgresError(.lost) }
                return PostgresError(.lost)
            }
            while !started.isRaised { await Task.yield() }
            group.cancelAll()
            return await group.next()
        }
        #expect(result == PostgresError(.cancelled))
        let patience = patience
        let rows = try await client.run { connection, _ in try connection.rows("SELECT 1", within: patience) }
        #expect(rows == [["1"]])
    }

    @Test func tooManyWaitersAreRefused() async throws {
        let client = PostgresClient(address, connections: 1, waiting: 1)
        let (started, go) = (StopFlag(), StopFlag())
        async let first: Void = client.run { _, _ in
            started.raise()
            while !go.isRaised {}
        }
        while !started.isRaised { await Task.yield() }
        let kinds = await withTaskGroup(of: PostgresError.Kind?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do { try await client.run { _, _ in } } catch { return (error as? PostgresError)?.kind }
                    return nil
                }
            }
            // One of them waits, the other is refused at once.
            let refused = await group.next()
            go.raise()
            return [refused ?? nil, await group.next() ?? nil]
        }
        try await first
        #expect(kinds == [.tooMuch, nil] && client.refused == 1)
    }
}
