import TestSupport
import Testing

@testable import Tables

/// CSV files as programs write them, and as they are when something went wrong.
@Suite struct CSVTests {
    private func records(_ text: String) throws -> [[String]] { try records(Array(text.utf8)) }

    private func records(_ bytes: [UInt8]) throws -> [[String]] {
        var reader = CSVReader(bytes)
        var records: [[String]] = []
        while let record = try reader.next() { records.append(record.cells) }
        return records
    }

    private func message(_ text: String) -> String? { message(Array(text.utf8)) }

    private func message(_ bytes: [UInt8]) -> String? {
        do throws(TableError) { _ = try CSVTable(bytes) } catch { return error.message }
        return nil
    }

    @Test(arguments: ["\n", "\r\n", "\r"], [",", ";", "\t", "|"])
    func linesAndDelimiters(_ end: String, _ delimiter: String) throws {
        let text = [["day", "note"], ["Monday", "\"a\(delimiter)b\""], ["Tuesday", "\"two\(end)lines\""]]
            .map { $0.joined(separator: delimiter) }.joined(separator: end)
        let expected = [["day", "note"], ["Monday", "a\(delimiter)b"], ["Tuesday", "two\(end)lines"]]
        #expect(try records(text) == expected)
        #expect(try records(text + end) == expected)
        #expect(try records("\u{FEFF}" + text) == expected)
        #expect(try records(end + text + end + end) == expected, "empty lines are passed over")
    }

    @Test func quotesWithinValues() throws {
        #expect(try records("a,b\n\"say \"\"yes\"\"\",5\" wide\n") == [["a", "b"], ["say \"yes\"", "5\" wide"]])
        #expect(try records("a\n\"\"\nx\n") == [["a"], [""], ["x"]], "an empty value in quotes is a value")
    }

    /// Whatever is written comes back, with every delimiter and every end of line.
    @Test(arguments: 0..<40) func whatIsWrittenComesBack(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let alphabet = ["a", "Ü", "7", " ", ",", ";", "\t", "|", "\"", "\n", "\r", "\r\n", "é", "🙂", "'"]
        let delimiter = ["\u{2C}", ";", "\t", "|"].randomElement(using: &random) ?? ","
        let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
        let width = Int.random(in: 1...6, using: &random)
        let rows = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            (0..<width).map { _ in
                (0..<Int.random(in: 0...5, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }
                    .joined()
            }
        }
        let text = rows.map { row in
            row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: delimiter)
        }.joined(separator: end)
        var reader = CSVReader(Array(text.utf8), delimiter: Array(delimiter.utf8)[0])
        for row in rows { #expect(try reader.next()?.cells.map { Array($0.utf8) } == row.map { Array($0.utf8) }) }
        #expect(try reader.next() == nil)
    }

