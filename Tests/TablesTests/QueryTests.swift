import Foundation
import JSONText
import ProjectModel
import ProviderKit
import Testing

@testable import Tables

/// Queries on tables: what they give, what is refused, and the bounds.
@Suite struct QueryTests {
    private let folder: TableFolder
    private let set: TableSet
    private let library = TableLibrary()

    init() throws {
        folder = try TableFolder(["data/sales.csv": TableFolder.sales, "data/people.csv": "name,age\nAda,36\nBob,41\n"])
        set = try folder.set([("sales", "data/sales.csv"), ("people", "data/people.csv")])
    }

    /// The rows of a query, as text.
    private func rows(_ sql: String) async throws -> String {
        try JSON(reading: try await library.query(sql, on: set))["rows"]?.text ?? ""
    }

    private func refusal(_ sql: String, on set: TableSet? = nil) async -> TableError? {
        do throws(TableError) { _ = try await library.query(sql, on: set ?? self.set) } catch { return error }
        return nil
    }

    @Test(arguments: [
        ("SELECT count(*) FROM sales", "[[4]]"), ("SELECT count(*) FROM sales;  -- all of them\n ;", "[[4]]"),
        ("SELECT sum(amount) FROM \"sales\" WHERE product = 'tea'", "[[20.0]]"),
        ("select product, count(*) n from SALES group by 1 having n > 1", "[[\"tea\",2]]"),
        ("SELECT note FROM sales WHERE note LIKE '%lines'", "[[\"two\\nlines\"]]"),
        ("SELECT note FROM sales LIMIT 1", "[[null]]"),
        ("SELECT strftime('%m', day), max(date(day, '+1 day')) FROM sales", "[[\"03\",\"2026-03-04\"]]"),
        (
            "WITH t AS (SELECT product p, sum(amount) s FROM sales GROUP BY 1) SELECT p FROM t ORDER BY s DESC LIMIT 1",
            "[[\"coffee\"]]"
        ),
        ("SELECT p.name, s.product FROM people p JOIN sales s ON s.amount > p.age", "[]"),
        ("SELECT name, rank() OVER (ORDER BY age DESC) FROM people", "[[\"Bob\",1],[\"Ada\",2]]"),
        (
            "SELECT product FROM (SELECT product FROM sales UNION SELECT name FROM people) ORDER BY 1 LIMIT 1",
            "[[\"Ada\"]]"
        ),
        ("SELECT printf('%.2f', avg(amount)), round(avg(amount), 1) FROM sales", "[[\"10.75\",10.8]]"),
        ("SELECT group_concat(DISTINCT product) FROM sales", "[[\"tea,coffee,cake\"]]"),
        ("SELECT EXISTS (SELECT 1 FROM sales WHERE rowid = 1)", "[[1]]"),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT sum(i) FROM n", "[[6]]"),
        ("WITH n AS (SELECT 1) SELECT count(*) FROM n", "[[1]]"),
        // SQLite makes no text that is too long.
        ("SELECT printf('%1000000d', 1), format('%.*c', 999999999, 'x')", "[[null,null]]"),
        ("SELECT 9e999, x'00ff'", "[[\"infinite\",\"(2 bytes)\"]]"),
    ])
    func answers(_ sql: String, _ expected: String) async throws { #expect(try await rows(sql) == expected) }

    /// Nothing but reading the tables is possible, and what a model is told helps it on.
    @Test(arguments: [
        ("", "the query is empty"), (" -- nothing", "the query is empty"), ("SELEC 1", "near \"SELEC\": syntax error"),
        ("SELECT 1; SELECT 2", "one statement"), ("SELECT 1; DROP TABLE sales", "one statement"),
        ("SELECT 1; nonsense", "one statement"), ("SELECT 1\u{0}; DROP TABLE sales", "zero byte"),
        ("INSERT INTO sales VALUES (1, 2, 3, 4)", "only SELECT"), ("UPDATE sales SET amount = 0", "only SELECT"),
        ("DELETE FROM sales", "only SELECT"), ("DROP TABLE sales", "only SELECT"),
        ("REPLACE INTO people VALUES (1, 2)", "only SELECT"),
        ("WITH x AS (SELECT 1) DELETE FROM sales", "only SELECT"), ("CREATE TABLE x (y)", "only SELECT"),
        ("CREATE TEMP TABLE x (y)", "only SELECT"), ("CREATE VIRTUAL TABLE x USING fts5(y)", "only SELECT"),
        ("CREATE TEMP VIEW sales AS SELECT 1", "only SELECT"), ("BEGIN", "only SELECT"), ("SAVEPOINT x", "only SELECT"),
        ("VACUUM", "only SELECT"), ("VACUUM INTO '/tmp/parley-stolen.db'", "only SELECT"), ("ANALYZE", "only SELECT"),
        ("REINDEX", "only SELECT"), ("ATTACH '/etc/passwd' AS x", "only SELECT"), ("DETACH main", "only SELECT"),
        ("PRAGMA query_only = OFF", "only SELECT"), ("PRAGMA table_info(sales)", "only SELECT"),
        ("EXPLAIN SELECT 1", "only SELECT"), ("EXPLAIN QUERY PLAN SELECT 1", "only SELECT"),
        ("SELECT * FROM pragma_table_info('sales')", "only on these tables"),
        ("SELECT * FROM sqlite_master", "there is no table"),
        ("SELECT * FROM sqlite_schema", "there is no table"), ("SELECT * FROM sqlite_temp_schema", "there is no table"),
        ("SELECT * FROM dbstat", "only on these tables"), ("SELECT * FROM json_each('[1]')", "only on these tables"),
        ("SELECT * FROM fts5vocab", "no such table"), ("SELECT load_extension('/tmp/x.so')", "load_extension"),
        ("SELECT readfile('/etc/passwd')", "no such function"), ("SELECT randomblob(1000000000)", "randomblob"),
        ("SELECT zeroblob(1000000000)", "zeroblob"), ("SELECT fts3_tokenizer('x')", "fts3_tokenizer"),
        ("SELECT sqlite_version()", "sqlite_version"),
        ("SELECT sqlite_compileoption_get(1)", "sqlite_compileoption_get"),
        ("SELECT json_extract('{}', '$')", "json_extract"), ("SELECT '{}' -> 'a'", "->"),
        ("SELECT product REGEXP 'x' FROM sales", "no such function: REGEXP"),
        ("SELECT product MATCH 'x' FROM sales", "match"),
        ("SELECT * FROM orders", "no such table: orders; there are: \"sales\" (\"day\""),
        ("SELECT amuont FROM sales", "no such column: amuont; there are: \"sales\""),
        ("SELECT \"amuont\" FROM sales", "no such column: amuont"),
        ("SELECT sum(amount, 2) FROM sales", "wrong number"),
        ("SELECT count(*) FROM sqlite_master", "there is no table"),
        ("SELECT count(*) FROM pragma_database_list", "only"),
        ("SELECT hex(printf('%30000d', 1))", "too long"),
        ("SELECT replace(printf('%30000d', 1), ' ', '12345678901234567890')", "too long"),
    ])
    func refuses(_ sql: String, _ reason: String) async {
        let error = await refusal(sql)
        #expect(error?.kind == .query, "\(sql)")
        #expect(error?.message.lowercased().contains(reason.lowercased()) == true, "\(sql): \(error?.message ?? "-")")
        #expect((error?.message.count ?? 0) < 2000)
    }

    /// What would go on without end, or fill the memory, ends.
    @Test(arguments: [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "WITH RECURSIVE n(i) AS (SELECT printf('%30000d', 1) UNION ALL SELECT i || '' FROM n) SELECT max(i) FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT i FROM n ORDER BY i DESC",
        "SELECT count(*) FROM sales a, sales b, sales c, sales d, sales e, sales f, sales g, sales h, sales i, sales j, sales k, sales l, sales m, sales n",
        "SELECT printf('%30000d', a.amount) x FROM sales a, sales b, sales c, sales d, sales e, sales f, sales g, sales h ORDER BY x || a.day",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT instr(printf('%30000d', 1), printf('%15000d', i)) x FROM n WHERE x > 1",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE printf('%30000d', i) LIKE '% % % % % % % % % %x'",
    ])
    func endsWhatHasNoEnd(_ sql: String) async {
        let error = await refusal(sql)
        #expect(
            error?.kind == .tooMuch || error?.message.contains("too long") == true, "\(sql): \(error?.message ?? "-")")
        // The same connection goes on.
        #expect(await refusal("SELECT count(*) FROM sales") == nil)
    }

