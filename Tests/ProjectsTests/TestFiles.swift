import Foundation
import ProjectModel
import Vendors

@testable import Projects

/// Files of the repository that the tests read in place.
enum TestFiles {
    static let here = URL(filePath: #filePath).deletingLastPathComponent()
    static let root = here.deletingLastPathComponent().deletingLastPathComponent()
    static let schema = root.appending(path: "schemas/project.schema.json")
    static let hello = root.appending(path: "projects/hello.yaml")
    static let advisor = root.appending(path: "projects/investment-advisor.yaml")

    /// The files of the corpus, sorted.
    static func corpus(_ part: String) -> [String] {
        let folder = here.appending(path: "Corpus").appending(path: part)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(part)/\($0)" }
    }

    static func corpusPath(_ name: String) -> String { here.appending(path: "Corpus/\(name)").path() }

    /// Where a file of the corpus lies, with the tables that it names.
    static func corpusFolder(of name: String) -> String {
        URL(filePath: corpusPath(name)).deletingLastPathComponent().path()
    }

    static func corpusBytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: corpusPath(name))))
    }
}

/// Files are read with the vendors of the product.
extension ProjectLoader {
    static var vendors: [VendorProfile] { Vendor.all.map(\.profile) }

    static func load(file: String, name: String? = nil) -> LoadResult { load(file: file, name: name, vendors: vendors) }

    static func load(text: String, name: String, file: String = "project.yaml") -> LoadResult {
        load(text: text, name: name, file: file, vendors: vendors)
    }

    static func load(
        bytes: [UInt8], name: String, file: String = "project.yaml", folder: String? = nil,
        defaults: ProjectDefaults = ProjectDefaults()
    ) -> LoadResult {
        load(bytes: bytes, name: name, file: file, folder: folder, vendors: vendors, defaults: defaults)
    }

    static func loadDefaults(file: String) -> DefaultsResult { loadDefaults(file: file, vendors: vendors) }
}

extension LoadContext {
    convenience init(file: String) {
        self.init(file: file, directory: VendorDirectory(ProjectLoader.vendors), notesRequests: true)
    }
}

extension ProjectRegistry {
    convenience init(
        folder: String, defaults: String? = nil, report: @escaping @Sendable (Change) -> Void = { _ in }
    ) {
        self.init(folder: folder, vendors: ProjectLoader.vendors, defaults: defaults, report: report)
    }
}