    /// Any bytes are read or refused; nothing is read without end.
    @Test(arguments: 0..<60) func anyBytesComeToAnEnd(_ seed: UInt64) {
        var random = Seeded(seed)
        let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
            Bool.random(using: &random)
                ? Array("\",;\n\r\t".utf8).randomElement(using: &random) ?? 0
                : UInt8.random(in: 0...255, using: &random)
        }
        let table = try? CSVTable(bytes)
        if let table {
            var rows = 0
            try? table.forEachRow { row throws(TableError) in
                rows += 1
                #expect(row.count == table.columns.count)
            }
            #expect(rows == table.rowCount)
            #expect(Set(table.columns.map { $0.name.lowercased() }).count == table.columns.count)
        }
    }

    @Test func problemsNameTheirLine() {
        #expect(message("") == "it is empty")
        #expect(message("a,b\n1,2\n3\n") == "line 3 has 1 value, and the header has 2")
        #expect(message("a,b\n\"x\ny\",2\n3,4,5\n") == "line 4 has 3 values, and the header has 2")
        #expect(message("a,b\n1,\"2\n3,4\n") == "line 2 begins a value with a quote that is never closed")
        #expect(
            message("a,b\n1,\"2\"3\n") == "line 2 goes on behind a closing quote: write a quote within a value twice")
        #expect(message(Array("a\n".utf8) + [0xC3, 0x28]) == "line 2 is no text in UTF-8: save the file as UTF-8")
        #expect(message([0xFF, 0xFE, 0x61, 0x00]) == "line 1 is UTF-16: save the file as UTF-8")
        #expect(message(Array("a\nb".utf8) + [0]) == "line 2 holds a zero byte: it is no text")
        #expect(message([0x50, 0x4B, 0x03, 0x04, 0x14]) == "it is a workbook or an archive: save the table as CSV")
    }

    @Test func bounds() throws {
        let wide = (1...CSVReader.mostCells).map { "c\($0)" }.joined(separator: ",")
        #expect(message(wide) == nil)
        #expect(message(wide + ",one") == "line 1 has more than 200 values")
        let long = String(repeating: "x", count: CSVReader.longestRecord)
        #expect(message("a\n\(long)\n") == nil)
        #expect(message("a\n\(long)x\n") == "line 2 is longer than 32000 bytes")
        #expect(message("a\n\"\(long)x\n")?.hasPrefix("line 2 has a value of more than 32000 bytes") == true)
        #expect(try CSVTable(Array("a\n1\n2\n".utf8), mostRows: 2).rowCount == 2)
        #expect(throws: TableError(.unreadable, "line 4 is one too many: at most 2 rows are read")) {
            try CSVTable(Array("a\n1\n2\n3\n".utf8), mostRows: 2)
        }
    }

    @Test(arguments: [
        (["1", "-7", "+3", "0"], ColumnKind.integer), (["1", "2.5", "-1e3", ".5"], .real),
        (["1", "", "n/a"], .integer),
        (["007", "42"], .text), (["12345678901234567890"], .text), (["2026-01-31", "2026/02/01", "31.12.2025"], .date),
        (["01/02/2026"], .text), (["2026-13-01"], .text), (["2026-01-31 10:15", "2026-01-31T10:15:30.5Z"], .moment),
        (["1", "one"], .text), ([""], .text), (["NA"], .text), (["1e999"], .text), (["--1"], .text), (["1.2.3"], .text),
        (["inf"], .text), (["0x10"], .text), (["2026-01-31", "2026-01-31 10:15"], .text), (["1,5"], .text),
    ])
    func kinds(_ cells: [String], _ kind: ColumnKind) throws {
        let text = "a\n" + cells.map { "\"\($0)\"" }.joined(separator: "\n")
        var reader = CSVReader(Array(text.utf8), delimiter: .comma)
        #expect(try reader.next() != nil)
        #expect(try CSVTable(Array(text.utf8)).columns.map(\.kind) == [kind])
    }

    @Test func values() throws {
        let text = "n;price;day;who\n1;1,5;31.12.2025;NA\nnull;-;2026/01/02;\n3;0,25;n/a; x \n"
        let table = try CSVTable(Array(text.utf8))
        #expect(table.columns.map(\.kind) == [.integer, .real, .date, .text])
        var rows: [[CellValue]] = []
        try table.forEachRow { row throws(TableError) in rows.append(row) }
        #expect(
            rows == [
                [.integer(1), .real(1.5), .text("2025-12-31"), .text("NA")],
                [.null, .null, .text("2026-01-02"), .null], [.integer(3), .real(0.25), .null, .text(" x ")],
            ])
        let kept = try CSVTable(Array("zip\n123\n".utf8), textColumns: ["zip"])
        #expect(kept.columns.map(\.kind) == [.text])
    }

    @Test func namesNeedNoQuotes() {
        let headers = [
            "Unit price (€)", "", "day", "Day", "2026", "a\nb", "Größe", "___", String(repeating: "x", count: 99),
        ]
        #expect(
            CSVTable.names(for: headers) == [
                "Unit_price", "column_2", "day", "Day_2", "n2026", "a_b", "Größe", "column_8",
                String(repeating: "x", count: 64),
            ])
    }

    @Test func fewValuesAreTold() throws {
        let cities = (1...8).map { "city \($0)" }
        let few = try CSVTable(Array(("c\n" + (cities + cities).joined(separator: "\n")).utf8)).columns[0]
        #expect(few.samples.count == 8 && few.samplesAreAll)
        let many = try CSVTable(Array(("c\n" + (cities + ["another"]).joined(separator: "\n")).utf8)).columns[0]
        #expect(many.samples == [.text("city 1"), .text("city 2"), .text("city 3")] && !many.samplesAreAll)
        let long = try CSVTable(Array("c\n\(String(repeating: "x", count: 100))\n".utf8)).columns[0]
        #expect(long.samples.isEmpty && !long.samplesAreAll)
        #expect(CellValue.text("it's").literal == "'it''s'")
    }
}
