/// What will happen, in order of time; what was added first at the same time happens first.
///
/// Most of it is audio, which is added at the end and taken from the beginning. Neither moves the rest.
struct Agenda<Happening> {
    private var entries: [(at: Duration, happening: Happening)] = []
    /// How many entries have been taken and not been removed yet.
    private var taken = 0

    var next: Duration? { taken < entries.count ? entries[taken].at : nil }

    mutating func take() -> Happening {
        let happening = entries[taken].happening
        taken += 1
        if taken > 64, taken * 2 > entries.count {
            entries.removeFirst(taken)
            taken = 0
        }
        return happening
    }

    mutating func add(_ happening: Happening, at: Duration) {
        var low = taken
        var high = entries.count
        // Audio comes at the end: this is found without a search.
        if high == low || entries[high - 1].at <= at { low = high }
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].at > at { high = middle } else { low = middle + 1 }
        }
        entries.insert((at, happening), at: low)
    }

    mutating func drop(where isDropped: (Happening) -> Bool) {
        entries.removeFirst(taken)
        taken = 0
        entries.removeAll { isDropped($0.happening) }
    }
}
