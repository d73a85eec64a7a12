import JSONText
import Postgres
import ProjectModel

/// A query that a model wrote for tables in PostgreSQL, as it is put to the server. Pure.
///
/// The tables that may be read stand before it, as common table expressions with just the columns that may be read. No other
/// schema than `pg_catalog` is searched. So the server itself finds nothing else, as long as the query names no schema, none of
/// the catalogue's tables and only functions of a list: that is checked here.
struct ServerQuery {
    /// What may be a name of a schema. None of these may be one.
    private(set) var schemas: [String] = []
    /// Names behind a point that may be functions. None of these may be one: a column is read in the same way.
    private(set) var attributes: [String] = []

    private let tables: String
    private let sql: String

    /// - Throws: `.query`, with what the model has to mend.
    init(_ text: String, on set: [DataTable], _ rules: QueryRules) throws(TableError) {
        guard text.utf8.count <= TableConnection.longestQuery else {
            throw TableError(
                .query, "the query has more than \(TableConnection.longestQuery) bytes: write a shorter one")
        }
        let words = try ServerQueryWords(text)
        sql = words.sql
        tables = "WITH " + set.map(Self.expression).joined(separator: ", ")
        guard let first = words.tokens.first else { throw TableError(.query, "the query is empty: write one SELECT") }
        let beginnings = ["select", "with", "values", "table"].map { ServerQueryWords.Token.name($0, isQuoted: false) }
        guard (beginnings + [.sign(UInt8(ascii: "("))]).contains(first) else {
            throw TableError(.query, QueryRules.onlySelect)
        }
        let columns = Set(set.flatMap { $0.columns.map(\.name) } + set.map(\.name))
        for (index, token) in words.tokens.enumerated() {
            guard case .name(let name, let isQuoted) = token else { continue }
            let before = index > 0 ? words.tokens[index - 1] : nil
            let after = index + 1 < words.tokens.count ? words.tokens[index + 1] : nil
            if Self.isHidden(name), !columns.contains(name) { throw TableError(.query, rules.missing(name)) }
            if after == .sign(UInt8(ascii: ".")) { schemas.append(name) }
            if after == .sign(UInt8(ascii: "(")) {
                try Self.check(call: name, isQuoted: isQuoted, after: before)
            } else if before == .sign(UInt8(ascii: ".")), !columns.contains(name), !Self.functions.contains(name) {
                attributes.append(name)
            }
        }
    }

    /// The query, to ask for its columns.
    var plain: String { "\(tables) SELECT * FROM (\n\(sql)\n) AS q" }

    /// The query, with its values as texts of bounded length and one row more than are told.
    func bounded(columns count: Int) -> String {
        let names = (1...max(1, count)).map { "c\($0)" }
        let values = names.map { "left(\($0)::text, \(QueryResult.longestValue + 1))" }
        return
            "\(tables) SELECT \(values.joined(separator: ", ")) FROM (\n\(sql)\n) AS q(\(names.joined(separator: ", "))) "
            + "LIMIT \(QueryResult.mostRows + 1)"
    }

    /// A value of a column of that type.
    static func value(_ text: String?, of type: UInt32) -> JSON {
        guard let text else { return .null }
        switch type {
        case 16: return .bool(text == "true")
        case 20, 21, 23: return Int(text).map { .int($0) } ?? .string(text)
        case 700, 701, 1700:
            if let whole = Int(text) { return .int(whole) }
            // More digits than a number has are kept as they are.
            guard text.utf8.count <= 16, let number = Double(text), number.isFinite else { return .string(text) }
            return .double(number)
        default: return .string(text)
        }
    }

    // MARK: - Parts

    private static func expression(_ table: DataTable) -> String {
        let columns = table.columns.map { TableConnection.quoted($0.name) }.joined(separator: ", ")
        let place = "\(TableConnection.quoted(table.schema ?? "public")).\(TableConnection.quoted(table.name))"
        return "\(TableConnection.quoted(table.name)) AS NOT MATERIALIZED (SELECT \(columns) FROM \(place))"
    }

    /// Names of the catalogue, and of types that look up names in it.
    private static func isHidden(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasPrefix("pg_") || name.hasPrefix("lo_") || lookups.contains(name)
    }

    private static let lookups: Set<String> = [
        "information_schema", "regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper",
        "regoperator", "regproc", "regprocedure", "regrole", "regtype",
    ]

    private static func check(
        call name: String, isQuoted: Bool, after before: ServerQueryWords.Token?
    ) throws(TableError) {
        if before == .sign(UInt8(ascii: ".")) {
            throw TableError(.query, "write the function \"\(name.prefix(64))\" without a schema")
        }
        if functions.contains(name) || !isQuoted && words.contains(name) { return }
        // What stands here names its own columns.
        let introductions = ["as", "with", "recursive"].map { ServerQueryWords.Token.name($0, isQuoted: false) }
        if let before, introductions.contains(before) { return }
        throw TableError(.query, "the function \"\(name.prefix(64))\" is not available here")
    }

    /// Key words and types that may stand before a parenthesis.
    private static let words: Set<String> = [
        "all", "and", "any", "array", "as", "asc", "between", "bpchar", "by", "case", "char", "character", "cross",
        "cube", "decimal", "desc", "distinct", "else", "end", "except", "exists", "filter", "float", "from", "full",
        "group",
        "having", "ilike", "in", "inner", "intersect", "interval", "is", "join", "lateral", "left", "like", "limit",
        "materialized", "not", "numeric", "offset", "on", "or", "order", "over", "partition", "recursive", "right",
        "rollup", "row", "select", "sets", "similar", "some", "then", "time", "timestamp", "to", "union", "using",
        "values", "varchar", "varying", "when", "where", "with", "within",
    ]

    /// Functions that only compute, and whose results are not much longer than what goes in.
    private static let functions: Set<String> = [
        // of rows
        "array_agg", "avg", "bool_and", "bool_or", "corr", "count", "every", "max", "min", "mode", "percentile_cont",
        "percentile_disc", "stddev", "stddev_pop", "stddev_samp", "string_agg", "sum", "var_pop", "var_samp",
        "variance",
        // of windows
        "cume_dist", "dense_rank", "first_value", "lag", "last_value", "lead", "nth_value", "ntile", "percent_rank",
        "rank", "row_number",
        // of texts
        "ascii", "btrim", "char_length", "character_length", "chr", "concat", "concat_ws", "initcap", "left", "length",
        "lower", "ltrim", "octet_length", "overlay", "position", "regexp_count", "regexp_match", "regexp_replace",
        "regexp_substr", "replace", "reverse", "right", "rtrim", "split_part", "starts_with", "strpos", "substr",
        "substring", "translate", "trim", "upper",
        // of numbers
        "abs", "acos", "asin", "atan", "atan2", "cbrt", "ceil", "ceiling", "cos", "degrees", "div", "exp", "floor",
        "ln",
        "log", "log10", "mod", "pi", "power", "radians", "random", "round", "sign", "sin", "sqrt", "tan", "trunc",
        "width_bucket", "generate_series",
        // of dates
        "age", "date", "date_bin", "date_part", "date_trunc", "extract", "isfinite", "make_date", "make_interval",
        "make_time", "make_timestamp", "now", "to_char", "to_date", "to_number", "to_timestamp",
        // of anything
        "array_length", "array_to_string", "cardinality", "cast", "coalesce", "greatest", "grouping", "least", "nullif",
        "unnest",
    ]
}
