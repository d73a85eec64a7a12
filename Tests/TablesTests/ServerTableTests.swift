import Foundation
import Postgres
import ProjectModel
import ProviderKit
import TestSupport
import Testing

@testable import Tables

/// Tables in a real PostgreSQL server.
@Suite(.enabled(if: PostgresServer.shared != nil, "PostgreSQL is not installed"))
struct ServerTableTests {
    /// A schema for one test, with what a model may not reach beside what it may.
    private struct Shop {
        let schema = "shop_\(UUID().uuidString.prefix(8).lowercased())"
        let environment: [String: String]
        let connection: PostgresConnection

        init() throws {
            let url = try #require(PostgresServer.shared).url()
            environment = ["SHOP": url, "WRONG": try #require(PostgresServer.shared).url(user: "guest:canary-1")]
            connection = try PostgresConnection(try PostgresAddress(url), PostgresPatience(for: .seconds(20)))
            for statement in [
                "CREATE SCHEMA \(schema)",
                "CREATE TABLE \(schema).sales (day date, product text, amount numeric(10,2), secret text)",
                """
                INSERT INTO \(schema).sales VALUES ('2026-03-01', 'tea', 12.5, 'canary'), ('2026-03-02', 'it''s', 20, NULL),
                    ('2026-03-02', 'tea', 7.5, 'canary')
                """,
                "CREATE TABLE \(schema).hidden (n int)",
                "CREATE TABLE \(schema).big AS SELECT g AS n, repeat('x', 1000000) AS t FROM generate_series(1, 3) AS g",
                """
                CREATE FUNCTION \(schema).evil() RETURNS int LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS
                    'BEGIN INSERT INTO \(schema).hidden VALUES (1); RETURN 1; END'
                """,
                "CREATE VIEW \(schema).writing AS SELECT \(schema).evil() AS n",
            ] { try run(statement) }
        }

        func run(_ sql: String) throws { try connection.execute(sql, within: PostgresPatience(for: .seconds(20))) }

        func set(_ names: String..., columns: [TableInspector.Declaration.Column] = []) throws(TableError) -> TableSet {
            let declared = names.map {
                TableInspector.Declaration(name: $0, schema: schema, columns: columns)
            }
            let tables = try TableInspector.tables(declared, ofServer: "SHOP", in: environment)
            return TableSet(folder: "", storage: .server(variable: "SHOP"), tables: tables)
        }

        func query(_ sql: String, _ set: TableSet, longest: Duration = .seconds(3)) throws(TableError) -> String {
            try TableServer.query(sql, on: set, connection, StopFlag(), longest: longest).text
        }
    }

    private let shop: Shop
    init() throws { shop = try Shop() }

    private func refusal(_ sql: String, _ set: TableSet, longest: Duration = .seconds(3)) -> TableError? {
        do throws(TableError) { _ = try shop.query(sql, set, longest: longest) } catch { return error }
        return nil
    }