    @Test func deepAndLongQueriesAreRefused() async {
        let deep = "SELECT " + String(repeating: "(", count: 3000) + "1" + String(repeating: ")", count: 3000)
        #expect(await refusal(deep)?.kind == .query)
        let sums = "SELECT " + Array(repeating: "1", count: 2000).joined(separator: "+")
        #expect(await refusal(sums)?.kind == .query)
        let unions = Array(repeating: "SELECT 1", count: 400).joined(separator: " UNION ALL ")
        #expect(await refusal(unions)?.kind == .query)
        let joins = "SELECT count(*) FROM " + (0..<70).map { "people p\($0)" }.joined(separator: ",")
        #expect(await refusal(joins)?.kind == .query)
        let long = "SELECT 1 --" + String(repeating: "x", count: TableConnection.longestQuery)
        #expect(await refusal(long)?.message.contains("more than 10000 bytes") == true)
        let wide = "SELECT " + (0...QueryResult.mostColumns).map { "1 c\($0)" }.joined(separator: ",")
        #expect(await refusal(wide)?.message == "the result has 65 columns: name at most 64")
    }

    // MARK: - Bounds of results

    private static let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 201) "

    @Test func resultsAreBounded() async throws {
        let all = try await library.query(Self.numbers + "SELECT i FROM n WHERE i <= 200", on: set)
        #expect(try JSON(reading: all)["note"] == nil)
        let more = try JSON(reading: try await library.query(Self.numbers + "SELECT i FROM n", on: set))
        #expect(more["rows"]?.text.hasSuffix(",[200]]") == true)
        #expect(more["note"]?.string?.contains("Only the first 200 rows are here") == true)
        let none = try JSON(reading: try await library.query("SELECT 1 FROM sales WHERE 0", on: set))
        #expect(none["note"]?.string == "No row fits the query.")
        let long = try JSON(reading: try await library.query("SELECT printf('%501d', 1) x", on: set))
        #expect(long["note"]?.string?.contains("longer than 500") == true)
        let fit = try JSON(reading: try await library.query("SELECT printf('%500d', 1) x", on: set))
        #expect(fit["note"] == nil)
    }

    /// The longest result is one that a tool may give.
    @Test(arguments: [1, 24, 64]) func theLongestResultFits(_ columns: Int) async throws {
        let names = (0..<columns).map { "printf('%500d', i) AS \"\($0)\(String(repeating: "n", count: 70))\"" }
        let text = try await library.query(Self.numbers + "SELECT \(names.joined(separator: ",")) FROM n", on: set)
        #expect(text.count <= ToolOutcome.longestResult)
        let json = try JSON(reading: text)
        #expect(json["note"]?.string?.contains(columns == 1 ? "Only the first" : "too long to be told") == true)
    }

    // MARK: - Which columns, which files

    @Test func onlyDeclaredColumnsAreRead() async throws {
        let table = try TableInspector.table(
            .init(name: "sales", file: "data/sales.csv", columns: [.init(name: "Product"), .init(name: "amount")]),
            in: folder.path)
        #expect(table.columns.map(\.name) == ["product", "amount"])
        let set = TableSet(folder: folder.path, storage: .files, tables: [table])
        #expect(await refusal("SELECT note FROM sales", on: set)?.message.hasPrefix("no such column: note") == true)
        #expect(await refusal("SELECT product, count(*) FROM sales", on: set) == nil)
    }

    @Test func aDatabaseIsReadAndNotChanged() async throws {
        try folder.database(
            "shop.db",
            """
            CREATE TABLE orders (id INTEGER PRIMARY KEY, "unit price" REAL, secret TEXT);
            INSERT INTO orders VALUES (1, 2.5, 'k1'), (2, 4, 'k2');
            CREATE TABLE keys (k TEXT); INSERT INTO keys VALUES ('s3cret');
            CREATE VIEW open AS SELECT id FROM orders;
            CREATE VIEW leak AS SELECT k FROM keys;
            """)
        let tables = try TableInspector.tables(
            [
                .init(name: "Orders", columns: [.init(name: "id"), .init(name: "Unit Price")]), .init(name: "open"),
                .init(name: "leak"),
            ],
            ofDatabase: "shop.db", in: folder.path)
        #expect(tables.map(\.name) == ["orders", "open", "leak"])
        #expect(tables[0].columns.map(\.name) == ["id", "unit price"])
        #expect(tables[0].columns[1].samples == ["2.5", "4.0"] && tables[0].columns[1].type == "REAL")
        let set = TableSet(folder: folder.path, storage: .database(file: "shop.db"), tables: tables)
        let total = try await library.query("SELECT sum(\"unit price\") FROM orders", on: set)
        #expect(total == #"{"columns":["sum(\"unit price\")"],"rows":[[6.5]]}"#)
        #expect(await refusal("SELECT count(*) FROM open", on: set) == nil)
        for sql in [
            "SELECT secret FROM orders", "SELECT * FROM orders", "SELECT * FROM keys", "SELECT count(*) FROM keys",
            "SELECT 1 FROM main.keys", "SELECT count(*) FROM orders, keys", "SELECT * FROM leak",
            "WITH leak AS (SELECT k FROM keys) SELECT * FROM leak", "SELECT 1 FROM orders WHERE secret LIKE 'k%'",
            "SELECT id FROM orders ORDER BY secret", "SELECT (SELECT k FROM keys)",
            "SELECT id FROM orders NATURAL JOIN keys",
            "SELECT 1 WHERE EXISTS (SELECT * FROM keys WHERE k > 'a')", "DELETE FROM orders", "DROP TABLE keys",
        ] {
            let error = await refusal(sql, on: set)
            #expect(error?.kind == .query, "\(sql)")
            #expect(error?.message.contains("s3cret") == false)
        }
        // Another program writes, and the next query sees it.
        try folder.database("shop.db", "INSERT INTO orders VALUES (3, 1, '')")
        #expect(
            try await library.query("SELECT count(*) AS n FROM orders", on: set) == #"{"columns":["n"],"rows":[[3]]}"#)
        // Without a list all tables are read.
        let all = try TableInspector.tables([], ofDatabase: "shop.db", in: folder.path)
        #expect(all.map(\.name) == ["orders", "keys", "open", "leak"])
    }

    @Test func filesOutsideAreRefused() throws {
        let outside = folder.url.deletingLastPathComponent().appending(path: "secret.csv")
        try Data("k\n1\n".utf8).write(to: outside)
        let manager = FileManager.default
        try manager.createSymbolicLink(at: folder.url.appending(path: "link.csv"), withDestinationURL: outside)
        try manager.createSymbolicLink(
            at: folder.url.appending(path: "up"), withDestinationURL: folder.url.deletingLastPathComponent())
        try manager.createSymbolicLink(
            at: folder.url.appending(path: "inside.csv"),
            withDestinationURL: folder.url.appending(path: "data/people.csv"))
        func kind(_ file: String) -> TableError.Kind? {
            do throws(TableError) { _ = try TableInspector.table(.init(name: "t", file: file), in: folder.path) } catch
            {
                return error.kind
            }
            return nil
        }
        for file in [
            "../secret.csv", "data/../../secret.csv", "link.csv", "up/secret.csv", outside.path, "", "..",
            "/etc/passwd",
            "../project-2/x.csv",
        ] {
            #expect(kind(file) == .outside, "\(file)")
        }
        #expect(kind("inside.csv") == nil && kind("data/../data/people.csv") == nil)
        #expect(kind("data/none.csv") == .missing && kind("data") == .unreadable)
        try folder.write("x", to: "book.xlsx")
        #expect(kind("book.xlsx") == .foreign)
        #expect(throws: TableError.self) {
            try TableInspector.tables([], ofDatabase: "data/people.csv", in: folder.path)
        }
        // A link that leads out only after the project was read.
        let set = try folder.set([("t", "inside.csv")])
        try manager.removeItem(at: folder.url.appending(path: "inside.csv"))
        try manager.createSymbolicLink(at: folder.url.appending(path: "inside.csv"), withDestinationURL: outside)
        #expect(throws: TableError.self) { try TableFile("inside.csv", in: set.folder) }
    }

    @Test func filesAreBounded() throws {
        try folder.write("a\n" + String(repeating: "x\n", count: CSVTable.mostBytes / 2), to: "large.csv")
        #expect(throws: TableError(.unreadable, "it has more than 32 MiB")) {
            try TableInspector.table(.init(name: "t", file: "large.csv"), in: folder.path)
        }
    }

    @Test func filesOfOneSetAreBounded() throws {
        try folder.write("a\n1\n", to: "small.csv")
        var room = 8
        for _ in 0..<2 {
            _ = try TableInspector.table(.init(name: "t", file: "small.csv"), in: folder.path, room: &room)
        }
        #expect(throws: TableError(.unreadable, "with this one the tables have more than 64 MiB together")) {
            try TableInspector.table(.init(name: "t", file: "small.csv"), in: folder.path, room: &room)
        }
    }

    // MARK: - The library

    @Test func setsAreSharedAndBounded() async throws {
        for index in 0..<(TableLibrary.capacity + 3) {
            try folder.write("n\n\(index)\n", to: "t\(index).csv")
            let set = try folder.set([("t", "t\(index).csv")])
            for _ in 0..<2 { #expect(try await library.query("SELECT n FROM t", on: set).contains("[[\(index)]]")) }
        }
        #expect(library.count == TableLibrary.capacity)
    }

    /// What changed since the project was read is seen when it is read again, and not before.
    @Test func dataIsThatOfTheVersion() async throws {
        let first = try folder.set([("people", "data/people.csv")])
        let sql = "SELECT count(*) AS n FROM people"
        #expect(try await library.query(sql, on: first).contains("[[2]]"))
        try folder.write("name,age\nAda,36\nBob,41\nCleo,29\n", to: "data/people.csv")
        #expect(try await library.query(sql, on: first).contains("[[2]]"))
        let second = try folder.set([("people", "data/people.csv")])
        #expect(first != second)
        #expect(try await library.query(sql, on: second).contains("[[3]]"))
    }

    @Test func manyAskAtOnce() async {
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let text = try? await library.query("SELECT count(*) + \(index) AS n FROM sales", on: set)
                    return text?.contains("[[\(4 + index)]]") == true
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func aCancelledQueryEnds() async {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let task = Task { await refusal(endless) }
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
    }
}
