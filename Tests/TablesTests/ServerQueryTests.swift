import JSONText
import ProjectModel
import TestSupport
import Testing

@testable import Tables

/// What a query for PostgreSQL may hold.
@Suite struct ServerQueryTests {
    private let tables = [
        DataTable(
            name: "sales", columns: [.init(name: "day", type: "date"), .init(name: "Unit price", type: "numeric")])
    ]

    private func query(_ sql: String) throws(TableError) -> ServerQuery {
        try ServerQuery(sql, on: tables, QueryRules(tables))
    }

    @Test(arguments: [
        "SELECT sum(\"Unit price\") FROM sales WHERE day >= DATE '2026-01-01';",
        "select s.day, count(*) filter (where s.\"Unit price\" > 1e3) over (partition by day) from sales as s",
        "WITH t(a) AS (SELECT 1) SELECT * FROM t ORDER BY 1 -- the end",
        "SELECT * FROM (VALUES (1, 'it''s; -- no /* comment')) AS v(a, b); ; /* done /* really */ */",
        "(SELECT CAST(day AS varchar(10)), EXTRACT(year FROM day) FROM sales) UNION ALL SELECT 'x', NULL",
        "SELECT day FROM sales WHERE day IN (SELECT max(day) FROM sales) AND NOT (day IS NULL OR (1 = 2))",
    ])
    func queriesAreTaken(_ sql: String) throws {
        let query = try query(sql)
        #expect(
            query.plain.contains(
                "WITH \"sales\" AS NOT MATERIALIZED (SELECT \"day\", \"Unit price\" FROM \"public\".\"sales\")"))
    }

    @Test(arguments: [
        ("", "is empty"), (" -- nothing", "is empty"), ("DELETE FROM sales", "only SELECT"),
        ("COPY sales TO '/tmp/x'", "only SELECT"), ("SELECT 1; DROP TABLE sales", "write one statement"),
        ("SELECT pg_read_file('/etc/passwd')", "there is no table \"pg_read_file\""),
        ("SELECT ('/etc/passwd'::text).pg_read_file", "there is no table"),
        ("SELECT * FROM pg_authid", "there is no table"), ("SELECT * FROM \"pg_shadow\"", "there is no table"),
        ("SELECT evil()", "the function \"evil\" is not available"),
        ("SELECT \"evil\"()", "the function \"evil\" is not available"),
        ("SELECT query_to_xml('SELECT 1', true, true, '')", "is not available"),
        ("SELECT set_config('statement_timeout', '0', false)", "is not available"),
        ("SELECT public.lower('X')", "without a schema"), ("SELECT 1 OPERATOR(public.+) 2", "is not available"),
        ("SELECT 'sales'::regclass", "there is no table"),
        ("SELECT * FROM information_schema.tables", "there is no table"),
        ("SELECT E'\\''", "no letter before them"), ("SELECT U&\"d\\0061y\" FROM sales", "no letter before them"),
        ("SELECT $$x$$", "holds a $"), ("SELECT $1", "holds a $"), ("SELECT 'x", "never closed"),
        ("SELECT /* x", "never closed"),
        ("SELECT repeat('x', 1000000000)", "is not available"), ("SELECT \0", "zero byte"),
        ("SELECT '" + String(repeating: "x", count: 10_001) + "'", "more than 10000 bytes"),
    ])
    func whatMayNotBeIsRefused(_ sql: String, _ message: String) {
        #expect { try query(sql) } throws: { error in
            let error = error as? TableError
            return error?.kind == .query && error?.message.contains(message) == true
        }
    }

    /// What only the server knows is asked there.
    @Test func namesAreCollected() throws {
        let query = try query("SELECT s.day, s.version, public.sales.day, (1).upper FROM sales s")
        #expect(query.schemas == ["s", "s", "public", "sales"])
        #expect(query.attributes == ["version", "sales"] || query.attributes == ["version"])
    }

    @Test func valuesHaveTheirTypes() {
        let values = [
            ServerQuery.value("7", of: 20), ServerQuery.value("2.50", of: 1700), ServerQuery.value("NaN", of: 701),
            ServerQuery.value("12345678901234567.89", of: 1700), ServerQuery.value("true", of: 16),
            ServerQuery.value("x", of: 25), ServerQuery.value(nil, of: 23),
        ]
        #expect(JSON.array(values).text == #"[7,2.5,"NaN","12345678901234567.89",true,"x",null]"#)
    }

    /// Whatever is written, it is refused or taken, and what is taken has no other quotes than the server sees.
    @Test func noTextBreaksTheReader() {
        var random = Seeded(7)
        let parts = [
            "'", "\"", "--", "/*", "*/", "\n", "a", "E", "$", ";", " ", "(", ")", ".", "1", "é", "U&", "sales", "\\",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random) ?? ""
            }
            let sql = "SELECT " + text.joined()
            guard let words = try? ServerQueryWords(sql) else { continue }
            // Reading what was kept gives the same again.
            #expect((try? ServerQueryWords(words.sql))?.tokens == words.tokens, "\(sql)")
        }
    }
}