    @Test func tablesAreDescribed() throws {
        let set = try shop.set("Sales", columns: [.init(name: "DAY"), .init(name: "product"), .init(name: "amount")])
        let table = set.tables[0]
        #expect(table.name == "sales" && table.schema == shop.schema)
        #expect(table.columns.map(\.name) == ["day", "product", "amount"])
        #expect(table.columns.map(\.type) == ["date", "text", "numeric"])
        #expect(
            table.columns[1].samples == ["'tea'", "'it''s'"] && table.columns[2].samples == ["12.50", "20.00", "7.50"])
        let missing = #expect(throws: TableError.self) { try shop.set("sale") }
        #expect(
            missing?.kind == .unreadable && missing?.message.contains("there are: big, hidden, sales, writing") == true)
    }

    @Test func queriesAreAnswered() async throws {
        let set = try shop.set("sales", columns: [.init(name: "day"), .init(name: "product"), .init(name: "amount")])
        let library = TableLibrary(environment: shop.environment)
        let sum = "SELECT product, sum(amount) AS total, count(*) AS n FROM sales GROUP BY product ORDER BY product;"
        let answer = try await library.query(sum, on: set)
        #expect(answer == #"{"columns":["product","total","n"],"rows":[["it's",20.0,1],["tea",20.0,2]]}"#)
        #expect(
            try shop.query("SELECT s.day, s.day FROM sales s WHERE s.amount > 15", set)
                == #"{"columns":["day","day"],"rows":[["2026-03-02","2026-03-02"]]}"#)
        #expect(try shop.query("SELECT * FROM sales WHERE amount < 0", set).contains("No row fits"))
    }

    /// Neither other tables, nor columns that are not listed, nor schemas are there.
    @Test func nothingElseCanBeRead() throws {
        let set = try shop.set("sales", columns: [.init(name: "day"), .init(name: "amount")])
        #expect(try !shop.query("SELECT * FROM sales", set).contains("canary"))
        #expect(try shop.query("SELECT s FROM sales s", set).contains("(2026-03-01,12.50)"))
        for sql in [
            "SELECT secret FROM sales", "SELECT s.secret FROM sales s", "SELECT * FROM hidden",
            "SELECT * FROM \(shop.schema).hidden", "SELECT \(shop.schema).sales.secret FROM \(shop.schema).sales",
            "SELECT 1) AS q(a), (SELECT * FROM hidden) AS x(b", "SELECT ('a'::text).current_setting",
            "SELECT * FROM \"postgres\".\(shop.schema).hidden",
        ] {
            let error = refusal(sql, set)
            #expect(error?.kind == .query, "\(sql): \(String(describing: error))")
        }
        #expect(refusal("SELECT * FROM hidden", set)?.message.contains("there are: \"sales\"") == true)
    }

    /// A view that calls a function that writes: the server itself refuses it.
    @Test func writesThroughAFunctionAreRefused() throws {
        let set = try shop.set("sales", "writing")
        let error = refusal("SELECT n FROM writing", set)
        #expect(error?.kind == .query && error?.message == QueryRules.onlySelect)
        #expect(refusal("SELECT evil()", set)?.message.contains("is not available") == true)
        let rows = try shop.connection.rows(
            "SELECT count(*) FROM \(shop.schema).hidden", within: PostgresPatience(for: .seconds(5)))
        #expect(rows == [["0"]])
    }

    @Test func resultsAreBounded() throws {
        let set = try shop.set("big")
        #expect(try shop.query("SELECT t FROM big", set).utf8.count < 2000)
        let many = try shop.query("SELECT g FROM generate_series(1, 1000000) AS g", set)
        #expect(many.contains("Only the first 200 rows") && many.utf8.count < 2000)
        #expect(
            refusal("SELECT " + (1...65).map(String.init).joined(separator: ", "), set)?.message.contains("65 columns")
                == true)
    }

    @Test func aSlowQueryIsEnded() throws {
        let set = try shop.set("sales")
        let error = refusal(
            "SELECT count(*) FROM generate_series(1, 1000000000) AS g", set, longest: .milliseconds(50))
        #expect(error?.kind == .tooMuch && error?.message.contains("takes too long") == true)
        #expect(try shop.query("SELECT count(*) FROM sales", set).contains("[[3]]"))
    }

    @Test func whoCannotBeAskedIsToldWithoutASecret() async throws {
        for (variable, kind) in [("WRONG", TableError.Kind.unreachable), ("NONE", .missing)] {
            let error = #expect(throws: TableError.self) {
                try TableInspector.tables([.init(name: "t")], ofServer: variable, in: shop.environment)
            }
            #expect(error?.kind == kind && error?.message.contains("canary") == false)
        }
        // A server that leaves while it is asked is told, and asked again for the next query.
        let set = try shop.set("sales")
        let library = TableLibrary(environment: shop.environment)
        let slow = "SELECT count(*) FROM generate_series(1, 1000000001) AS g"
        async let broken: TableError? = {
            do throws(TableError) { _ = try await library.query(slow, on: set) } catch { return error }
            return nil
        }()
        let end = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE query LIKE '%1000000001%LIMIT 201' AND state = 'active'
            """
        while try shop.connection.rows(end, within: PostgresPatience(for: .seconds(20))).isEmpty { await Task.yield() }
        #expect(await broken?.kind == .unreachable)
        let next = try await library.query("SELECT 1 AS n", on: set)
        #expect(next == #"{"columns":["n"],"rows":[[1]]}"#)
    }
}
