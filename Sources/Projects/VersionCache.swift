import Persistence
import ProjectModel

/// The compiled versions of projects that were used last. What is too much falls out.
struct VersionCache {
    /// Which version of which project.
    struct Key: Hashable {
        var project: ProjectKey
        var number: Int
    }

    private let capacity: Int
    private var projects: [Key: (project: Project, used: Int)] = [:]
    private var uses = 0
    /// Versions that fell out, from the beginning.
    private(set) var dropped = 0

    init(capacity: Int) { self.capacity = capacity }

    /// Versions that are there.
    var count: Int { projects.count }

    /// Whether one more makes no other fall out.
    var hasRoom: Bool { projects.count < capacity }

    /// The version, which is used now; nil when it is not there.
    mutating func take(_ key: Key) -> Project? {
        guard let found = projects[key] else { return nil }
        uses += 1
        projects[key]?.used = uses
        return found.project
    }

    /// Puts a version there. Of those that are there, the one that was not used for the longest time makes room.
    mutating func put(_ project: Project, at key: Key) {
        uses += 1
        projects[key] = (project, uses)
        guard projects.count > capacity, let oldest = projects.min(by: { $0.value.used < $1.value.used })?.key else {
            return
        }
        projects[oldest] = nil
        dropped += 1
    }

    /// The version, without a word about its use.
    func peek(_ key: Key) -> Project? { projects[key]?.project }

    /// Empties it.
    mutating func clear() { projects = [:] }
}
