import Persistence
import TestSupport
import Testing

/// What every `ProjectStore` has to do. A store's tests make empty stores with these limits and call the checks.
public enum StoreConformance {
    /// The limits of the stores under test: small, so that each is reached.
    public static let limits = ProjectLimits(
        projectsPerTenant: 4, versionsPerProject: 5, bytesPerText: 100)

    private static let port = ProjectKey("port")

    private static func put(
        _ text: String, _ key: ProjectKey = port, if condition: ProjectCondition = .none,
        to store: any ProjectStore
    ) async throws -> ProjectReceipt {
        try await store.put(ProjectText(text), as: key, by: "Ada", if: condition, at: 1234)
    }

    private static func refusal(_ work: () async throws -> Void) async -> StoreError.Code? {
        do {
            try await work()
            return nil
        } catch { return (error as? StoreError)?.code }
    }

    // MARK: - Versions

    /// Versions count from 0; the same text makes none, an earlier text does.
    public static func countsVersions(_ store: any ProjectStore) async throws {
        let first = try await put("a", to: store)
        #expect(first.version.number == 0 && first.isNew && first.isFirst)
        #expect(
            first.version.author == "Ada" && first.version.created == 1234
                && first.version.format == .yaml)
        #expect(first.version.hash.count == 64)
        let again = try await put("a", to: store)
        #expect(again.version == first.version && !again.isNew && !again.isFirst)
        let other = try await put("b", to: store)
        #expect(other.version.number == 1 && other.isNew && !other.isFirst)
        let back = try await put("a", to: store)
        #expect(back.version.number == 2 && back.version.hash == first.version.hash)
        let json = try await store.put(ProjectText("a", .json), as: port, by: "", if: .none, at: 0)
        #expect(json.version.number == 3 && json.version.format == .json)
        #expect(try await store.text(of: port, version: 1)?.text == ProjectText("b"))
        #expect(try await store.text(of: port, version: 3)?.version == json.version)
        for number in [-1, 4, .max] { #expect(try await store.text(of: port, version: number) == nil) }
        let history = try #require(try await store.history(of: port))
        #expect(history.serving == 3 && history.versions.map(\.number) == [3, 2, 1, 0])
        #expect(try await store.history(of: ProjectKey("nobody")) == nil)
    }

    /// Any text comes back as it was, and no name is an operator.
    public static func keepsTexts(_ store: any ProjectStore) async throws {
        for (number, text) in ["", "Fähre 東京 🚢", "'; DROP TABLE versions; --", "a\r\n\tb"].enumerated() {
            let key = ProjectKey("it's \"\(number)\" %_?")
            _ = try await put(text, key, to: store)
            #expect(try await store.text(of: key, version: 0)?.text.text == text)
        }
    }

    /// Nothing of one tenant is another's.
    public static func separatesTenants(_ store: any ProjectStore) async throws {
        let other = ProjectKey("port", of: "other")
        _ = try await put("a", to: store)
        #expect(try await put("b", other, to: store).version.number == 0)
        #expect(try await store.text(of: port, version: 0)?.text.text == "a")
        #expect(try await store.text(of: other, version: 0)?.text.text == "b")
        #expect(try await store.list(of: "other").map(\.key) == [other])
        #expect(try await store.delete(other, if: .none))
        #expect(try await store.list(of: Tenant.standard).map(\.key) == [port])
        #expect(try await store.list(of: "nobody").isEmpty)
    }

    // MARK: - Service

