import Foundation

/// Files of the repository that the tests read in place.
enum TestFiles {
    static let here = URL(filePath: #filePath).deletingLastPathComponent()
    static let root = here.deletingLastPathComponent().deletingLastPathComponent()
    static let schema = root.appending(path: "schemas/project.schema.json")
    static let advisor = root.appending(path: "projects/investment-advisor.yaml")

    /// The files of the corpus, sorted.
    static func corpus(_ part: String) -> [String] {
        let folder = here.appending(path: "Corpus").appending(path: part)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(part)/\($0)" }
    }

    static func corpusPath(_ name: String) -> String { here.appending(path: "Corpus/\(name)").path() }

    static func corpusBytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: corpusPath(name))))
    }
}

/// SplitMix64: the same seed gives the same files on every machine.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
