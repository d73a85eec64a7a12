/// What a part of a conversation comes to.
extension CallTrace {
    /// A part of a conversation: entries by number.
    typealias Span = Range<Int>

    /// What agents said.
    func said(in span: Span) -> String {
        var items: [(name: String, text: String)] = []
        for case .said(let item, _, let text, _) in entries[span].map(\.what) {
            if let index = items.firstIndex(where: { $0.name == item }) {
                items[index].text += text
            } else {
                items.append((item, text))
            }
        }
        return items.map(\.text).joined(separator: " ")
    }

    /// What the caller heard: of items that were played, all words; of an interrupted agent, what was over by then.
    func heard(in span: Span) -> String {
        struct Item {
            var name: String
            var agent: String
            var text = ""
            var isPlayed = false
            var isCut = false
        }
        var items: [Item] = []
        func index(of name: String) -> Int? { items.lastIndex { $0.name == name } }
        for what in entries[span].map(\.what) {
            switch what {
            case .said(let name, let agent, let text, _):
                let place = index(of: name) ?? items.endIndex
                if place == items.endIndex { items.append(Item(name: name, agent: agent)) }
                if !items[place].isCut { items[place].text += text }
            case .played(let name, _): if let place = index(of: name) { items[place].isPlayed = true }
            case .interrupted(let agent, let heard):
                // Nothing that was not heard until now is heard later.
                let cut = items.lastIndex { $0.isPlayed && !$0.isCut && (agent == nil || $0.agent == agent) }
                if let cut { items[cut].text = heard }
                for place in items.indices { items[place].isCut = true }
            default: break
            }
        }
        return items.filter(\.isPlayed).map(\.text).joined(separator: " ")
    }

    /// From the end of the last line in `span` to the first sound after it; nil when there is none.
    func wait(in span: Span) -> Duration? {
        var end: Duration?
        var wait: Duration?
        for entry in entries[span] {
            switch entry.what {
            case .line(let until): (end, wait) = (until, nil)
            case .played:
                // A filler counts as well: the silence is over.
                if let end, wait == nil, entry.at >= end { wait = entry.at - end }
            default: break
            }
        }
        return wait
    }

    /// The calls of tools that began.
    func calls(in span: Span) -> [(tool: String, arguments: String)] {
        entries[span].compactMap { entry in
            if case .toolCalled(_, let tool, let arguments) = entry.what { (tool, arguments) } else { nil }
        }
    }

    /// Whether the caller has interrupted.
    func isInterrupted(in span: Span) -> Bool {
        entries[span].contains { if case .interrupted = $0.what { true } else { false } }
    }
}