    /// A version is put in service again without a new number; a deleted project keeps its versions and its numbers.
    public static func servesAndDeletes(_ store: any ProjectStore) async throws {
        for text in ["a", "b", "c"] { _ = try await put(text, to: store) }
        #expect(try await store.serve(port, version: 1, if: .none).number == 1)
        #expect(try await store.list(of: Tenant.standard).map(\.serving.number) == [1])
        #expect(try await store.history(of: port)?.versions.count == 3)
        #expect(try await put("b", to: store).isNew == false, "it is the text in service")
        #expect(await refusal { _ = try await store.serve(port, version: 9, if: .none) } == .missing)
        #expect(
            await refusal { _ = try await store.serve(ProjectKey("x"), version: 0, if: .none) }
                == .missing)
        #expect(try await store.delete(port, if: .none))
        #expect(try await store.delete(port, if: .none) == false)
        #expect(try await store.delete(ProjectKey("x"), if: .none) == false)
        #expect(try await store.list(of: Tenant.standard).isEmpty)
        #expect(try await store.text(of: port, version: 2)?.text.text == "c")
        let history = try #require(try await store.history(of: port))
        #expect(history.serving == nil && history.versions.map(\.number) == [2, 1, 0])
        #expect(try await store.serve(port, version: 0, if: .none).number == 0)
        _ = try await store.delete(port, if: .none)
        let later = try await put("a", to: store)
        #expect(later.version.number == 3 && later.isNew && later.isFirst)
    }

    /// A change is made if its condition holds in that moment, and not at all otherwise.
    public static func heedsConditions(_ store: any ProjectStore) async throws {
        #expect(await refusal { _ = try await put("a", if: .present, to: store) } == .conflict)
        #expect(await refusal { _ = try await put("a", if: .tagged(["0-"]), to: store) } == .conflict)
        let first = try await put("a", if: .absent, to: store).version
        #expect(await refusal { _ = try await put("b", if: .absent, to: store) } == .conflict)
        let second = try await put("b", if: .tagged(["x", first.tag]), to: store).version
        #expect(
            await refusal { _ = try await put("c", if: .tagged([first.tag]), to: store) } == .conflict)
        #expect(
            await refusal { _ = try await store.serve(port, version: 0, if: .tagged([first.tag])) }
                == .conflict)
        #expect(
            await refusal { _ = try await store.delete(port, if: .tagged([first.tag])) } == .conflict)
        #expect(try await store.history(of: port)?.serving == 1)
        #expect(try await store.serve(port, version: 0, if: .tagged([second.tag])).number == 0)
        #expect(try await store.delete(port, if: .present))
        #expect(await refusal { _ = try await store.delete(port, if: .present) } == .conflict)
    }

    /// Of writers at the same time with one condition, one succeeds.
    public static func letsOneWriterWin(_ store: any ProjectStore) async throws {
        let tag = try await put("0", to: store).version.tag
        let winners = await withTaskGroup(of: Bool.self) { group in
            for number in 1...8 {
                group.addTask { (try? await put("\(number)", if: .tagged([tag]), to: store)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
        #expect(try await store.history(of: port)?.versions.count == 2)
    }

    // MARK: - Limits

    /// At each limit the oldest falls out, or what comes is refused.
    public static func keepsWithinLimits(_ store: any ProjectStore) async throws {
        for number in 0..<8 { _ = try await put("\(number)", to: store) }
        #expect(try await store.history(of: port)?.versions.map(\.number) == [7, 6, 5, 4, 3])
        #expect(try await store.text(of: port, version: 2) == nil, "its number names nothing any more")
        for name in ["a", "b", "c"] { _ = try await put("x", ProjectKey(name), to: store) }
        #expect(await refusal { _ = try await put("x", ProjectKey("d"), to: store) } == .refused)
        _ = try await store.delete(ProjectKey("a"), if: .none)
        #expect(await refusal { _ = try await put("x", ProjectKey("d"), to: store) } == .refused)
        _ = try await put("y", ProjectKey("a"), to: store)
        _ = try await put("x", ProjectKey("d", of: "other"), to: store)
        let long = String(repeating: "ä", count: 51)
        #expect(await refusal { _ = try await put(long, to: store) } == .refused)
        let name = String(repeating: "x", count: ProjectLimits.longestName + 1)
        for key in [ProjectKey(""), ProjectKey(name), ProjectKey("a", of: "")] {
            #expect(await refusal { _ = try await put("x", key, to: store) } == .refused)
        }
    }

    // MARK: - Changes

    /// Who asks again and again sees every change, each project once.
    public static func tellsChanges(_ store: any ProjectStore) async throws {
        #expect(try await store.changes(since: 0) == ProjectChanges(moment: 0, changes: []))
        let first = try await put("a", to: store).version
        let other = try await put("b", ProjectKey("sea", of: "other"), to: store).version
        var seen = try await store.changes(since: 0)
        #expect(
            seen.changes.map(\.key.name) == ["port", "sea"]
                && seen.changes.map(\.serving) == [first, other])
        #expect(seen.changes.map(\.moment).last == seen.moment)
        #expect(try await store.changes(since: seen.moment).changes.isEmpty)
        _ = try await put("a", to: store)
        _ = try await store.serve(port, version: 0, if: .none)
        #expect(try await store.changes(since: seen.moment).changes.isEmpty, "nothing has changed")
        let second = try await put("c", to: store).version
        _ = try await store.serve(port, version: 0, if: .none)
        let next = try await store.changes(since: seen.moment)
        #expect(
            next.changes.map(\.key) == [port] && next.changes.first?.serving == first
                && next.moment > seen.moment)
        _ = try await store.serve(port, version: second.number, if: .none)
        _ = try await store.delete(port, if: .none)
        seen = try await store.changes(since: next.moment)
        #expect(seen.changes.map(\.key) == [port] && seen.changes.first?.serving == nil)
        #expect(try await store.changes(since: 0).changes.map(\.key.name) == ["sea", "port"])
    }

    // MARK: - Against a model

    private struct Model {
        var texts: [ProjectText] = []
        var serving: Int?
    }

    /// Does what `seed` decides, and compares with arrays.
    public static func behavesAsItsModel(_ store: any ProjectStore, seed: Int) async throws {
        var random = Seeded(seed)
        var model: [ProjectKey: Model] = [:]
        let keys = [
            ProjectKey("a"), ProjectKey("b"), ProjectKey("a", of: "t"), ProjectKey("b", of: "t"),
        ]
        var moment = 0
        var known: [ProjectKey: Int] = [:]
        for step in 0..<50 {
            let key = keys.randomElement(using: &random) ?? keys[0]
            var entry = model[key] ?? Model()
            let place = Comment(rawValue: "seed \(seed), step \(step)")
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<4:
                let text = ProjectText("\(Int.random(in: 0..<3, using: &random))")
                let receipt = try await store.put(text, as: key, by: "", if: .none, at: step)
                let isNew = entry.serving.map { entry.texts[$0] != text } ?? true
                if isNew {
                    entry.texts.append(text)
                    entry.serving = entry.texts.count - 1
                }
                #expect(receipt.isNew == isNew && receipt.version.number == entry.serving, place)
            case 4, 5:
                let number = Int.random(in: 0..<(entry.texts.count + 1), using: &random)
                let isKept =
                    number < entry.texts.count && number >= entry.texts.count - limits.versionsPerProject
                let code = await refusal { _ = try await store.serve(key, version: number, if: .none) }
                // The version in service never falls out; nor does one of the last five.
                if isKept { #expect(code == nil, place) }
                if code == nil { entry.serving = number }
            case 6:
                #expect(try await store.delete(key, if: .none) == (entry.serving != nil), place)
                entry.serving = nil
            default:
                let changes = try await store.changes(since: moment)
                for change in changes.changes { known[change.key] = change.serving?.number }
                moment = changes.moment
                #expect(known == model.compactMapValues(\.serving), place)
            }
            if !entry.texts.isEmpty { model[key] = entry }
            if let serving = entry.serving {
                #expect(
                    try await store.text(of: key, version: serving)?.text == entry.texts[serving], place)
            }
        }
        for tenant in [Tenant.standard, "t"] {
            let listed = try await store.list(of: tenant).map { ($0.key.name, $0.serving.number) }
            let expected = model.filter { $0.key.tenant == tenant && $0.value.serving != nil }
                .map { ($0.key.name, $0.value.serving ?? -1) }.sorted { $0.0 < $1.0 }
            #expect(
                listed.map(\.0) == expected.map(\.0) && listed.map(\.1) == expected.map(\.1), "seed \(seed)"
            )
        }
    }
}
