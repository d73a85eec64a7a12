import JSONText
import Persistence
import Projects
import Telemetry

/// Versions of projects, and what is wrong with them.
extension ProjectDescriptions {
    /// All diagnostics, as `parley validate --json` has them.
    static func diagnostics(_ all: [Diagnostic]) -> JSON {
        .array(
            all.map { diagnostic in
                .object([
                    ("severity", .string(diagnostic.severity.rawValue)), ("line", .int(diagnostic.line)),
                    ("column", .int(diagnostic.column)), ("path", .string(diagnostic.path)),
                    ("message", .string(diagnostic.message)),
                    ("hint", diagnostic.hint.map(JSON.string) ?? .null),
                ])
            })
    }

    /// `POST …/validate`, of a project that can be used.
    static func findings(_ all: [Diagnostic]) -> JSON {
        .object([("valid", .bool(true)), ("diagnostics", diagnostics(all))])
    }

    /// A version that is in service now.
    static func receipt(_ version: ProjectVersion, of name: String, diagnostics all: [Diagnostic])
        -> JSON
    {
        .object([
            ("name", .string(name)), ("version", .int(version.number)), ("hash", .string(version.hash)),
            ("diagnostics", diagnostics(all)),
        ])
    }

    /// `GET …/versions`
    static func history(_ history: ProjectHistory, of name: String) -> JSON {
        .object([
            ("name", .string(name)), ("source", .string("http")),
            ("serving", history.serving.map(JSON.int) ?? .null),
            ("versions", .array(history.versions.map(version))),
        ])
    }

    private static func version(_ version: ProjectVersion) -> JSON {
        .object([
            ("version", .int(version.number)), ("hash", .string(version.hash)),
            ("format", .string(version.format.rawValue)), ("author", .string(version.author)),
            ("created", .string(WallTime(millisecondsSince1970: version.created).description)),
        ])
    }

    /// The same of a file, of which the server keeps numbers only.
    static func history(ofFile name: String, in registry: ProjectRegistry) -> JSON {
        let numbers = registry.fileVersions(of: name)
        return .object([
            ("name", .string(name)), ("source", .string("file")),
            ("serving", numbers.last.map(JSON.int) ?? .null),
            ("versions", .array(numbers.reversed().map { .object([("version", .int($0))]) })),
        ])
    }

    /// One of `GET /api/conversations`.
    static func conversation(_ record: ConversationRecord) -> JSON {
        func time(_ milliseconds: Int) -> JSON {
            .string(WallTime(millisecondsSince1970: milliseconds).description)
        }
        return .object([
            ("id", .string(record.id)), ("project", .string(record.project)),
            ("version", .int(record.version)),
            ("user", record.user.map(JSON.string) ?? .null), ("began", time(record.began)),
            ("ended", record.end.map { time($0.time) } ?? .null),
            ("close_code", record.end.map { .int($0.closeCode) } ?? .null),
            ("turns", record.end.map { .int($0.turns) } ?? .null),
        ])
    }
}
